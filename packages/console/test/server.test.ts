/** A whole console over real sockets, without launching anything: logins, and what is refused. */

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import type { ConvoyError } from '@convoy/node';
import { type EpmdServer, startEpmdServer } from '@convoy/node/epmd';
import { startConsole, type RunningConsole } from '../src/index.ts';
import {
  auditPageSchema,
  consoleInfoSchema,
  platformSchema,
  routes,
  splitKey,
} from '../src/protocol/index.ts';
import { attack } from '../../../test/support/attack.ts';
import {
  type Answer,
  type Ask,
  askHttp,
  ConsoleClient,
  LiveClient,
} from '../../../test/support/console/live-client.ts';

let dataDir: string;
let epmd: EpmdServer;
let running: RunningConsole;
let client: ConsoleClient;

before(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'convoy-server-'));
  const webRoot = join(dataDir, 'page');
  mkdirSync(join(webRoot, 'assets'), { recursive: true });
  writeFileSync(join(webRoot, 'index.html'), '<title>the page</title>');
  writeFileSync(join(webRoot, 'assets/main-1.js'), 'export {}');
  epmd = await startEpmdServer({ port: 0 });
  running = await startConsole({ port: 0, dataDir, convoyCommand: ['false'], epmdPort: epmd.port, webRoot });
  client = new ConsoleClient(running.url);
});

after(async () => {
  await running.close();
  await epmd.close();
  rmSync(dataDir, { recursive: true });
});

/** Without the token. */
function anonymous(path: string, options: Parameters<typeof askHttp>[1] = {}): Promise<Answer> {
  return askHttp(`${client.origin}${path}`, options);
}

async function login(): Promise<string> {
  const answer = await anonymous('/api/session', {
    headers: { origin: client.origin },
    body: { token: client.token },
  });
  assert.equal(answer.status, 204);
  const [cookie = ''] = answer.headers['set-cookie'] ?? [];
  assert.match(cookie, /HttpOnly/);
  assert.match(cookie, /SameSite=Strict/);
  return cookie.split(';')[0] ?? '';
}

test('every route but health and session needs somebody logged in', async () => {
  for (const [key, { access }] of Object.entries(routes)) {
    if (access === 'anyone') continue;
    const { method, path } = splitKey(key);
    const { status, json } = await anonymous(path.replace(':name', 'a@h').replace(':id', 'x'), {
      method,
      headers: { origin: client.origin },
      ...(method === 'POST' ? { body: {} } : {}),
    });
    assert.equal(status, 401, `${method} ${path}`);
    assert.equal(json.error.code, 'CONSOLE_UNAUTHORIZED');
    assert.ok(json.error.remedy.length > 0);
  }
  assert.deepEqual((await anonymous('/api/health')).json, { status: 'ok' });
});

test('tells the command what it is', async () => {
  const info = consoleInfoSchema.parse((await client.ask('/api/info')).json);
  assert.equal(info.epmd, 'system');
  assert.equal(info.epmdPort, epmd.port);
  assert.match(info.node, /^convoy-[0-9a-f]{8}@127\.0\.0\.1$/);
  const file = join(dataDir, 'console.json');
  const { startedAt, ...running } = JSON.parse(readFileSync(file, 'utf8'));
  assert.match(startedAt, /^[\w-]+$/);
  assert.deepEqual(running, {
    url: `${client.origin}/`,
    token: client.token,
    pid: process.pid,
  });
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('tells which platforms it has, and what each asks', async () => {
  const platforms = z.array(platformSchema).parse((await client.ask('/api/platforms')).json);
  assert.deepEqual(
    platforms.map(({ kind, login, open }) => [kind, [...login, ...open].map(({ key }) => key)]),
    [
      ['local', []],
      ['ssh', ['target', 'acceptNewHostKey', 'acceptHostKey']],
      ['railway', ['token', 'projectId', 'environmentId', 'images', 'cluster', 'region']],
    ],
  );
  const everywhere = [
    ['kind', undefined],
    ['count', 12],
    ['name', 63],
    ['join', undefined],
    ['variables', 64],
  ];
  // Nodes on Railway live on anyway, and their platform sets what they run and their memory.
  const onMachines = [
    ['keep', undefined],
    ['memoryMb', 1_048_576],
    ['program', 1000],
  ];
  for (const { kind, launch } of platforms) {
    const expected = kind === 'railway' ? everywhere : [...everywhere, ...onMachines];
    assert.deepEqual(
      launch.map(({ key, max }) => [key, max]),
      expected,
      kind,
    );
  }
});

test('launches in the place that a request names, and in no other', async () => {
  const ask = async (body: object): Promise<[number, string, string]> => {
    const { status, json } = await client.ask('/api/nodes', { body: { kind: 'typescript', ...body } });
    return [status, json.error.code, `${json.error.message}; ${json.error.remedy}`];
  };
  assert.deepEqual(await ask({ place: { key: 'ssh://ops@db1', kind: 'ssh' } }), [
    422,
    'PROVIDER_UNKNOWN',
    'no open place is named ssh://ops@db1; Open it first, or use one of: local.',
  ]);
  assert.deepEqual((await ask({ provider: 'railway:a/b' })).slice(0, 2), [422, 'PROVIDER_UNKNOWN']);
  const [status, code, text] = await ask({ place: { key: 'local', kind: 'ssh' } });
  assert.deepEqual([status, code], [400, 'CONSOLE_BAD_REQUEST']);
  assert.match(text, /the kind of local is local, not ssh/);
  const both = await ask({ place: { key: 'local' }, provider: 'ssh://ops@db1' });
  assert.deepEqual(both.slice(0, 2), [400, 'CONSOLE_BAD_REQUEST']);
  assert.deepEqual((await client.ask('/api/nodes')).json, []);
});

test('a page logs in with the token, is known by its cookie, and logs out', async () => {
  const cookie = await login();
  const headers = { cookie, origin: client.origin };
  assert.equal((await anonymous('/api/nodes', { headers })).status, 200);
  assert.equal((await anonymous('/api/session', { method: 'DELETE', headers })).status, 204);
  assert.equal((await anonymous('/api/nodes', { headers })).status, 401);
});

test('requests of other sites and to other names are refused', async () => {
  const cookie = await login();
  const rebound = await anonymous('/api/nodes', { headers: { cookie, host: 'evil.example' } });
  assert.deepEqual([rebound.status, rebound.json.error.code], [421, 'CONSOLE_WRONG_HOST']);
  for (const origin of ['http://evil.example', 'null']) {
    const forged = await anonymous('/api/nodes', {
      headers: { cookie, origin },
      body: { kind: 'typescript' },
    });
    assert.deepEqual([forged.status, forged.json.error.code], [403, 'CONSOLE_WRONG_ORIGIN']);
  }
  const silent = await anonymous('/api/nodes', { headers: { cookie }, body: { kind: 'typescript' } });
  assert.equal(silent.status, 403);
});

test('says what is wrong with a request', async () => {
  const wrong = await client.ask('/api/nodes', { body: { kind: 'cobol' } });
  assert.deepEqual([wrong.status, wrong.json.error.code], [400, 'CONSOLE_BAD_REQUEST']);
  assert.match(wrong.json.error.message, /kind/);
  assert.equal((await client.ask('/api/nodes', { body: '{', method: 'POST' })).status, 400);
  assert.equal((await client.ask('/api/nodes', { body: { kind: 'x'.repeat(100_000) } })).status, 413);
  assert.equal(
    (await client.ask('/api/nodes', { body: { kind: 'erlang', name: "x', init:stop()" } })).status,
    400,
  );
  assert.equal((await client.ask('/api/nothing')).json.error.code, 'CONSOLE_NOT_FOUND');
  assert.equal((await client.ask('/api/nodes/a@h/logs')).json.error.code, 'PROVIDER_NO_NODE');
  assert.equal((await client.ask('/api/launches/unknown')).status, 404);
});

test('every answer carries the headers that keep a page harmless', async () => {
  for (const path of ['/', '/api/health', '/api/nodes', '/assets/main-1.js']) {
    const { headers } = await anonymous(path);
    assert.match(String(headers['content-security-policy']), /default-src 'none'; script-src 'self'/);
    assert.match(String(headers['content-security-policy']), /frame-ancestors 'none'/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['referrer-policy'], 'no-referrer');
  }
});

test('serves the page for its routes, and nothing outside of its folder', async () => {
  for (const path of ['/', '/nodes', '/shells/x?token=abc']) {
    assert.match((await anonymous(path)).text, /the page/, path);
  }
  assert.match(String((await anonymous('/assets/main-1.js')).headers['cache-control']), /immutable/);
  for (const path of ['/missing.js', '/..%2ftoken', '/%2e%2e/cookie', '/assets/..%2f..%2ftoken']) {
    const { text } = await anonymous(path);
    assert.ok(
      !text.includes(client.token) && !text.includes(readFileSync(join(dataDir, 'cookie'), 'utf8')),
      path,
    );
  }
});

test('describes itself as OpenAPI made from the same schemas', async () => {
  const { json } = await client.ask('/api/openapi.json');
  assert.equal(json.openapi, '3.1.0');
  const { responses } = json.paths['/api/nodes/{name}/join'].post;
  assert.deepEqual([Object.keys(responses)[0], Object.keys(responses).at(-1)], ['204', 'default']);
  const body = json.paths['/api/nodes'].post.requestBody.content['application/json'].schema;
  assert.deepEqual(body.properties.kind.enum, ['typescript', 'elixir', 'erlang']);
});

test('documents the errors that a route answers', async () => {
  const { paths } = (await client.ask('/api/openapi.json')).json;
  const check = async (path: string, template: string, ask: Ask = {}): Promise<void> => {
    const { status, json } = await client.ask(path, ask);
    const method = ask.method ?? (ask.body === undefined ? 'GET' : 'POST');
    const { description = '' } = paths[template][method.toLowerCase()].responses[status] ?? {};
    assert.ok(
      description.split(', ').includes(json.error.code),
      `${method} ${path}: ${status} ${json.error.code}`,
    );
  };
  await check('/api/nodes', '/api/nodes', { body: {} });
  await check('/api/nodes', '/api/nodes', { body: { kind: 'x'.repeat(100_000) } });
  await check('/api/nodes', '/api/nodes', { body: { kind: 'erlang', provider: 'nowhere' } });
  await check('/api/nodes', '/api/nodes', { headers: { authorization: 'Bearer wrong' } });
  await check('/api/nodes', '/api/nodes', { headers: { host: 'evil.example' } });
  await check('/api/nodes/a@h', '/api/nodes/{name}', { method: 'DELETE' });
  await check('/api/nodes/a@h/logs', '/api/nodes/{name}/logs');
  await check('/api/nodes/a@h/logs?lines=all', '/api/nodes/{name}/logs');
  await check('/api/nodes/a@h/join', '/api/nodes/{name}/join', { body: { peer: 'b@h' } });
  await check('/api/launches/x', '/api/launches/{id}');
  await check('/api/hosts', '/api/hosts', { body: { target: 'ssh://' } });
  await check('/api/hosts/x', '/api/hosts/{id}', { method: 'DELETE' });
  await check('/api/hosts/x/attach', '/api/hosts/{id}/attach', { body: { node: 'a@h' } });
  await check('/api/railway/login', '/api/railway/login', { body: {} });
  await check('/api/railway/projects/x/environments', '/api/railway/projects/{id}/environments');
  await check('/api/railway/places/x/refresh', '/api/railway/places/{id}/refresh', { method: 'POST' });
  await check('/api/railway/places/x/look', '/api/railway/places/{id}/look', { method: 'POST' });
  await check('/api/session', '/api/session', { body: { token: 'x'.repeat(20) } });
});

test('the former path of a route still works, and is documented as deprecated', async () => {
  for (const path of ['/api/nodes/a@h/disconnect', '/api/nodes/a@h/part']) {
    const { status, json } = await client.ask(path, { body: { peer: 'b@h' } });
    assert.deepEqual([status, json.error.message], [404, 'this console has no node named a@h'], path);
  }
  const { json } = await client.ask('/api/openapi.json');
  assert.equal(json.paths['/api/nodes/{name}/part'].post.deprecated, true);
  assert.equal(json.paths['/api/nodes/{name}/disconnect'].post.deprecated, undefined);
});

test('a program on the port of EPMD that is not one is told in words', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-server-'));
  const imitation = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  imitation.listen(0, '127.0.0.1');
  await once(imitation, 'listening');
  try {
    const epmdPort = (imitation.address() as AddressInfo).port;
    const options = { port: 0, dataDir: folder, convoyCommand: ['false'], epmdPort };
    await assert.rejects(startConsole(options), (error: ConvoyError & { remedy?: string }) => {
      assert.equal(error.code, 'CONSOLE_LISTEN_FAILED');
      assert.match(error.message, new RegExp(`port ${epmdPort}, the port of EPMD`));
      assert.match(error.remedy ?? '', /ERL_EPMD_PORT/);
      return true;
    });
  } finally {
    imitation.close();
    rmSync(folder, { recursive: true });
  }
});

test('a path with a zero byte is nothing', async () => {
  assert.equal((await askHttp(`${client.origin}/assets/%00`)).status, 404);
});

test('a port that is taken is told in words, and the folder is free again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-server-'));
  try {
    const port = Number(new URL(client.origin).port);
    const options = { dataDir: folder, convoyCommand: ['false'], epmdPort: epmd.port };
    await assert.rejects(startConsole({ ...options, port }), {
      code: 'CONSOLE_LISTEN_FAILED',
      message: /another program is using that port/,
    });
    const second = await startConsole({ ...options, port: 0, host: '0.0.0.0' });
    assert.match(second.url, /^http:\/\/127\.0\.0\.1:\d+\/\?token=/);
    assert.equal((await new ConsoleClient(second.url).ask('/api/nodes')).status, 200);
    await Promise.all([second.close(), second.close(), second.closed]);
    assert.ok(!existsSync(join(folder, 'console.json')));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a socket needs the page’s origin or the token, and the right path', async () => {
  for (const headers of [
    {},
    { origin: 'http://evil.example' },
    { authorization: 'Bearer wrong-token-here' },
  ]) {
    await assert.rejects(LiveClient.open(client.origin, headers), /40[13]/);
  }
  await using live = await LiveClient.open(client.origin, { authorization: `Bearer ${client.token}` });
  live.send({ type: 'hello', ticket: await client.ticket() });
  await live.message('welcome');
});

test('a refused upgrade is closed, also when the peer keeps its half open', async () => {
  const { host, hostname, port } = new URL(client.origin);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const headers = [
    `Host: ${host}`,
    'Origin: http://evil.example',
    'Connection: upgrade',
    'Upgrade: websocket',
  ];
  socket.write(`GET /api/live HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
  socket.once('end', () => {
    // Bytes after our end make the kernel report whether the other side still exists.
    const probe = setInterval(() => socket.write('x'), 5);
    socket.once('close', () => clearInterval(probe));
  });
  socket.on('error', () => undefined).resume();
  await closed;
});

test('a ticket opens one socket', async () => {
  const ticket = await client.ticket();
  await using first = await LiveClient.open(client.origin);
  first.send({ type: 'hello', ticket });
  const welcome = await first.message('welcome');
  assert.deepEqual([welcome.nodes, welcome.shells], [[], []]);
  await using second = await LiveClient.open(client.origin);
  second.send({ type: 'hello', ticket });
  assert.equal((await second.message('problem')).problem.code, 'CONSOLE_UNAUTHORIZED');
  assert.equal((await second.closed).code, 4401);
});

test('a socket that starts with anything but a ticket is closed', async () => {
  await using live = await LiveClient.open(client.origin);
  live.send({ type: 'ping', sentAt: 1 });
  assert.equal((await live.closed).code, 4401);
});

test('sockets without a ticket do not keep out those that have one', async () => {
  const strangers: LiveClient[] = [];
  for (let count = 0; count < 64; count += 1) strangers.push(await LiveClient.open(client.origin));
  await using live = await client.live();
  live.send({ type: 'ping', sentAt: 3 });
  await live.message('pong');
  assert.equal((await strangers[0]?.closed)?.code, 1006);
  await Promise.all(strangers.map((stranger) => stranger[Symbol.asyncDispose]()));
});

test('a message that makes no sense is answered and changes nothing', async () => {
  await using live = await client.live();
  live.sendText('{"type":"shell.open"}');
  assert.equal((await live.message('problem')).problem.code, 'CONSOLE_BAD_REQUEST');
  live.send({ type: 'shell.open', requestId: 'r1', node: 'no@where', cols: 80, rows: 24 });
  const { problem } = await live.message('problem', ({ requestId }) => requestId === 'r1');
  assert.equal(problem.code, 'CONSOLE_NOT_FOUND');
  live.type('none', 'x');
  assert.equal((await live.message('shell.refused')).problem.code, 'CONSOLE_NOT_FOUND');
  live.send({ type: 'logs.follow', node: 'no@where', afterSeq: 0 });
  live.send({ type: 'ping', sentAt: 7 });
  assert.equal((await live.message('pong')).sentAt, 7);
});

attack('Input', 'a number that JavaScript would round is refused by the live socket', async () => {
  await using live = await client.live();
  for (const [index, number] of ['12345678901234567890', '1e400', '1.5'].entries()) {
    live.sendText(`{"type":"ping","sentAt":${number}}`);
    live.sendText(`{"type":"shell.attach","requestId":"r${index}","shellId":"none","afterSeq":${number}}`);
    live.send({ type: 'ping', sentAt: index });
    await live.message('pong', ({ sentAt }) => sentAt === index);
  }
  const problems = live.messages.filter((message) => message.type === 'problem');
  assert.deepEqual(new Set(problems.map(({ problem }) => problem.code)), new Set(['CONSOLE_BAD_REQUEST']));
  assert.equal(problems.length, 6);
});

test('a socket that sends too much is closed', async () => {
  await using live = await client.live();
  for (let count = 0; count < 1000; count += 1) live.send({ type: 'ping', sentAt: count });
  assert.equal((await live.closed).code, 1008);
});

test('a logout closes the sockets of that session', async () => {
  const cookie = await login();
  const headers = { cookie, origin: client.origin };
  const { ticket } = (await anonymous('/api/tickets', { headers, body: {} })).json;
  await using live = await LiveClient.open(client.origin);
  live.send({ type: 'hello', ticket });
  await live.message('welcome');
  await anonymous('/api/session', { method: 'DELETE', headers });
  assert.equal((await live.closed).code, 4401);
});

test('the audit log is searched, and a query that makes no sense is refused', async () => {
  await login();
  const found = await client.ask('/api/audit?act=login&limit=1');
  assert.equal(found.status, 200);
  const { entries, next } = auditPageSchema.parse(found.json);
  assert.equal(entries[0]?.event, 'login');
  assert.ok(Date.parse(entries[0].at) > 0 && !JSON.stringify(entries).includes(client.token));
  await login();
  const all = auditPageSchema.parse(
    (await client.ask(`/api/audit?act=login&actor=${entries[0].actor}`)).json,
  );
  assert.deepEqual(all.entries, entries);
  if (next !== undefined) {
    const older = auditPageSchema.parse((await client.ask(`/api/audit?act=login&before=${next}`)).json);
    assert.ok(older.entries.every(({ at }) => at <= (entries[0]?.at ?? '')));
  }
  assert.deepEqual((await client.ask('/api/audit?to=2020-01-01')).json, { entries: [] });
  for (const query of [
    'from=yesterday',
    'from=2026-02-31T00:00:00Z',
    'limit=0',
    'limit=1001',
    'act=%25',
    'before=x',
  ]) {
    const { status, json } = await client.ask(`/api/audit?${query}`);
    assert.deepEqual([query, status, json.error.code], [query, 400, 'CONSOLE_BAD_REQUEST']);
  }
});

test('guessing the token is slowed down', async () => {
  const guess = (): Promise<Answer> =>
    anonymous('/api/session', { headers: { origin: client.origin }, body: { token: 'guess-guess-guess' } });
  const answers: Answer[] = [];
  for (let count = 0; count < 12; count += 1) answers.push(await guess());
  assert.equal(answers[0]?.status, 401);
  const last = answers.at(-1);
  assert.equal(last?.status, 429);
  assert.ok(Number(last.headers['retry-after']) >= 1);
  assert.ok(!readFileSync(join(dataDir, 'audit.jsonl'), 'utf8').includes('guess-guess'));
});

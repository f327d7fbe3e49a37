/** How a whole console is reached: base path, proxies, tunnels, restarts, and what those see who are refused. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type EpmdServer, startEpmdServer } from '@convoy/node/epmd';
import { type ConsoleOptions, type RunningConsole, startConsole } from '../src/index.ts';
import { attack } from '../../../test/support/attack.ts';
import { noSmallDisk, SmallDisk } from '../../../test/support/small-disk.ts';
import {
  type Answer,
  type Ask,
  askHttp,
  ConsoleClient,
  LiveClient,
} from '../../../test/support/console/live-client.ts';

const token = 'a+token&of=special#characters%20/?';
let folder: string;
let epmd: EpmdServer;
let webRoot: string;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'convoy-door-'));
  webRoot = join(folder, 'page');
  mkdirSync(join(webRoot, 'assets'), { recursive: true });
  writeFileSync(join(webRoot, 'index.html'), '<title>the page</title><script src="./assets/main-1.js">');
  writeFileSync(join(webRoot, 'assets/main-1.js'), 'export {}');
  epmd = await startEpmdServer({ port: 0 });
});

after(async () => {
  await epmd.close();
  rmSync(folder, { recursive: true });
});

interface Door extends AsyncDisposable {
  readonly running: RunningConsole;
  readonly client: ConsoleClient;
  readonly dataDir: string;
  /** A request without the token, to a path below the origin. */
  ask(path: string, options?: Ask): Promise<Answer>;
  /** Logs in as a page of `origin` does; the whole `Set-Cookie`. */
  login(headers: Record<string, string>): Promise<string>;
}

async function open(options: Partial<ConsoleOptions> = {}): Promise<Door> {
  const dataDir = options.dataDir ?? mkdtempSync(join(folder, 'data-'));
  const fixed = { convoyCommand: ['false'], epmdPort: epmd.port, webRoot };
  const running = await startConsole({ port: 0, ...fixed, ...options, dataDir });
  const client = new ConsoleClient(running.url);
  const ask: Door['ask'] = (path, asked) => askHttp(`${client.origin}${path}`, asked);
  return {
    running,
    client,
    dataDir,
    ask,
    async login(headers) {
      const path = new URL(running.url).pathname;
      const answer = await ask(`${path}api/session`, { headers, body: { token: client.token } });
      assert.equal(answer.status, 204, answer.text);
      return answer.headers['set-cookie']?.[0] ?? '';
    },
    [Symbol.asyncDispose]: () => running.close(),
  };
}

function auditOf(door: Door): { event: string; address: string }[] {
  const text = readFileSync(join(door.dataDir, 'audit.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; address: string });
}

test('everything is below the base path, and nothing beside it', async () => {
  await using door = await open({ basePath: '/team/convoy/' });
  const { client } = door;
  assert.match(door.running.url, /^http:\/\/127\.0\.0\.1:\d+\/team\/convoy\/\?token=/);
  for (const path of ['/team/convoy/', '/team/convoy/nodes']) {
    assert.match((await door.ask(path)).text, /src="\/team\/convoy\/assets\/main-1\.js"/);
  }
  assert.equal((await door.ask('/team/convoy/assets/main-1.js')).text, 'export {}');
  assert.equal((await door.ask('/team/convoy/api/health')).status, 200);
  assert.deepEqual((await client.ask('/api/nodes')).json, []);
  assert.deepEqual((await client.ask('/api/openapi.json')).json.servers, [{ url: '/team/convoy' }]);
  await using live = await client.live();
  live.send({ type: 'ping', sentAt: 1 });
  await live.message('pong');
  await assert.rejects(LiveClient.open(client.origin), /404/);
  const info = JSON.parse(readFileSync(join(door.dataDir, 'console.json'), 'utf8'));
  assert.equal(info.url, `${client.base}/`);
  for (const path of [
    '/',
    '/api/health',
    '/team',
    '/team/convoyx/api/health',
    '/team/convoy/../api/health',
  ]) {
    const { status, json } = await door.ask(path);
    assert.deepEqual([status, json.error.code], [404, 'CONSOLE_NOT_FOUND'], path);
  }
  const cookie = await door.login({ origin: client.origin });
  assert.match(cookie, /; Path=\/team\/convoy\/;/);
});

test('a link without the last slash of the base path leads on, to nowhere but the console', async () => {
  await using door = await open({ basePath: '/convoy' });
  const headers = { host: 'localhost:7', 'x-forwarded-host': 'evil.example' };
  const { status, headers: answer } = await door.ask('/convoy?token=x%2By', { headers });
  assert.deepEqual([status, answer['location']], [302, '/convoy/?token=x%2By']);
  assert.equal((await door.ask('//evil.example/convoy')).status, 404);
});

test('a token of any characters is escaped in the link, and logs in', async () => {
  const dataDir = mkdtempSync(join(folder, 'data-'));
  writeFileSync(join(dataDir, 'token'), token);
  await using door = await open({ dataDir });
  assert.ok(door.running.url.endsWith(`/?token=${encodeURIComponent(token)}`));
  assert.equal(door.client.token, token);
  assert.equal((await door.client.ask('/api/nodes')).status, 200);
  await door.login({ origin: door.client.origin });
});

test('a token that no header or form can hold is refused at the start', async () => {
  const dataDir = mkdtempSync(join(folder, 'data-'));
  writeFileSync(join(dataDir, 'token'), 'with spaces and ümlauts');
  await assert.rejects(open({ dataDir }), { code: 'CONSOLE_BAD_OPTION', message: /token/ });
});

test('options that make no sense are refused before anything is touched', async () => {
  const dataDir = join(folder, 'not-made');
  for (const wrong of [{ basePath: '/a b' }, { basePath: '/../x' }, { allowedHosts: ['*'] }]) {
    await assert.rejects(open({ ...wrong, dataDir }), { code: 'CONSOLE_BAD_OPTION' });
  }
  await assert.rejects(open({ trustedProxies: ['proxy'], dataDir }), { code: 'CONSOLE_BAD_OPTION' });
});

test('behind a trusted proxy the client’s address is written down, and its cookie is for TLS', async () => {
  await using door = await open({ trustedProxies: ['127.0.0.1'], allowedHosts: ['console.example.com'] });
  const headers = {
    host: 'console.example.com',
    origin: 'https://console.example.com',
    'x-forwarded-for': '203.0.113.7',
    'x-forwarded-proto': 'https',
  };
  const cookie = await door.login(headers);
  assert.match(cookie, /; Secure/);
  assert.deepEqual(
    auditOf(door).map(({ event, address }) => [event, address]),
    [['login', '203.0.113.7']],
  );
  const session = { ...headers, cookie: cookie.split(';')[0] ?? '' };
  assert.equal((await door.ask('/api/tickets', { headers: session, body: {} })).status, 200);
  const plain = { ...session, 'x-forwarded-proto': 'http' };
  assert.equal((await door.ask('/api/tickets', { headers: plain, body: {} })).status, 403);
});

attack(
  'Proxies',
  'a client that forges X-Forwarded-For is logged and throttled under its own address',
  async () => {
    await using door = await open();
    const guess = (count: number): Promise<Answer> =>
      door.ask('/api/session', {
        headers: {
          origin: door.client.origin,
          'x-forwarded-for': `203.0.113.${count}`,
          forwarded: `for=203.0.113.${count}`,
        },
        body: { token: 'guess-guess-guess' },
      });
    let last = await guess(0);
    for (let count = 1; count < 12; count += 1) last = await guess(count);
    assert.equal(last.status, 429);
    assert.ok(auditOf(door).every(({ address }) => address === '127.0.0.1'));
  },
);

attack(
  'Proxies',
  'a client that forges X-Forwarded-Proto and -Host gets no other origin accepted',
  async () => {
    await using door = await open({ allowedHosts: ['console.example.com'] });
    const forged = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'console.example.com' };
    const ask = (origin: string): Promise<Answer> =>
      door.ask('/api/session', { headers: { ...forged, origin }, body: { token: door.client.token } });
    for (const origin of [
      'https://console.example.com',
      'http://console.example.com',
      'https://evil.example',
    ]) {
      assert.equal((await ask(origin)).json.error.code, 'CONSOLE_WRONG_ORIGIN', origin);
    }
  },
);

test('through a tunnel with another port it works on loopback names', async () => {
  await using door = await open();
  for (const host of ['localhost:5000', '127.0.0.1:5001', '[::1]:5002']) {
    const origin = `http://${host}`;
    const cookie = (await door.login({ host, origin })).split(';')[0] ?? '';
    const headers = { host, origin, cookie };
    assert.equal((await door.ask('/api/tickets', { headers, body: {} })).status, 200, host);
    await using live = await LiveClient.open(door.client.origin, { host, origin });
    assert.ok(live);
  }
});

test('the page’s own files load where a proxy is not trusted, so that the login can say so', async () => {
  await using door = await open({ allowedHosts: ['console.example.com'] });
  const headers = { host: 'console.example.com', origin: 'https://console.example.com' };
  assert.equal((await door.ask('/assets/main-1.js', { headers })).status, 200);
  const { json } = await door.ask('/api/tickets', { headers, body: {} });
  assert.match(json.error.message, /"https:\/\/console\.example\.com", but was sent to "http:/);
  assert.match(json.error.remedy, /trustedProxies.*https:\/\/console\.example\.com to allowedHosts/);
});

attack(
  'Login and sockets',
  'a page on another port of this machine can neither change nor read anything',
  async () => {
    await using door = await open();
    const { origin } = door.client;
    const cookie = (await door.login({ origin })).split(';')[0] ?? '';
    // What a browser sends for a page of http://localhost:3000, which is the same site: the cookie goes along.
    const evil = {
      host: new URL(origin).host,
      cookie,
      origin: 'http://127.0.0.1:3000',
      'sec-fetch-site': 'same-site',
    };
    assert.equal((await door.ask('/api/nodes', { headers: evil, body: { kind: 'typescript' } })).status, 403);
    assert.equal((await door.ask('/api/nodes', { headers: evil })).status, 403);
    const { origin: _none, ...image } = evil;
    assert.equal((await door.ask('/api/nodes', { headers: image })).status, 403);
    await assert.rejects(LiveClient.open(origin, { origin: evil.origin }), /403/);
  },
);

test('a browser under another name is told what to do, a program gets JSON', async () => {
  await using door = await open({ basePath: '/convoy' });
  const browser = { host: 'db1.internal:5000', accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
  const { status, headers, text } = await door.ask('/convoy/', { headers: browser });
  assert.deepEqual([status, headers['content-type']], [421, 'text/html; charset=UTF-8']);
  assert.match(text, /db1\.internal:5000/);
  assert.match(text, /href="http:\/\/localhost:5000\/convoy\/"/);
  assert.match(text, /--allowed-host db1\.internal\b[^:]/);
  assert.match(String(headers['content-security-policy']), /default-src 'none'/);
  const program = await door.ask('/convoy/', { headers: { ...browser, accept: '*/*' } });
  assert.deepEqual([program.status, program.json.error.code], [421, 'CONSOLE_WRONG_HOST']);
  assert.match(program.json.error.remedy, /add db1\.internal to allowedHosts/);
  const elsewhere = await door.ask('/', { headers: { accept: 'text/html' } });
  assert.equal(elsewhere.status, 404);
  assert.match(elsewhere.text, /href="\/convoy\/"/);
});

attack(
  'Login and sockets',
  'a Host or path that holds markup is shown as text on the page of a refusal',
  async () => {
    await using door = await open({ basePath: '/convoy' });
    const accept = 'text/html';
    for (const [path, host] of [
      ['/convoy/', '<script>alert(1)</script>:"\'80'],
      ['/%3Cscript%3Ealert(1)%3C/script%3E', 'localhost'],
      ['/<script>', 'localhost'],
    ] as const) {
      const { status, text } = await door.ask(path, { headers: { accept, host } });
      assert.ok(status >= 400, `${path} ${status}`);
      assert.doesNotMatch(text, /<script/i);
    }
  },
);

test('no cache keeps an address that can hold the token, nor any answer of the API', async () => {
  await using door = await open();
  const paths = ['/?token=x', '/nodes?token=x', '/api/health', '/api/nodes', '/missing.js'];
  for (const path of paths) {
    assert.equal((await door.ask(path)).headers['cache-control'], 'no-store', path);
  }
  for (const path of ['/', '/nodes']) {
    assert.equal((await door.ask(path)).headers['cache-control'], 'no-cache', path);
  }
});

test('a restart keeps sessions, and a logout stays one', async () => {
  const first = await open();
  const origin = 'http://localhost:5000';
  const headers = { host: 'localhost:5000', origin };
  const login = async (): Promise<string> => (await first.login(headers)).split(';')[0] ?? '';
  const [stays, leaves] = [await login(), await login()];
  const logout = { method: 'DELETE', headers: { ...headers, cookie: leaves } };
  assert.equal((await first.ask('/api/session', logout)).status, 204);
  await first.running.close();

  const again = await open({ dataDir: first.dataDir });
  const ticket = (door: Door, cookie: string): Promise<Answer> =>
    door.ask('/api/tickets', { headers: { ...headers, cookie }, body: {} });
  assert.equal((await ticket(again, stays)).status, 200);
  assert.equal((await ticket(again, leaves)).status, 401);
  await again.running.close();

  rmSync(join(first.dataDir, 'token'));
  await using renewed = await open({ dataDir: first.dataDir });
  assert.equal((await ticket(renewed, stays)).status, 401);
});

test('two consoles behind one host name do not log each other out', async () => {
  await using one = await open();
  await using other = await open();
  const names = await Promise.all(
    [one, other].map(async (door) => (await door.login({ origin: door.client.origin })).split('=')[0]),
  );
  assert.notEqual(names[0], names[1]);
});

test('sessions that cannot be saved are reported by their reason, without a stack', async (context) => {
  if (noSmallDisk !== false) return context.skip(noSmallDisk);
  using disk = new SmallDisk(512);
  const told: object[] = [];
  const warn = (detail: object): void => void told.push(detail);
  const dataDir = join(disk.path, 'state');
  await using door = await open({ dataDir, logger: { info: () => undefined, warn, error: () => undefined } });
  disk.fill();
  // What is left of the last page of the log takes a few logins.
  for (let count = 0; told.length === 0 && count < 100; count += 1) {
    await door.login({ origin: door.client.origin });
  }
  assert.deepEqual(told, [{ why: `cannot use ${join(dataDir, 'store.sqlite')}: the disk is full` }]);
  disk.free();
});

attack(
  'Login and sockets',
  'requests that end in the middle of their body are neither faults nor lines of the log',
  async () => {
    const lines: string[] = [];
    const note = (_: object, text: string): void => void lines.push(text);
    await using door = await open({ logger: { info: () => undefined, warn: note, error: note } });
    const { hostname, port, host } = new URL(door.client.origin);
    const head = `POST /api/session HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://${host}\r\n`;
    const halves = [
      'Content-Length: 99\r\n\r\n{',
      'Transfer-Encoding: chunked\r\n\r\n5\r\n{"tok\r\n',
      'Transfer-Encoding: chunked\r\n\r\n5\r\n{"tok\r\nno length\r\n',
    ];
    await Promise.all(
      Array.from({ length: 30 }, async (_, at) => {
        const socket = connect({ host: hostname, port: Number(port) });
        const half = head + halves[at % halves.length];
        socket.on('error', () => undefined).write(half, () => socket.resetAndDestroy());
        await once(socket, 'close');
      }),
    );
    // By then the console has seen the others go.
    assert.equal((await door.client.ask('/api/nodes')).status, 200);
    assert.deepEqual(lines, []);
    assert.equal((await door.client.ask('/api/state')).json.faults.request, 0);
  },
);

/** Launches real nodes of all three kinds on this computer, with only the provider and with a whole console. */

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLocalProvider, createTunnelResolver, type ProviderNodeKind } from '@convoy/cluster';
import { startConsole, type ConsoleOptions } from '@convoy/console';
import type { NodeView, ShellView } from '@convoy/console/protocol';
import { startNode } from '@convoy/node';
import { EpmdClient, startEpmdServer } from '@convoy/node/epmd';
import { atom } from '@convoy/node/etf';
import { splitNodeName } from '@convoy/node/names';
import { type ProviderHarness, testProvider } from '../../conformance/provider.ts';
import { convoyCommand } from '../../support/console/console-process.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventually, eventuallyEqual } from '../../support/eventually.ts';
import { ConsoleClient, type LiveClient } from '../../support/console/live-client.ts';
import { processesWith } from '../../support/processes.ts';

const kinds = ['typescript', 'elixir', 'erlang'] as const;
const skip = missingPeer('25', 'elixir');

async function makeHarness(kind: ProviderNodeKind): Promise<ProviderHarness> {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-provider-'));
  const epmd = await startEpmdServer({ port: 0 });
  const secret = 'cookie-that-nobody-may-see';
  const routes = createTunnelResolver();
  const watcher = await startNode({
    name: 'watcher@127.0.0.1',
    cookie: 'the-watchers-own',
    hidden: true,
    routes,
    epmd: 'system',
    epmdPort: epmd.port,
  });
  const provider = createLocalProvider({
    folder,
    cookie: secret,
    epmdPort: epmd.port,
    convoyCommand,
    node: watcher,
    routes,
    ping: (node, { signal }) => watcher.connect(node, { signal }),
    nodeLimit: 3,
  });
  const client = new EpmdClient({ port: epmd.port });
  return {
    provider,
    kind,
    secret,
    limit: 3,
    answers: (node) =>
      watcher.connect(node).then(
        () => true,
        () => false,
      ),
    kill: ({ osPid }) => {
      assert.ok(osPid !== undefined);
      process.kill(osPid, 'SIGKILL');
    },
    traces: async (node) => {
      const registered = (await client.lookup(splitNodeName(node).name)) === undefined ? [] : ['epmd'];
      const folders = readdirSync(folder).filter((name) => name === node);
      const processes = processesWith(`ERL_EPMD_PORT=${epmd.port}`).filter((id) =>
        argumentsOf(id).includes(node),
      );
      return [...registered, ...folders, ...processes.map((id) => `process ${id}`)];
    },
    async [Symbol.asyncDispose]() {
      await provider.close();
      await watcher.close();
      await epmd.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function argumentsOf(id: number): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

testProvider('local TypeScript', () => makeHarness('typescript'));
if (missingPeer('25') === false) testProvider('local Erlang', () => makeHarness('erlang'));

interface TestConsole extends AsyncDisposable {
  readonly client: ConsoleClient;
  readonly dataDir: string;
  readonly epmdPort: number;
  launch(kind: ProviderNodeKind, extra?: { name?: string; join?: boolean }): Promise<NodeView>;
  node(name: string): Promise<NodeView | undefined>;
}

async function makeConsole(options: Partial<ConsoleOptions> = {}): Promise<TestConsole> {
  const dataDir = mkdtempSync(join(tmpdir(), 'convoy-console-'));
  const epmd = await startEpmdServer({ port: 0 });
  const running = await startConsole({ port: 0, dataDir, convoyCommand, epmdPort: epmd.port, ...options });
  const client = new ConsoleClient(running.url);
  const node = async (name: string): Promise<NodeView | undefined> =>
    ((await client.ask('/api/nodes')).json as NodeView[]).find((view) => view.name === name);
  return {
    client,
    dataDir,
    epmdPort: epmd.port,
    node,
    async launch(kind, extra = {}) {
      const { status, json } = await client.ask('/api/nodes', { body: { kind, ...extra } });
      assert.equal(status, 202, JSON.stringify(json));
      let launch = json;
      await eventually(`the launch of ${json.node} to be over`, 60_000, async () => {
        launch = (await client.ask(`/api/launches/${json.id}`)).json;
        return launch.state !== 'running';
      });
      assert.equal(launch.state, 'ready', JSON.stringify(launch));
      const view = await node(json.node);
      assert.ok(view !== undefined);
      return view;
    },
    async [Symbol.asyncDispose]() {
      await running.close();
      await epmd.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function peersOf(convoy: TestConsole, name: string, peers: readonly string[]): Promise<void> {
  return eventually(`${name} to have the peers ${peers.join(', ')}`, 30_000, async () => {
    const view = await convoy.node(name);
    return view?.peers.join() === peers.toSorted().join();
  });
}

async function openShell(live: LiveClient, node: string): Promise<ShellView> {
  live.send({ type: 'shell.open', requestId: node, node, cols: 80, rows: 24 });
  return (await live.message('shell.opened', (message) => message.requestId === node)).shell;
}

async function waitForScreen(live: LiveClient, shellId: string, pattern: RegExp): Promise<void> {
  await eventually(`${pattern} in ${shellId}`, 60_000, () => pattern.test(live.shellText(shellId, 50)));
}

test('a console launches all three kinds, and they find one another', { skip }, async () => {
  await using convoy = await makeConsole();
  await using live = await convoy.client.live();
  const views = await Promise.all(kinds.map((kind) => convoy.launch(kind)));
  assert.deepEqual(views.map(({ name }) => name).toSorted(), [
    'elixir-1@127.0.0.1',
    'erlang-1@127.0.0.1',
    'ts-1@127.0.0.1',
  ]);
  for (const { name } of views) {
    await peersOf(
      convoy,
      name,
      views.map((view) => view.name).filter((other) => other !== name),
    );
    const view = await convoy.node(name);
    assert.ok((view?.memoryBytes ?? 0) > 1_000_000);
    assert.match(view?.version ?? '', /OTP \d+|Node\.js/);
  }
  // The page was notified of everything.
  await live.message(
    'node',
    ({ node }) => node.kind === 'elixir' && node.status === 'up' && node.peers.length === 2,
  );

  await using sender = await startNode({
    name: 'sender@127.0.0.1',
    cookie: readFileSync(join(convoy.dataDir, 'cookie'), 'utf8'),
    hidden: true,
    epmd: 'system',
    epmdPort: convoy.epmdPort,
  });
  for (const { name } of views) {
    live.send({ type: 'logs.follow', node: name, afterSeq: 0 });
    sender.send({ name: 'convoy_worker', node: name }, atom('ping'));
    sender.send({ name: 'Elixir.Convoy.ConvoyWorker', node: name }, atom('ping'));
    const line = `Received ping on node ${name}`;
    await live.message('logs', ({ node, lines }) => node === name && lines.some(({ text }) => text === line));
    await eventuallyEqual(async () => {
      const logged = (await convoy.client.ask(`/api/nodes/${name}/logs?lines=50`)).json as { text: string }[];
      return logged.filter(({ text }) => text === line).length;
    }, 2);
  }

  for (const { name } of views) {
    assert.equal((await convoy.client.ask(`/api/nodes/${name}`, { method: 'DELETE' })).status, 204);
    assert.equal(await convoy.node(name), undefined);
    await live.message('node.gone', (message) => message.name === name);
  }
  assert.deepEqual(readdirSync(join(convoy.dataDir, 'nodes')), []);
});

test(
  'shells run on launched nodes, outlive their socket, and are resumed with the missed output',
  { skip },
  async () => {
    await using convoy = await makeConsole();
    const { name } = await convoy.launch('elixir');
    let shell: ShellView;
    {
      await using live = await convoy.client.live();
      shell = await openShell(live, name);
      assert.equal(shell.kind, 'iex');
      await waitForScreen(live, shell.id, /iex\(.*\)1>/);
      live.type(shell.id, 'seen = 20 + 22\r');
      await waitForScreen(live, shell.id, /42/);
    }
    await using back = await convoy.client.live();
    const welcome = await back.message('welcome');
    assert.deepEqual(
      welcome.shells.map(({ id }) => id),
      [shell.id],
    );
    back.send({ type: 'shell.attach', requestId: 'back', shellId: shell.id });
    const screen = await back.message('shell.snapshot', ({ requestId }) => requestId === 'back');
    assert.match(screen.data, /seen = 20 \+ 22/);
    back.send({ type: 'shell.attach', requestId: 'again', shellId: shell.id, afterSeq: screen.seq });
    back.type(shell.id, 'seen * 2\r');
    await waitForScreen(back, shell.id, /84/);
    back.send({ type: 'shell.close', shellId: shell.id });
    await back.message('shell.closed', ({ shellId }) => shellId === shell.id);
  },
);

test('a page that reads too slowly gets the screen instead of all the output', { skip }, async () => {
  await using convoy = await makeConsole();
  const { name } = await convoy.launch('erlang');
  await using slow = await convoy.client.live();
  await using quick = await convoy.client.live();
  const shell = await openShell(slow, name);
  await waitForScreen(slow, shell.id, /1>/);
  quick.send({ type: 'shell.attach', requestId: 'quick', shellId: shell.id });
  slow.pause();
  const flood = '[io:format("~s~n", [lists:duplicate(4000, $x)]) || _ <- lists:seq(1, 3000)], done.';
  quick.type(shell.id, `${flood}\r`);
  await waitForScreen(quick, shell.id, /done\r?\n[^]*2>/);
  slow.resume();
  await slow.message('shell.snapshot', ({ data }) => /2>/.test(data));
  const missed = quick.shellText(shell.id).length - slow.shellText(shell.id).length;
  assert.ok(missed > 1_000_000, `${missed} characters were left out`);
});

test('nodes launched without joining join and disconnect on request', { skip }, async () => {
  await using convoy = await makeConsole();
  const ts = await convoy.launch('typescript', { join: false });
  const erlang = await convoy.launch('erlang', { join: false });
  const { client } = convoy;
  await eventually(
    'both to be probed',
    30_000,
    async () => (await convoy.node(erlang.name))?.memoryBytes !== undefined,
  );
  assert.deepEqual((await convoy.node(erlang.name))?.peers, []);
  const join = await client.ask(`/api/nodes/${ts.name}/join`, { body: { peer: erlang.name } });
  assert.equal(join.status, 204, join.text);
  await peersOf(convoy, erlang.name, [ts.name]);
  await peersOf(convoy, ts.name, [erlang.name]);
  const disconnect = await client.ask(`/api/nodes/${erlang.name}/disconnect`, { body: { peer: ts.name } });
  assert.equal(disconnect.status, 204, disconnect.text);
  await peersOf(convoy, erlang.name, []);
  await peersOf(convoy, ts.name, []);

  const nobody = await client.ask(`/api/nodes/${ts.name}/join`, { body: { peer: 'nobody@127.0.0.1' } });
  assert.equal(nobody.json.error.code, 'CONSOLE_PEER_REFUSED');
  assert.match(nobody.json.error.message, /ts-1@127\.0\.0\.1 could not connect to nobody@127\.0\.0\.1: /);
  const toErlang = await client.ask(`/api/nodes/${erlang.name}/join`, { body: { peer: 'nobody@127.0.0.1' } });
  assert.equal(toErlang.json.error.code, 'CONSOLE_PEER_REFUSED');
  for (const peer of ['a@127.0.0.1/8', 'b@[::1]', 'c@x\u202e', 'd', 'e@', ts.name]) {
    const refused = await client.ask(`/api/nodes/${ts.name}/join`, { body: { peer } });
    assert.deepEqual([refused.status, refused.json.error.code], [400, 'CONSOLE_BAD_REQUEST'], peer);
  }
});

test('a node from elsewhere that joins is discovered, and removed when it leaves', async () => {
  await using convoy = await makeConsole();
  const { name } = await convoy.launch('typescript');
  const cookie = readFileSync(join(convoy.dataDir, 'cookie'), 'utf8');
  const stranger = await startNode({
    name: 'stranger@127.0.0.1',
    cookie,
    epmd: 'system',
    epmdPort: convoy.epmdPort,
  });
  try {
    await stranger.connect(name);
    await eventually('the stranger to be seen', 30_000, async () => {
      const view = await convoy.node(stranger.name);
      return view?.origin === 'discovered' && view.peers.join() === name;
    });
    const refused = await convoy.client.ask(`/api/nodes/${stranger.name}`, { method: 'DELETE' });
    assert.equal(refused.json.error.code, 'PROVIDER_NO_NODE');
  } finally {
    await stranger.close();
  }
  await eventually(
    'the stranger to be gone',
    30_000,
    async () => (await convoy.node(stranger.name)) === undefined,
  );
});

test('a crash is reported with its exit and its last output', { skip }, async () => {
  await using convoy = await makeConsole();
  await using live = await convoy.client.live();
  const { name, osPid = 0 } = await convoy.launch('erlang');
  process.kill(osPid, 'SIGKILL');
  const { node } = await live.message('node', (message) => message.node.status === 'crashed');
  assert.equal(node.name, name);
  assert.match(node.problem?.message ?? '', /SIGKILL/);
  assert.match(node.lastOutput.join('\n'), /is up/);
});

test('no cookie is in arguments, environment, logs or answers', { skip }, async () => {
  await using convoy = await makeConsole();
  const views = await Promise.all(kinds.map((kind) => convoy.launch(kind)));
  const cookie = readFileSync(join(convoy.dataDir, 'cookie'), 'utf8');
  for (const { osPid = 0, name } of views) {
    for (const file of ['cmdline', 'environ']) {
      assert.ok(!readFileSync(`/proc/${osPid}/${file}`, 'utf8').includes(cookie), `${file} of ${name}`);
    }
    assert.ok(!(await convoy.client.ask(`/api/nodes/${name}/logs`)).text.includes(cookie));
  }
  assert.ok(!(await convoy.client.ask('/api/nodes')).text.includes(cookie));
  const audit = readFileSync(join(convoy.dataDir, 'audit.jsonl'), 'utf8');
  assert.ok(!audit.includes(cookie) && !audit.includes(convoy.client.token));
  assert.match(audit, /"event":"node.launch"/);
});

test('tells how to install Elixir if it is missing', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'convoy-path-'));
  try {
    await using convoy = await makeConsole({ env: { ...process.env, PATH: empty, SHELL: '/bin/false' } });
    const { json: info } = await convoy.client.ask('/api/info');
    const elixir = info.capabilities.find((one: { kind: string }) => one.kind === 'elixir');
    assert.equal(elixir.available, false);
    assert.match(elixir.remedy, /install elixir/);
    const refused = await convoy.client.ask('/api/nodes', { body: { kind: 'elixir' } });
    assert.equal(refused.status, 422);
    assert.equal(refused.json.error.code, 'PROVIDER_UNAVAILABLE');
    assert.match(refused.json.error.remedy, /install elixir/);
    await convoy.launch('typescript');
  } finally {
    rmSync(empty, { recursive: true });
  }
});

test('refuses more nodes than the limit with an explanation', async () => {
  await using convoy = await makeConsole({ nodeLimit: 1 });
  await convoy.launch('typescript');
  const refused = await convoy.client.ask('/api/nodes', { body: { kind: 'typescript' } });
  assert.equal(refused.status, 409);
  assert.equal(refused.json.error.code, 'PROVIDER_LIMIT');
  assert.match(refused.json.error.remedy, /nodeLimit/);
});

test('closing the console ends every node in less than five seconds', { skip }, async () => {
  const convoy = await makeConsole();
  const views = await Promise.all(kinds.map((kind) => convoy.launch(kind)));
  const startedAt = performance.now();
  await convoy[Symbol.asyncDispose]();
  assert.ok(performance.now() - startedAt < 5000);
  for (const { osPid = 0 } of views) assert.ok(!existsSync(`/proc/${osPid}`));
});

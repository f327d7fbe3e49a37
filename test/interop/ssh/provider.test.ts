/** Nodes of all three kinds on an SSH host: the common suite, logs, and lost connections. */

import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTunnelResolver, ProviderError, type ProviderNodeKind } from '@convoy/cluster';
import {
  createSshProvider,
  inspectHost,
  openSshTunnel,
  parseSshTarget,
  type SshTunnel,
} from '@convoy/cluster/ssh';
import { type Node, startNode } from '@convoy/node';
import { EpmdClient } from '@convoy/node/epmd';
import { atom } from '@convoy/node/etf';
import { splitNodeName } from '@convoy/node/names';
import { type ProviderHarness, testProvider } from '../../conformance/provider.ts';
import { convoyCommand, startConsoleProcess } from '../../support/console/console-process.ts';
import { type ConvoyResult, runConvoy } from '../../support/convoy-command.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import { SshHost } from '../../support/network/ssh-host.ts';
import { processesWith } from '../../support/processes.ts';
import { missingSshd, type SshServer } from '../../support/network/ssh-server.ts';

const skip = missingPeer('25', 'elixir') ?? missingSshd() ?? false;
const secret = 'cookie_of_the_far_host';

interface FarHost extends ProviderHarness {
  readonly server: SshServer;
  readonly tunnel: SshTunnel;
  readonly node: Node;
}

/** A host whose login has the `convoy` command on its PATH, as a version manager installs it. */
async function startHost(): Promise<SshHost> {
  const host = await SshHost.start();
  const bin = join(host.far, '.asdf', 'shims');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'convoy'), `#!/bin/sh\nexec ${convoyCommand.join(' ')} "$@"\n`);
  chmodSync(join(bin, 'convoy'), 0o755);
  return host;
}

/** Process ids of nodes that were started there. */
function nodesUnder(home: string): number[] {
  return processesWith(`CONVOY_FOLDER=${home}/`, { isPrefix: true });
}

async function makeHost(kind: ProviderNodeKind, { graceMs = 60_000 } = {}): Promise<FarHost> {
  const host = await startHost();
  const { server, far: home } = host;
  const options = { ...server.options, retryFirstMs: 50, retryMaxMs: 200 };
  const tunnel = await openSshTunnel(parseSshTarget(server.target), options);
  const routes = createTunnelResolver();
  const node = await startNode({
    name: 'watcher@here.internal',
    cookie: 'the-watchers-own',
    hidden: true,
    listen: false,
    epmd: 'none',
    routes,
  });
  const provider = createSshProvider({
    tunnel,
    report: await inspectHost(tunnel),
    node,
    routes,
    cookie: secret,
    nodeLimit: 3,
    graceMs,
  });
  const client = new EpmdClient({ port: host.epmdPort });
  const osPidOf = async (name: string): Promise<number> => {
    const answer = await node
      .rpc(name, 'convoy', 'info', [], { mapping: { maps: 'object' } })
      .catch(() => undefined);
    if (answer !== undefined) return (answer as { os_pid: number }).os_pid;
    const characters = (await node.rpc(name, 'os', 'getpid', [])) as number[];
    return Number(String.fromCodePoint(...characters));
  };
  return {
    provider,
    kind,
    secret,
    server,
    tunnel,
    node,
    limit: 3,
    answers: async (name) => (await osPidOf(name)) > 0,
    kill: () => {
      // Only the emulator: its helper processes end with it.
      const emulator = nodesUnder(home).find((pid) =>
        readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('beam'),
      );
      assert.ok(emulator !== undefined);
      process.kill(emulator, 'SIGKILL');
    },
    traces: async (name) => {
      const registered = (await client.lookup(splitNodeName(name).name)) === undefined ? [] : ['epmd'];
      const folder = join(home, '.convoy', 'nodes');
      const folders = existsSync(folder) ? readdirSync(folder) : [];
      return [...registered, ...folders, ...nodesUnder(home).map(String)];
    },
    async [Symbol.asyncDispose]() {
      await provider.close();
      await tunnel.close();
      await node.close();
      await host[Symbol.asyncDispose]();
    },
  };
}

if (skip === false) {
  testProvider('Erlang by SSH', () => makeHost('erlang'));
}

test('a launch that fails has the output of the node', { skip }, async () => {
  await using far = await makeHost('erlang');
  const variables = { ERL_FLAGS: '-bogus +Zzz' };
  const plan = await far.provider.plan({ kind: 'erlang', variables });
  await assert.rejects(far.provider.launch(plan), (error) => {
    assert.ok(error instanceof ProviderError);
    assert.equal(error.code, 'PROVIDER_SPAWN_FAILED');
    assert.match(error.lastOutput.join('\n'), /unknown flag -Zzz\n[^]*\n\[\d+ lines left out\]\n/);
    return true;
  });
});

test('all kinds: capabilities, followed output, and exit', { skip }, async () => {
  await using far = await makeHost('elixir');
  const { provider, node } = far;
  const capabilities = await provider.capabilities();
  assert.deepEqual(
    capabilities.map(({ kind, available }) => [kind, available]),
    [
      ['typescript', true],
      ['elixir', true],
      ['erlang', true],
    ],
  );
  for (const kind of ['typescript', 'elixir'] as const) {
    const launched = await provider.launch(await provider.plan({ kind }));
    node.send({ name: 'convoy_worker', node: launched.name }, atom('ping'));
    const line = `Received ping on node ${launched.name}`;
    await eventually(line, 30_000, () =>
      (provider.logs(launched.name)?.lines() ?? []).some(({ text }) => text === line),
    );
    await provider.destroy(launched.name);
    // The helper processes of an emulator end a moment after it.
    await eventually(
      `no trace of ${launched.name}`,
      30_000,
      async () => (await far.traces(launched.name)).length === 0,
    );
  }
});

test('nodes and their output outlive a lost connection', { skip }, async () => {
  await using far = await makeHost('erlang');
  const { provider, node, server, tunnel } = far;
  const launched = await provider.launch(await provider.plan({ kind: 'erlang' }));
  const before = await node.rpc(launched.name, 'os', 'getpid', []);
  const down = new Promise<void>((resolve) => {
    const stop = tunnel.onState(({ kind }) => kind === 'down' && (stop(), resolve()));
  });
  await server.stop();
  await down;
  await server.start();
  await eventually('the node to be back', 30_000, () => node.list('connected').includes(launched.name));
  assert.deepEqual(await node.rpc(launched.name, 'os', 'getpid', []), before);
  node.send({ name: 'convoy_worker', node: launched.name }, atom('ping'));
  const line = `Received ping on node ${launched.name}`;
  const seen = (): number =>
    (provider.logs(launched.name)?.lines() ?? []).filter(({ text }) => text === line).length;
  await eventually('its output', 30_000, () => seen() === 1);
  const isUp = (provider.logs(launched.name)?.lines() ?? []).filter(({ text }) =>
    / is up on port \d+$/.test(text),
  );
  assert.equal(isUp.length, 1, 'no line comes twice');
});

test('a node whose owner does not return ends by itself, and leaves nothing', { skip }, async () => {
  await using far = await makeHost('erlang', { graceMs: 700 });
  const launched = await far.provider.launch(await far.provider.plan({ kind: 'erlang' }));
  await far.server.stop();
  await eventually('no trace of it', 30_000, async () => (await far.traces(launched.name)).length === 0);
  await far.server.start();
});

test(
  'the command launches a node on a host through the console, prints its log and stops it',
  { skip },
  async () => {
    await using host = await startHost();
    const { server, near, far } = host;
    await using convoy = await startConsoleProcess({ env: { HOME: near, SSH_AUTH_SOCK: '' } });
    const run = (...words: string[]): Promise<ConvoyResult> =>
      runConvoy([...words, '--data-dir', convoy.dataDir]);
    const launched = await run('launch', 'erlang', 'remote', '--provider', 'ssh', '--host', server.target);
    assert.equal(launched.code, 0, launched.stderr);
    assert.match(
      launched.stderr,
      /ok {2}Log in by SSH[^]*ok {2}Start the process on the host: process \d+, port \d+/,
    );
    const name = launched.stdout.trim();
    assert.match(name, /^remote@.+\..+$/);
    assert.equal(nodesUnder(far).length > 0, true);
    const logs = await run('logs', name);
    assert.match(logs.stdout, new RegExp(`Erlang node ${name} is up`));
    assert.equal((await run('stop', name)).code, 0);
    assert.deepEqual(nodesUnder(far), []);
    const nowhere = await run('launch', 'erlang', '--provider', 'ssh', '--host', 'root@127.0.0.1:1');
    assert.deepEqual([nowhere.code, /\[SSH_UNREACHABLE\]/.test(nowhere.stderr)], [1, true], nowhere.stderr);
  },
);

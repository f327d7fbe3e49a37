/** How nodes on an SSH host end: whether they were stopped or crashed is known from the exit code that their host keeps. */

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createTunnelResolver, type LaunchedNode, type Provider } from '@convoy/cluster';
import { createSshProvider, inspectHost, openSshTunnel, parseSshTarget } from '@convoy/cluster/ssh';
import { type Node, startNode } from '@convoy/node';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { SshHost } from '../../support/network/ssh-host.ts';
import { missingSshd } from '../../support/network/ssh-server.ts';

const skip = missingPeer('25', 'elixir') || missingSshd() || false;

describe('a node on a host that ends', { skip }, () => {
  let host: SshHost;
  let node: Node;
  let provider: Provider;
  const stack = new AsyncDisposableStack();
  before(async () => {
    host = stack.use(await SshHost.start());
    const tunnel = await openSshTunnel(parseSshTarget(host.server.target), host.server.options);
    stack.defer(() => tunnel.close());
    const routes = createTunnelResolver();
    node = stack.use(
      await startNode({
        name: 'watcher@here.internal',
        cookie: 'own',
        hidden: true,
        listen: false,
        epmd: 'none',
        routes,
      }),
    );
    provider = createSshProvider({
      tunnel,
      report: await inspectHost(tunnel),
      node,
      routes,
      cookie: 'far',
      nodeLimit: 3,
    });
    stack.defer(() => provider.close());
  });
  after(() => stack.disposeAsync());

  const launch = async (): Promise<LaunchedNode> => provider.launch(await provider.plan({ kind: 'erlang' }));
  const pidOf = async ({ name }: LaunchedNode): Promise<number> =>
    Number(String.fromCodePoint(...((await node.rpc(name, 'os', 'getpid', [])) as number[])));

  test('by itself was stopped, with its exit code', async () => {
    const launched = await launch();
    await node.rpc(launched.name, 'init', 'stop', []);
    const { code, expected, isDeliberate } = await launched.exited;
    assert.deepEqual({ code, expected, isDeliberate }, { code: 0, expected: false, isDeliberate: true });
    await provider.destroy(launched.name);
  });

  test('by SIGKILL has crashed, with its signal', async () => {
    const launched = await launch();
    process.kill(await pidOf(launched), 'SIGKILL');
    const { signal, isDeliberate } = await launched.exited;
    assert.deepEqual({ signal, isDeliberate }, { signal: 'SIGKILL', isDeliberate: false });
    await provider.destroy(launched.name);
  });

  test('leaves nothing of its folder when it is removed', async () => {
    const launched = await launch();
    await provider.destroy(launched.name);
    const folder = join(host.far, '.convoy', 'nodes');
    assert.deepEqual(existsSync(folder) ? readdirSync(folder) : [], []);
  });
});

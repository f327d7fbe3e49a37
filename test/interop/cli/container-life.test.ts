/** The life of a node in a container: configured by variables, asked for its health, and ended by a signal. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { createStaticPortResolver, startNode } from '@convoy/node';
import { ConvoyProcess, runConvoy } from '../../support/convoy-command.ts';
import { freePort, missingPeer, startErlangNode, startTestEpmd } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';

const cookie = 'contained';

describe('a node in a container', () => {
  test('is healthy while it answers, whatever its name resolves to, and unhealthy when it is gone', async () => {
    const env = {
      RELEASE_NODE: 'web@nowhere.invalid',
      RELEASE_DISTRIBUTION: 'name',
      RELEASE_COOKIE: cookie,
      ERL_DIST_PORT: String(await freePort()),
    };
    await using node = new ConvoyProcess(['node'], { env, keepsInput: true });
    await node.waitFor(/is up/);
    const healthy = await runConvoy(['ping', '--timeout', '5'], { env });
    assert.equal(healthy.code, 0, healthy.stderr);
    const wrong = await runConvoy(['ping', '--timeout', '5'], { env: { ...env, RELEASE_COOKIE: 'other' } });
    assert.equal(wrong.code, 3);
    node.child.kill('SIGTERM');
    assert.equal((await node.result()).code, 0);
    const gone = await runConvoy(['ping', '--timeout', '5'], { env });
    assert.equal(gone.code, 3);
    assert.match(gone.stderr, /CONNECTION_REFUSED/);
  });

  test('is found by EPMD if its port is not given', async () => {
    await using epmd = await startTestEpmd();
    const env = { RELEASE_NODE: 'web@127.0.0.1', RELEASE_COOKIE: cookie, ERL_EPMD_PORT: String(epmd.port) };
    await using node = new ConvoyProcess(['node'], { env, keepsInput: true });
    await node.waitFor(/is up/);
    assert.equal((await runConvoy(['ping'], { env })).code, 0);
    const { code, stderr } = await runConvoy(['ping'], { env: { ...env, RELEASE_NODE: '' } });
    assert.equal(code, 2);
    assert.match(stderr, /names a node/);
  });

  test('leaves its mesh on SIGTERM', { skip: missingPeer('25') }, async () => {
    const port = await freePort();
    await using erl = await startErlangNode({
      name: 'erl@127.0.0.2',
      cookie,
      epmdPort: await freePort(),
      args: ['-erl_epmd_port', String(port), '-kernel', 'inet_dist_use_interface', '{127,0,0,2}'],
    });
    await using watcher = await startNode({
      name: 'watcher@127.0.0.4',
      cookie,
      listen: { host: '127.0.0.4', port },
      resolver: createStaticPortResolver({ port }),
    });
    const env = {
      RELEASE_NODE: 'web@127.0.0.3',
      RELEASE_DISTRIBUTION: 'name',
      RELEASE_COOKIE: cookie,
      ERL_DIST_PORT: String(port),
      CONVOY_DISCOVER: `static:nodes=${erl.name}+${watcher.name}`,
    };
    await using node = new ConvoyProcess(['node'], { env, keepsInput: true });
    await node.waitFor(/is up/);
    await eventually('a mesh of three', 30_000, () => watcher.list().length === 2);
    const exited = once(node.child, 'exit');
    node.child.kill('SIGTERM');
    const [code] = (await exited) as [number | null];
    assert.equal(code, 0);
    await eventually('both to see it go', 30_000, async () => {
      return !watcher.list().includes('web@127.0.0.3') && (await erl.eval('length(nodes()).')) === '1';
    });
    assert.deepEqual(watcher.list(), [erl.name]);
  });
});

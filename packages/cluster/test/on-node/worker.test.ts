import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atom } from '@convoy/node/etf';
import { createMemoryCluster } from '@convoy/node/testing';
import { installWorker, workerName } from '../../src/on-node/worker.ts';

for (const name of [workerName, 'Elixir.Convoy.ConvoyWorker']) {
  test(`${name} prints a line for each ping, and for nothing else`, async () => {
    await using cluster = createMemoryCluster();
    const [node, other] = [await cluster.start('ts'), await cluster.start('other')];
    const { promise: twice, resolve } = Promise.withResolvers<void>();
    const printed: string[] = [];
    installWorker(node, { print: (line) => printed.push(line) === 2 && resolve() });
    for (const message of ['ping', 'pong', 'ping']) other.send({ name, node: node.name }, atom(message));
    await twice;
    assert.deepEqual(printed, Array(2).fill('Received ping on node ts@memory.test'));
  });
}

test('returns information about the node to other nodes', async () => {
  await using cluster = createMemoryCluster();
  const [node, other] = [await cluster.start('ts'), await cluster.start('other', { hidden: true })];
  installWorker(node, { version: '9.9.9' });
  const mapping = { binaries: 'string', maps: 'object' } as const;
  const info = (await other.rpc(node.name, 'convoy', 'info', [], { mapping })) as Record<string, unknown>;
  assert.equal(info['node'], atom('ts@memory.test'));
  assert.deepEqual(info['versions'], { convoy: '9.9.9', node: process.versions.node });
  assert.deepEqual(info['peers'], [], 'hidden nodes are left out');
  assert.equal(info['os_pid'], process.pid);
});

test('connects and disconnects on request, and reports why it cannot', async () => {
  await using cluster = createMemoryCluster();
  const [node, asker] = [await cluster.start('ts'), await cluster.start('asker', { hidden: true })];
  const peer = await cluster.start('peer');
  installWorker(node);
  const ask = (name: string, to: string): Promise<unknown> =>
    asker.rpc(node.name, 'convoy', name, [atom(to)]);
  assert.equal(await ask('connect', peer.name), true);
  assert.deepEqual(node.list(), [peer.name]);
  assert.equal(await ask('disconnect', peer.name), true);
  assert.deepEqual(node.list(), []);
  assert.equal(await ask('disconnect', peer.name), false);
  await assert.rejects(ask('connect', 'nobody@memory.test'), {
    code: 'REMOTE_ERROR',
    message: /nobody@memory\.test/,
  });
});

test('can be uninstalled', async () => {
  await using cluster = createMemoryCluster();
  const [node, asker] = [await cluster.start('ts'), await cluster.start('asker')];
  const remove = installWorker(node);
  remove();
  assert.equal(node.processes.whereis(workerName), undefined);
  assert.equal(node.processes.whereis('Elixir.Convoy.ConvoyWorker'), undefined);
  await assert.rejects(asker.rpc(node.name, 'convoy', 'info', []), { code: 'REMOTE_UNDEF' });
});

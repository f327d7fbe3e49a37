import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EpmdClient, type EpmdServer, startEpmdServer } from '@convoy/node/epmd';
import { freePort } from '../../../../test/support/erlang/test-epmd.ts';
import { TcpTunnel } from '../../../../test/support/network/tcp-tunnel.ts';
import { HostError } from '../../src/errors.ts';
import { findNodeAddress } from '../../src/bridge/node-address.ts';

async function startRemoteEpmd(): Promise<{ epmd: EpmdServer; client: EpmdClient } & AsyncDisposable> {
  const epmd = await startEpmdServer({ port: 0 });
  const client = new EpmdClient({ port: epmd.port });
  return { epmd, client, [Symbol.asyncDispose]: () => epmd.close() };
}

test('a node is found at the port in the EPMD of its host, also after the port has changed', async () => {
  await using remote = await startRemoteEpmd();
  await using tunnel = new TcpTunnel();
  const options = { node: 'app@db1.example', epmdPort: remote.epmd.port };
  const first = await remote.client.register({ name: 'app', port: 4101 });
  assert.deepEqual(await findNodeAddress(tunnel, options), [
    { host: '127.0.0.1', port: 4101 },
    { host: '::1', port: 4101 },
    { host: 'db1.example', port: 4101 },
  ]);
  first.close();
  await first.closed;
  const second = await remote.client.register({ name: 'app', port: 4102 });
  const [moved] = await findNodeAddress(tunnel, options);
  assert.equal(moved.port, 4102);
  second.close();
});

test('an unknown node is refused with the registered names', async () => {
  await using remote = await startRemoteEpmd();
  await using tunnel = new TcpTunnel();
  const held = await remote.client.register({ name: 'web', port: 4101 });
  await assert.rejects(
    findNodeAddress(tunnel, { node: 'app@db1', epmdPort: remote.epmd.port }),
    (error: unknown) =>
      error instanceof HostError &&
      error.code === 'HOST_NO_NODE' &&
      error.message === `app@db1 is not registered in the EPMD of ${tunnel.name} (registered: web)` &&
      error.host === tunnel.name,
  );
  held.close();
});

test('the error for a host without EPMD names the host and has the cause', async () => {
  await using tunnel = new TcpTunnel();
  const epmdPort = await freePort();
  await assert.rejects(
    findNodeAddress(tunnel, { node: 'app@db1', epmdPort }),
    (error: unknown) =>
      error instanceof HostError &&
      error.message === `no EPMD answers on port ${epmdPort} of ${tunnel.name}` &&
      error.cause instanceof Error,
  );
});

for (const node of ['app', 'app@', '@db1', 'a b@db1', 'app@db1;rm', `app@db1\n{x}`, `app@"x"`]) {
  test(`${JSON.stringify(node)} is not a valid node name`, async () => {
    await using tunnel = new TcpTunnel();
    await assert.rejects(findNodeAddress(tunnel, { node }), { code: 'HOST_NO_NODE' });
    assert.equal(tunnel.openStreams, 0);
  });
}

import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import type { Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { createTcpTransport } from '../../../src/net/transports/tcp.ts';
import type { ByteStream } from '../../../src/net/transport.ts';

const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
const noInet6 = addresses.some(({ address }) => address === '::1') ? false : 'this machine has no ::1';

test('a listener outlives an accept that fails', async () => {
  const servers: Server[] = [];
  const listening = channel('tracing:net.server.listen:asyncStart');
  const note = (message: unknown): void => void servers.push((message as { server: Server }).server);
  listening.subscribe(note);
  const transport = createTcpTransport();
  const arrived = Promise.withResolvers<ByteStream>();
  const listener = await transport.listen({ host: '127.0.0.1' }, arrived.resolve);
  listening.unsubscribe(note);
  assert.equal(servers.length, 1);
  // As Node reports it when the system has no descriptor left.
  servers[0]?.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }));
  const near = await transport.connect(listener, {});
  const far = await arrived.promise;
  near.destroy();
  far.destroy();
  await listener.close();
});

test(
  'localhost listens on both loopback addresses with one port, or on that of its family',
  { skip: noInet6 },
  async () => {
    const reaches = async (port: number): Promise<string[]> => {
      const transport = createTcpTransport();
      const hosts = ['127.0.0.1', '::1'];
      const streams = await Promise.allSettled(hosts.map((host) => transport.connect({ host, port }, {})));
      for (const one of streams) if (one.status === 'fulfilled') one.value.destroy();
      return hosts.filter((_, index) => streams[index]?.status === 'fulfilled');
    };
    const expected = { 0: ['127.0.0.1', '::1'], 4: ['127.0.0.1'], 6: ['::1'] } as const;
    for (const family of [0, 4, 6] as const) {
      const listener = await createTcpTransport({ family }).listen({ host: 'localhost' }, (stream) =>
        stream.destroy(),
      );
      assert.deepEqual(await reaches(listener.port), expected[family], `family ${family}`);
      await listener.close();
      assert.deepEqual(await reaches(listener.port), [], 'closed');
    }
  },
);

test('localhost does not listen where one of its ports is taken', { skip: noInet6 }, async () => {
  const transport = createTcpTransport();
  const taken = await transport.listen({ host: '::1' }, (stream) => stream.destroy());
  const listening = transport.listen({ host: 'localhost', port: taken.port }, () => undefined);
  await assert.rejects(listening, { code: 'EADDRINUSE' });
  // And the one that was free is free again.
  const other = await transport.listen({ host: '127.0.0.1', port: taken.port }, () => undefined);
  await other.close();
  await taken.close();
});

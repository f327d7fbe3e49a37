import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import type { Server } from 'node:net';
import { test } from 'node:test';
import { createTcpTransport } from '../../../src/net/transports/tcp.ts';
import type { ByteStream } from '../../../src/net/transport.ts';

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

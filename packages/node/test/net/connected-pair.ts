/** Two connections facing each other over a memory network, and a raw stream for peers that misbehave. */

import { headerFlags, visibleFlags } from '../../src/distribution/flags.ts';
import type { LocalNode } from '../../src/distribution/handshake.ts';
import { acceptConnection } from '../../src/net/accept.ts';
import { Connection, type EstablishedOptions } from '../../src/net/connection.ts';
import { type ConnectionOptions, openConnection } from '../../src/net/dial.ts';
import { createMemoryNetwork } from '../../src/net/transports/memory.ts';
import type { ByteStream } from '../../src/net/transport.ts';

export const alice: LocalNode = {
  name: 'alice@127.0.0.1',
  creation: 7,
  cookie: 'SECRETCOOKIE',
  hidden: false,
};
export const bob: LocalNode = { name: 'bob@127.0.0.1', creation: 9, cookie: 'SECRETCOOKIE', hidden: false };

/** Two ends of one stream. */
export async function openStreams(): Promise<[ByteStream, ByteStream]> {
  const transport = createMemoryNetwork().transport();
  const arrived = Promise.withResolvers<ByteStream>();
  const listener = await transport.listen({}, arrived.resolve);
  const near = await transport.connect({ host: 'memory', port: listener.port }, {});
  return [near, await arrived.promise];
}

/** Alice dials Bob. */
export async function connectPair(
  options: Omit<Partial<ConnectionOptions>, 'self'> = {},
  selves: { near?: LocalNode; far?: LocalNode } = {},
): Promise<{ near: Connection; far: Connection }> {
  const [nearStream, farStream] = await openStreams();
  const [near, far] = await Promise.all([
    openConnection(nearStream, { ...options, self: selves.near ?? alice, peer: (selves.far ?? bob).name }),
    acceptConnection(farStream, { ...options, self: selves.far ?? bob, decide: () => 'ok' }),
  ]);
  return { near, far };
}

/** A connection of Alice's whose other end is a bare stream, in pass-through framing unless `peer` says otherwise. */
export async function connectToStream(
  options: Partial<EstablishedOptions> = {},
): Promise<{ connection: Connection; stream: ByteStream }> {
  const [near, stream] = await openStreams();
  const peer = { name: bob.name, creation: 9, flags: visibleFlags & ~headerFlags, visible: true };
  const received = new Uint8Array(0);
  const connection = new Connection(near, { self: alice, peer, direction: 'out', received, ...options });
  return { connection, stream };
}

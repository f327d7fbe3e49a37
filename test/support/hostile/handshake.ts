/** The distribution handshake byte by byte, for hostile peers. */

import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { hiddenFlags } from '../../../packages/node/src/distribution/flags.ts';

const deadlineMs = 5000;

/** `length, 'N', flags, creation, length, name`. */
export function nameMessage(name: string, flags: bigint = hiddenFlags): Buffer {
  const head = Buffer.alloc(17);
  head.writeUInt16BE(15 + name.length);
  head.write('N', 2, 'latin1');
  head.writeBigUInt64BE(flags, 3);
  head.writeUInt32BE(7, 11);
  head.writeUInt16BE(name.length, 15);
  return Buffer.concat([head, Buffer.from(name, 'latin1')]);
}

/** `length, 'r', challenge, digest`. Without a cookie the digest is a guess. */
function replyMessage(challenge: number, cookie: string | undefined): Buffer {
  const digest =
    cookie === undefined
      ? randomBytes(16)
      : createHash('md5').update(cookie, 'latin1').update(String(challenge)).digest();
  const head = Buffer.alloc(7);
  head.writeUInt16BE(21);
  head.write('r', 2, 'latin1');
  head.writeUInt32BE(1, 3);
  return Buffer.concat([head, digest]);
}

/** Performs the handshake as `name`, with all flags of a node unless others are given. Resolves with whether it was accepted. */
export async function shakeHands(
  socket: Socket,
  { name, cookie, flags }: { readonly name: string; readonly cookie?: string; readonly flags?: bigint },
): Promise<boolean> {
  const signal = AbortSignal.timeout(deadlineMs);
  let received = Buffer.alloc(0);
  const take = async (tag: string): Promise<Buffer | undefined> => {
    for (;;) {
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE()) {
        const end = 2 + received.readUInt16BE();
        const message = received.subarray(2, end);
        received = received.subarray(end);
        if (message.toString('latin1', 0, 1) === tag) return message;
      }
      if (socket.destroyed) return undefined;
      await Promise.race([once(socket, 'data', { signal }), once(socket, 'close', { signal })]);
    }
  };
  const onData = (chunk: Buffer): void => {
    received = Buffer.concat([received, chunk]).subarray(-65_536);
  };
  socket.on('data', onData);
  try {
    socket.write(nameMessage(name, flags));
    const challenge = await take('N');
    if (challenge === undefined) return false;
    socket.write(replyMessage(challenge.readUInt32BE(9), cookie));
    return (await take('a')) !== undefined;
  } finally {
    socket.off('data', onData);
  }
}

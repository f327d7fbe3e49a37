/**
 * Limits the bytes of incomplete messages on live sockets: a few kilobytes in total for an unauthenticated socket, and a
 * few of the largest messages for all sockets together. Counts raw bytes, so that frames, fragments and pings are all
 * included.
 */

import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** Maximum number of bytes before a socket has sent its ticket. A `hello` has about 80 bytes. */
export const strangerBytes = 4096;
/** The largest message: a paste of the maximum size, with every character escaped in JSON. */
export const maxMessageBytes = 6_400_000;
const maxUnfinishedBytes = 4 * maxMessageBytes;

interface Incoming {
  /** Bytes since the last complete message. */
  unfinished: number;
  /** All bytes so far. */
  received: number;
}

/** Counts and limits the incoming bytes of all live sockets. */
export class IncomingBytes {
  readonly #sockets = new Map<WebSocket, Incoming>();

  /** Counts the bytes that arrive on `connection` from now on. `isStranger` returns whether the socket is still unauthenticated. */
  watch(socket: WebSocket, connection: Duplex, isStranger: () => boolean): void {
    const incoming: Incoming = { unfinished: 0, received: 0 };
    this.#sockets.set(socket, incoming);
    socket.on('message', () => (incoming.unfinished = 0));
    socket.on('close', () => this.#sockets.delete(socket));
    // This runs after the listener of `ws`, which has already processed messages that are complete in this chunk.
    connection.on('data', (chunk: Buffer) => {
      incoming.received += chunk.length;
      incoming.unfinished += chunk.length;
      if (incoming.received > strangerBytes && isStranger()) socket.terminate();
      this.#bound();
    });
  }

  /** Terminates the sockets with the most bytes in incomplete messages. */
  #bound(): void {
    let all = 0;
    for (const { unfinished } of this.#sockets.values()) all += unfinished;
    while (all > maxUnfinishedBytes) {
      const [largest] = [...this.#sockets].sort(([, a], [, b]) => b.unfinished - a.unfinished);
      if (largest === undefined) return;
      const [socket, { unfinished }] = largest;
      all -= unfinished;
      this.#sockets.delete(socket);
      socket.terminate();
    }
  }
}

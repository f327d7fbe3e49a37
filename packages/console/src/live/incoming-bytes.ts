/**
 * Bounds what live sockets may have sent of messages that are not complete: a stranger's only a few kilobytes altogether,
 * and all sockets together no more than a few of the largest messages. Counts raw bytes, so that frames, fragments and
 * pings all count.
 */

import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** What a socket may send before it has shown its ticket. A `hello` has about 80 bytes. */
export const strangerBytes = 4096;
/** A paste of the largest size, with every character escaped in JSON. */
export const maxMessageBytes = 6_400_000;
const maxUnfinishedBytes = 4 * maxMessageBytes;

interface Incoming {
  /** Bytes since the last complete message. */
  unfinished: number;
  /** All bytes so far. */
  received: number;
}

export class IncomingBytes {
  readonly #sockets = new Map<WebSocket, Incoming>();

  /** Counts what comes by `connection` from now on; `isStranger` says whether the socket has shown no ticket yet. */
  watch(socket: WebSocket, connection: Duplex, isStranger: () => boolean): void {
    const incoming: Incoming = { unfinished: 0, received: 0 };
    this.#sockets.set(socket, incoming);
    socket.on('message', () => (incoming.unfinished = 0));
    socket.on('close', () => this.#sockets.delete(socket));
    // After the listener of `ws`: messages that were complete in this chunk have been taken.
    connection.on('data', (chunk: Buffer) => {
      incoming.received += chunk.length;
      incoming.unfinished += chunk.length;
      if (incoming.received > strangerBytes && isStranger()) socket.terminate();
      this.#bound();
    });
  }

  /** Cuts off the sockets that have sent most without completing it. */
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

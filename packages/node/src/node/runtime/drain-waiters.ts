/** Callers that wait until a peer can take more data. */

import type { Connection } from '../../net/connection.ts';

export class DrainWaiters {
  readonly #waiting: Map<string, PromiseWithResolvers<void>> = new Map();

  /** Must be called once for each connection. */
  watch(connection: Connection): void {
    connection.onDrain(() => this.release(connection.peer.name));
  }

  /** Resolves when fewer than `highWaterBytes` are queued, or when the connection has ended. */
  wait(connection: Connection | undefined, highWaterBytes: number): Promise<void> {
    if (connection === undefined || connection.bufferedBytes < highWaterBytes) return Promise.resolve();
    const { name } = connection.peer;
    let waiter = this.#waiting.get(name);
    if (waiter === undefined) {
      waiter = Promise.withResolvers();
      this.#waiting.set(name, waiter);
    }
    return waiter.promise;
  }

  release(peer: string): void {
    this.#waiting.get(peer)?.resolve();
    this.#waiting.delete(peer);
  }
}

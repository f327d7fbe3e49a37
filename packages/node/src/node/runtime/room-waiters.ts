/**
 * Senders that wait until a peer can take more data, in the order in which they asked. Each sends as soon as there is room, before
 * the next is looked at: a thousand of them do not fill the queue at once.
 */

import type { ConnectionError } from '../../errors.ts';

/** One sender that waits for a peer. */
export interface RoomRequest {
  /** Called when there is room, with the peer still connected. */
  readonly run: () => void;
  /** Stops waiting; the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** What becomes of it when the connection ends, or cannot be made. */
  readonly onEnd: 'run' | 'reject';
}

interface Waiter extends RoomRequest {
  readonly settled: PromiseWithResolvers<void>;
  readonly stopListening: () => void;
}

export class RoomWaiters {
  readonly #waiting: Map<string, Set<Waiter>> = new Map();
  readonly #hasRoom: (peer: string) => boolean;

  constructor(hasRoom: (peer: string) => boolean) {
    this.#hasRoom = hasRoom;
  }

  /** Runs the request now or when it is its turn. Resolves when it has run; rejects with what it throws. */
  wait(peer: string, request: RoomRequest): Promise<void> {
    if (request.signal?.aborted === true) return Promise.reject(request.signal.reason as Error);
    if (!this.#waiting.has(peer) && this.#hasRoom(peer)) return run(request);
    const waiters = this.#waiting.get(peer) ?? new Set();
    this.#waiting.set(peer, waiters);
    const settled = Promise.withResolvers<void>();
    const onAbort = (): void => {
      if (!waiters.delete(waiter)) return;
      if (waiters.size === 0) this.#forget(peer, waiters);
      settled.reject(request.signal?.reason);
    };
    const stopListening = (): void => request.signal?.removeEventListener('abort', onAbort);
    const waiter: Waiter = { ...request, settled, stopListening };
    waiters.add(waiter);
    request.signal?.addEventListener('abort', onAbort, { once: true });
    return settled.promise;
  }

  /** The peer may have room: lets as many run as there is room for. */
  release(peer: string): void {
    const waiters = this.#waiting.get(peer);
    if (waiters === undefined) return;
    for (const waiter of waiters) {
      if (!this.#hasRoom(peer)) return;
      waiters.delete(waiter);
      settle(waiter);
    }
    this.#forget(peer, waiters);
  }

  /** The connection to the peer has ended, or could not be made. */
  end(peer: string, error: ConnectionError): void {
    const waiters = this.#waiting.get(peer);
    if (waiters === undefined) return;
    this.#waiting.delete(peer);
    for (const waiter of waiters) {
      if (waiter.onEnd === 'run') settle(waiter);
      else reject(waiter, error);
    }
  }

  #forget(peer: string, waiters: Set<Waiter>): void {
    if (this.#waiting.get(peer) === waiters) this.#waiting.delete(peer);
  }
}

async function run(request: RoomRequest): Promise<void> {
  request.run();
}

function settle(waiter: Waiter): void {
  waiter.stopListening();
  waiter.settled.resolve(run(waiter));
}

function reject(waiter: Waiter, error: ConnectionError): void {
  waiter.stopListening();
  waiter.settled.reject(error);
}

/** The dials in progress. Each can be abandoned and has a timeout. */

import { type Clock, ConnectionError } from '@convoy/node';

export interface DialsOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly connect: (peer: string, signal: AbortSignal) => Promise<void>;
  readonly onConnected: (peer: string) => void;
  readonly onFailed: (peer: string, error: Error) => void;
}

export class Dials {
  readonly #options: DialsOptions;
  readonly #running = new Map<string, AbortController>();

  constructor(options: DialsOptions) {
    this.#options = options;
  }

  start(peer: string): void {
    void this.#dial(peer);
  }

  /** Aborts the dial. Its outcome is not reported. */
  abandon(peer: string): void {
    this.#running.get(peer)?.abort();
    this.#running.delete(peer);
  }

  close(): void {
    for (const peer of this.#running.keys()) this.abandon(peer);
  }

  async #dial(peer: string): Promise<void> {
    const { clock, timeoutMs, connect, onConnected, onFailed } = this.#options;
    const dial = new AbortController();
    this.#running.set(peer, dial);
    const timer = clock.after(timeoutMs, () => dial.abort(tooLate(peer, timeoutMs)));
    // An abandoned dial is not reported, not even when another one to the same peer has replaced it.
    const finish = (): boolean => this.#running.get(peer) === dial && this.#running.delete(peer);
    try {
      await connect(peer, dial.signal);
      if (finish()) onConnected(peer);
    } catch (error) {
      if (finish()) onFailed(peer, error instanceof Error ? error : new Error(String(error)));
    } finally {
      timer.cancel();
    }
  }
}

function tooLate(peer: string, timeoutMs: number): ConnectionError {
  const message = `${peer} was not connected within ${timeoutMs} ms: it may be overloaded, or a firewall drops packets`;
  const remedy = 'Open the port in the firewall, use a tunnel, or raise `connectTimeoutMs`.';
  return new ConnectionError('CONNECTION_TIMEOUT', message, { peer, remedy });
}

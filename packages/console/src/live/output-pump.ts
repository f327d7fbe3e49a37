/**
 * Limits the output that is queued for a slow reader. While a socket has too much unsent data, further output is not
 * queued: shells wait and then send the current screen, logs wait and then continue after the last line that was sent.
 */

const highWaterBytes = 1_048_576;
const lowWaterBytes = 131_072;
const pollMs = 50;

/** The part of a WebSocket that flow control needs. */
export interface OutgoingBuffer {
  readonly bufferedAmount: number;
}

/** Flow control for the output to one socket. */
export class OutputPump {
  readonly #socket: OutgoingBuffer;
  readonly #run: (work: () => void) => void;
  readonly #waiting = new Map<string, () => void>();
  #timer: NodeJS.Timeout | undefined;

  /** `run` is called with work that had to wait. */
  constructor(socket: OutgoingBuffer, run: (work: () => void) => void = (work) => work()) {
    this.#socket = socket;
    this.#run = run;
  }

  /** Whether output for `key` may be sent now: there is room, and `key` is not waiting for a resync. */
  canSend(key: string): boolean {
    return !this.#waiting.has(key) && this.#socket.bufferedAmount <= highWaterBytes;
  }

  /** Runs `resync` once when the socket has drained. A later call for the same key replaces an earlier one. */
  whenDrained(key: string, resync: () => void): void {
    this.#waiting.set(key, resync);
    this.#timer ??= setInterval(() => this.#poll(), pollMs);
    this.#timer.unref();
  }

  /** Cancels the resync of a key. */
  forget(key: string): void {
    this.#waiting.delete(key);
  }

  /** Cancels everything. */
  close(): void {
    clearInterval(this.#timer);
    this.#waiting.clear();
  }

  #poll(): void {
    if (this.#socket.bufferedAmount > lowWaterBytes) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    const ready = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const resync of ready) this.#run(resync);
  }
}

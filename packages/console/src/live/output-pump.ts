/**
 * Keeps what a slow reader has not taken yet small. While a socket holds too much unsent, output is not queued behind
 * it: shells wait and then show the screen as it is, logs wait and then go on after the last line sent.
 */

const highWaterBytes = 1_048_576;
const lowWaterBytes = 131_072;
const lookMs = 50;

/** The part of a WebSocket that flow control needs. */
export interface OutgoingBuffer {
  readonly bufferedAmount: number;
}

export class OutputPump {
  readonly #socket: OutgoingBuffer;
  readonly #run: (work: () => void) => void;
  readonly #waiting = new Map<string, () => void>();
  #timer: NodeJS.Timeout | undefined;

  /** `run` runs what was waiting. */
  constructor(socket: OutgoingBuffer, run: (work: () => void) => void = (work) => work()) {
    this.#socket = socket;
    this.#run = run;
  }

  /** Whether more may be sent for `key` now: there is room, and nothing of it waits for a resync. */
  canSend(key: string): boolean {
    return !this.#waiting.has(key) && this.#socket.bufferedAmount <= highWaterBytes;
  }

  /** Runs `resync` once when the socket has drained; the newest for a key counts. */
  whenDrained(key: string, resync: () => void): void {
    this.#waiting.set(key, resync);
    this.#timer ??= setInterval(() => this.#look(), lookMs);
    this.#timer.unref();
  }

  forget(key: string): void {
    this.#waiting.delete(key);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#waiting.clear();
  }

  #look(): void {
    if (this.#socket.bufferedAmount > lowWaterBytes) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    const ready = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const resync of ready) this.#run(resync);
  }
}

/** A process that runs one function, which takes its messages with `receive`. */

import type { Clock, Timer } from '../clock.ts';
import { NodeError } from '../errors.ts';
import type { Pid, Reference, Term } from '../etf/index.ts';
import { normal } from './exit-reasons.ts';
import { deadError, LocalProcess, type ProcessHost } from './local-process.ts';
import { Mailbox, noMessage } from './mailbox.ts';
import type { ProcessFunction, ReceiveOptions } from './process.ts';

/** A message and the node it came from. */
interface Received {
  readonly message: Term;
  readonly peer: string;
  /** What a message of another node took when it was encoded. */
  readonly bytes: number;
  /** Its place in the order of arrival. */
  readonly order: number;
}

/** A pending `receive`. */
interface Waiter {
  readonly match: ((message: Term) => boolean) | undefined;
  readonly resolve: (message: Term) => void;
  readonly reject: (reason: unknown) => void;
  timer?: Timer;
  stopListening?: () => void;
}

export class FunctionProcess extends LocalProcess {
  readonly #mailbox: Mailbox<Received> = new Mailbox();
  #arrived = 0;
  /** By reference: how many messages had arrived when it was made. Only for those made while messages were waiting. */
  #made: WeakMap<Reference, number> | undefined;
  #queuedBytes = 0;
  readonly #clock: Clock;
  #waiter: Waiter | undefined;
  /** A message for a waiter that waits for its turn to run. */
  #granted: { readonly waiter: Waiter; readonly received: Received } | undefined;
  /** Until the next `receive`: what the last one returned. */
  #opened: { readonly term: Term } | undefined;

  constructor(pid: Pid, host: ProcessHost, clock: Clock) {
    super(pid, host);
    this.#clock = clock;
  }

  get queueLength(): number {
    return this.#mailbox.length;
  }

  get queueBytes(): number {
    return this.#queuedBytes;
  }

  get lastMessage(): { readonly term: Term } | undefined {
    return this.#opened;
  }

  /** Calls the function after `spawn` has returned the pid to its caller. */
  start(body: ProcessFunction): void {
    Promise.resolve()
      .then(() => (this.isAlive ? body(this) : undefined))
      .then(
        () => this.terminate(normal),
        (error: unknown) => this.crash(error),
      );
  }

  deliver(message: Term, _from: Pid | undefined, peer: string): void {
    const waiter = this.#waiter;
    const received = { message, peer, bytes: this.host.arrivingBytes, order: this.#arrived++ };
    if (waiter === undefined || !this.#isWanted(waiter, message)) this.#keep(received);
    else this.#grant(waiter, received);
  }

  deliverFirst(message: Term, _from: Pid | undefined, peer: string): void {
    const waiter = this.#waiter;
    const received = { message, peer, bytes: this.host.arrivingBytes, order: this.#arrived++ };
    if (waiter !== undefined && this.#isWanted(waiter, message)) return this.#grant(waiter, received);
    this.#mailbox.pushFirst(received);
    this.#queuedBytes += received.bytes;
  }

  receive(options?: ReceiveOptions): Promise<Term> {
    if (!this.isAlive) return Promise.reject(deadError(this.pid));
    if (this.#waiter !== undefined || this.#granted !== undefined) return Promise.reject(busyError());
    if (options?.signal?.aborted === true) return Promise.reject(options.signal.reason as Error);
    this.#opened = undefined;
    const match = options?.match;
    const received = match === undefined ? this.#mailbox.shift() : this.#search(match, options?.since);
    if (received !== noMessage) this.#noteTaken(received);
    if (received !== noMessage && this.host.scheduler.admit()) return Promise.resolve(this.#open(received));
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { match, resolve, reject };
      if (received !== noMessage) this.#defer(waiter, received);
      else this.#wait(waiter, options);
    });
  }

  /** Delivers the message that waited for its turn. */
  run(): void {
    const granted = this.#granted;
    this.#granted = undefined;
    if (granted !== undefined) granted.waiter.resolve(this.#open(granted.received));
  }

  protected discard(match: (message: Term) => boolean): void {
    for (
      let found = this.#search(match, undefined);
      found !== noMessage;
      found = this.#search(match, undefined)
    ) {
      this.#noteTaken(found);
    }
  }

  #keep(received: Received): void {
    this.#mailbox.push(received);
    this.#queuedBytes += received.bytes;
  }

  #noteTaken({ bytes }: Received): void {
    this.#queuedBytes -= bytes;
    if (this.slowsSenders) this.host.noteTaken(this);
  }

  protected override noteReference(ref: Reference): void {
    if (this.#mailbox.length === 0) return;
    this.#made ??= new WeakMap();
    this.#made.set(ref, this.#arrived);
  }

  #search(match: (message: Term) => boolean, since: Reference | undefined): Received | typeof noMessage {
    const first = since === undefined ? undefined : this.#made?.get(since);
    const isTooOld = first === undefined ? undefined : ({ order }: Received): boolean => order < first;
    return this.#mailbox.take(({ message }) => match(message), { kind: match, isTooOld });
  }

  protected takeExit(from: Pid, reason: Term, isPriority: boolean): void {
    const message = this.exitMessage(from, reason);
    if (isPriority) this.deliverFirst(message, from, this.exitPeer(from, reason));
    else this.deliver(message, from, this.exitPeer(from, reason));
  }

  protected stop(): void {
    this.#mailbox.clear();
    this.#queuedBytes = 0;
    const waiter = this.#waiter ?? this.#granted?.waiter;
    this.#granted = undefined;
    if (waiter === undefined) return;
    this.#release(waiter);
    waiter.reject(deadError(this.pid));
  }

  /** The value `receive` resolves with. Sets `peer`, so it must not be called before the message is received. */
  #open({ message, peer }: Received): Term {
    this.peer = peer;
    this.#opened = { term: message };
    return message;
  }

  #isWanted(waiter: Waiter, message: Term): boolean {
    if (waiter.match === undefined) return true;
    try {
      return waiter.match(message);
    } catch (error) {
      this.#release(waiter);
      waiter.reject(error);
      return false;
    }
  }

  #grant(waiter: Waiter, received: Received): void {
    this.#release(waiter);
    if (this.host.scheduler.admit()) waiter.resolve(this.#open(received));
    else this.#defer(waiter, received);
  }

  #defer(waiter: Waiter, received: Received): void {
    this.#granted = { waiter, received };
    this.host.scheduler.defer(this);
  }

  #wait(waiter: Waiter, options: ReceiveOptions | undefined): void {
    this.#waiter = waiter;
    const giveUp = (reason: unknown): void => {
      this.#release(waiter);
      waiter.reject(reason);
    };
    const timeoutMs = options?.timeoutMs;
    if (timeoutMs !== undefined)
      waiter.timer = this.#clock.after(timeoutMs, () => giveUp(timeoutError(timeoutMs)));
    const signal = options?.signal;
    if (signal === undefined) return;
    const onAbort = (): void => giveUp(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    waiter.stopListening = (): void => signal.removeEventListener('abort', onAbort);
  }

  #release(waiter: Waiter): void {
    if (this.#waiter === waiter) this.#waiter = undefined;
    waiter.timer?.cancel();
    waiter.stopListening?.();
  }
}

function busyError(): NodeError {
  return new NodeError('RECEIVE_BUSY', 'this process already has a pending receive()', {
    remedy: 'Await that one first.',
  });
}

function timeoutError(timeoutMs: number): NodeError {
  return new NodeError('RECEIVE_TIMEOUT', `no matching message arrived within ${timeoutMs} ms`, {
    remedy: 'Raise `timeoutMs` if it may take longer.',
  });
}

/** A process without its own loop: its callbacks run for each message, one at a time, in order of arrival. */

import { NodeError } from '../errors.ts';
import type { Pid, Term } from '../etf/index.ts';
import { LocalProcess, type ProcessHost } from './local-process.ts';
import { Mailbox, noMessage } from './mailbox.ts';
import type { ServerCallbacks } from './process.ts';

/** A message, or an exit signal for `onExitSignal`; both stay in order. */
interface Envelope {
  readonly isExit: boolean;
  readonly term: Term;
  readonly from: Pid | undefined;
  readonly peer: string;
  /** What a message of another node took when it was encoded. */
  readonly bytes: number;
}

export class ServerProcess extends LocalProcess {
  readonly #callbacks: ServerCallbacks;
  readonly #queue: Mailbox<Envelope> = new Mailbox();
  #queuedBytes = 0;
  /** A run is scheduled, or a callback's promise is being waited for. */
  #isBusy = false;
  /** While a callback runs: what it was called for. */
  #handled: Envelope | undefined;

  constructor(pid: Pid, host: ProcessHost, callbacks: ServerCallbacks) {
    super(pid, host);
    this.#callbacks = callbacks;
    this.trapExit = callbacks.onExitSignal !== undefined;
  }

  get answersSystemMessages(): boolean {
    return this.#callbacks.answersSystemMessages === true;
  }

  get queueLength(): number {
    return this.#queue.length;
  }

  get queueBytes(): number {
    return this.#queuedBytes;
  }

  get lastMessage(): { readonly term: Term } | undefined {
    return this.#handled;
  }

  deliver(message: Term, from: Pid | undefined, peer: string): void {
    this.#keep({ isExit: false, term: message, from, peer, bytes: this.host.arrivingBytes });
  }

  deliverFirst(message: Term, from: Pid | undefined, peer: string): void {
    this.#keepFirst({ isExit: false, term: message, from, peer, bytes: this.host.arrivingBytes });
  }

  receive(): Promise<Term> {
    return Promise.reject(
      new NodeError('PROCESS_NO_RECEIVE', 'a server process cannot call receive()', {
        remedy: 'Handle messages in `onMessage`.',
      }),
    );
  }

  /** Runs the callbacks for waiting messages, until the turn's steps are used up or a callback is asynchronous. */
  run(): void {
    while (this.isAlive) {
      if (!this.host.scheduler.admit()) return this.host.scheduler.defer(this);
      const envelope = this.#queue.shift();
      if (envelope === noMessage) break;
      this.#noteTaken(envelope);
      const pending = this.#call(envelope);
      if (pending !== undefined) return this.#pauseFor(pending);
      this.#settle();
    }
    this.#isBusy = false;
  }

  override lostWatcher(): void {
    try {
      this.#callbacks.onDemonitored?.();
    } catch (error) {
      this.crash(error);
    }
  }

  protected discard(match: (message: Term) => boolean): void {
    const isDiscarded = ({ isExit, term }: Envelope): boolean => !isExit && match(term);
    const take = (): Envelope | typeof noMessage => this.#queue.take(isDiscarded, { kind: match });
    for (let found = take(); found !== noMessage; found = take()) this.#noteTaken(found);
  }

  protected takeExit(from: Pid, reason: Term, isPriority: boolean): void {
    const peer = this.exitPeer(from, reason);
    const isExit = this.#callbacks.onExitSignal !== undefined;
    const term = isExit ? reason : this.exitMessage(from, reason);
    const envelope = { isExit, term, from, peer, bytes: this.host.arrivingBytes };
    if (isPriority) this.#keepFirst(envelope);
    else this.#keep(envelope);
  }

  protected stop(reason: Term): void {
    this.#queue.clear();
    this.#queuedBytes = 0;
    try {
      this.#callbacks.onTerminate?.(reason);
    } catch (error) {
      this.host.reportCrash(this, error);
    }
  }

  #keep(envelope: Envelope): void {
    this.#queue.push(envelope);
    this.#wake(envelope);
  }

  #keepFirst(envelope: Envelope): void {
    this.#queue.pushFirst(envelope);
    this.#wake(envelope);
  }

  #wake({ bytes }: Envelope): void {
    this.#queuedBytes += bytes;
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.host.scheduler.soon(this);
  }

  #noteTaken({ bytes }: Envelope): void {
    this.#queuedBytes -= bytes;
    if (this.slowsSenders) this.host.noteTaken(this);
  }

  #pauseFor(pending: Promise<void>): void {
    void pending.then(
      () => {
        this.#settle();
        this.run();
      },
      (error: unknown) => this.crash(error),
    );
  }

  /** What the process does on its own, from a timer or for a user, is not caused by the last peer, nor by its message. */
  #settle(): void {
    this.peer = this.host.node;
    this.#handled = undefined;
  }

  #call(envelope: Envelope): Promise<void> | undefined {
    const { isExit, term, from, peer } = envelope;
    this.peer = peer;
    this.#handled = envelope;
    try {
      const callbacks = this.#callbacks;
      const result =
        isExit && from !== undefined
          ? callbacks.onExitSignal?.(this, from, term)
          : callbacks.onMessage(this, term, from);
      return result instanceof Promise ? result : undefined;
    } catch (error) {
      this.crash(error);
      return undefined;
    }
  }
}

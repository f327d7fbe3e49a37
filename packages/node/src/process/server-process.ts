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
}

export class ServerProcess extends LocalProcess {
  readonly #callbacks: ServerCallbacks;
  readonly #queue: Mailbox<Envelope> = new Mailbox();
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

  get lastMessage(): { readonly term: Term } | undefined {
    return this.#handled;
  }

  deliver(message: Term, from: Pid | undefined, peer: string): void {
    this.#queue.push({ isExit: false, term: message, from, peer });
    this.#wake();
  }

  deliverFirst(message: Term, from: Pid | undefined, peer: string): void {
    this.#queue.pushFirst({ isExit: false, term: message, from, peer });
    this.#wake();
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
    while (this.#queue.take(isDiscarded, { kind: match }) !== noMessage);
  }

  protected takeExit(from: Pid, reason: Term, isPriority: boolean): void {
    const peer = this.exitPeer(from, reason);
    const isExit = this.#callbacks.onExitSignal !== undefined;
    const term = isExit ? reason : this.exitMessage(from, reason);
    if (isPriority) this.#queue.pushFirst({ isExit, term, from, peer });
    else this.#queue.push({ isExit, term, from, peer });
    this.#wake();
  }

  protected stop(reason: Term): void {
    this.#queue.clear();
    try {
      this.#callbacks.onTerminate?.(reason);
    } catch (error) {
      this.host.reportCrash(this, error);
    }
  }

  #wake(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.host.scheduler.soon(this);
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

/**
 * The calls of peers that are being run: at most so many per peer, each with a signal that is aborted when nobody waits
 * for it any more. The way a call came in, and the way its outcome goes out, belong to remote-spawn.ts and rex.ts.
 */
import { publishEvent } from '../../events.ts';
import { atom, tuple, type Pid } from '../../etf/index.ts';
import { describeCall, remedyFor, shellHint, type CallTarget } from './call-target.ts';
import { undefinedFunction, type CallOutcome, type ExposedFunctions } from './exposed-functions.ts';

export interface ServedCallsOptions {
  readonly node: string;
  readonly functions: ExposedFunctions;
  /** Calls of one peer at a time. */
  readonly maxCalls: number;
}

/** A call that runs. */
export interface ServedCall {
  readonly outcome: CallOutcome | Promise<CallOutcome>;
  /** Nobody waits any more. */
  cancel(): void;
}

/** Who asks for a call. */
export interface CallOrigin {
  readonly caller: Pid;
  readonly groupLeader: Pid;
  /** The node the request came from. The call counts for it in the limit, and ends with its connection. */
  readonly peer: string;
}

interface Running {
  readonly peer: string;
  readonly controller: AbortController;
}

export class ServedCalls {
  readonly #options: ServedCallsOptions;
  readonly #running = new Set<Running>();
  readonly #counts = new Map<string, number>();

  constructor(options: ServedCallsOptions) {
    this.#options = options;
  }

  /** Runs a call. Its outcome is `system_limit` when its peer has too many under way already. */
  start(target: CallTarget, { caller, groupLeader, peer }: CallOrigin): ServedCall {
    const { functions, maxCalls } = this.#options;
    if (!functions.has(target.module, target.function))
      return settled(this.#refuse(target, { caller, peer }));
    const count = this.#counts.get(peer) ?? 0;
    if (count >= maxCalls) return settled(systemLimit);
    const running: Running = { peer, controller: new AbortController() };
    const { signal } = running.controller;
    const outcome = functions.call({ ...target, caller, groupLeader, peer, signal });
    if (!(outcome instanceof Promise)) return settled(outcome);
    this.#counts.set(peer, count + 1);
    this.#running.add(running);
    const done = outcome.then((result) => {
      this.#running.delete(running);
      this.#release(peer);
      return result;
    });
    return { outcome: done, cancel: () => this.#cancel(running) };
  }

  /** Aborts everything that runs for a peer. */
  cancelAll(peer: string): void {
    for (const running of this.#running) if (running.peer === peer) this.#cancel(running);
  }

  /** A call that is done has nothing left to abort, and making the error for that is the dearest part of a call. */
  #cancel(running: Running): void {
    if (this.#running.has(running)) running.controller.abort();
  }

  #release(peer: string): void {
    const left = (this.#counts.get(peer) ?? 0) - 1;
    if (left > 0) this.#counts.set(peer, left);
    else this.#counts.delete(peer);
  }

  #refuse(
    target: CallTarget,
    { caller, peer }: { readonly caller: Pid; readonly peer: string },
  ): CallOutcome {
    const { node } = this.#options;
    publishEvent('convoy:request.unsupported', () => ({
      node,
      peer,
      request: describeCall(target, caller),
      remedy: remedyFor(target, node),
    }));
    // Whoever sits at the other end sees the stack and nothing else of us.
    const hint = shellHint(target, node);
    return undefinedFunction(target, hint === undefined ? [] : [tuple(atom('convoy'), hint)]);
  }
}

const systemLimit: CallOutcome = { class: 'error', reason: atom('system_limit'), stack: [] };

function settled(outcome: CallOutcome): ServedCall {
  return { outcome, cancel: () => undefined };
}

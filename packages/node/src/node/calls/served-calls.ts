/**
 * The running calls of peers: a bounded number per peer, each with a signal that aborts when its caller stops waiting.
 * remote-spawn.ts and rex.ts receive the calls and send their outcomes.
 */

import { publishEvent } from '../../events.ts';
import { atom, tuple, type Pid } from '../../etf/index.ts';
import { closingReason } from '../gen/refused-calls.ts';
import type { UnfinishedWork } from '../runtime/unfinished-work.ts';
import { describeCall, remedyFor, hintFor, type CallTarget } from './call-target.ts';
import {
  undefinedFunction,
  type CallOutcome,
  type CallRunner,
  type ExposedFunctions,
} from './exposed-functions.ts';

export interface ServedCallsOptions {
  readonly node: string;
  readonly functions: ExposedFunctions;
  /** Ends the calls that other nodes may still begin once the node is closing. */
  readonly work: UnfinishedWork;
  /** Concurrent calls per peer. */
  readonly maxCalls: number;
}

/** A running call. */
export interface ServedCall {
  readonly outcome: CallOutcome | Promise<CallOutcome>;
  /** Aborts the signal of the call: its caller stopped waiting. */
  cancel(): void;
}

/** Where a call comes from. */
export interface CallOrigin {
  readonly caller: Pid;
  readonly groupLeader: Pid;
  /** The node that sent the request. The call counts towards its limit and is cancelled when it disconnects. */
  readonly peer: string;
  readonly runner?: CallRunner | undefined;
}

interface Running {
  readonly peer: string;
  readonly controller: AbortController;
  /** The node no longer waits for the call before it closes. */
  readonly finish: () => void;
}

export class ServedCalls {
  readonly #options: ServedCallsOptions;
  readonly #running = new Set<Running>();
  readonly #counts = new Map<string, number>();

  constructor(options: ServedCallsOptions) {
    this.#options = options;
  }

  /** Runs a call. Its outcome is `system_limit` when the peer already has too many running. */
  start(target: CallTarget, origin: CallOrigin): ServedCall {
    const { node, functions, maxCalls, work } = this.#options;
    const { peer } = origin;
    if (work.isClosing && peer !== node)
      return settled({ class: 'error', reason: closingReason(node), stack: [] });
    if (!functions.has(target.module, target.function, target.args.length))
      return settled(this.#refuse(target, origin));
    const count = this.#counts.get(peer) ?? 0;
    if (count >= maxCalls) return settled(systemLimit);
    const controller = new AbortController();
    const outcome = functions.call({ ...target, ...origin, signal: controller.signal });
    if (outcome === undefined) return settled(this.#refuse(target, origin));
    if (!(outcome instanceof Promise)) return settled(outcome);
    const running: Running = { peer, controller, finish: work.begin() };
    this.#counts.set(peer, count + 1);
    this.#running.add(running);
    const done = outcome.then((result) => {
      this.#running.delete(running);
      running.finish();
      this.#release(peer);
      return result;
    });
    return { outcome: done, cancel: () => this.#cancel(running) };
  }

  /** Cancels every running call of a peer. */
  cancelAll(peer: string): void {
    for (const running of this.#running) if (running.peer === peer) this.#cancel(running);
  }

  /** A finished call has nothing to abort, and creating the abort error is the most expensive part of a call. */
  #cancel(running: Running): void {
    if (!this.#running.has(running)) return;
    running.controller.abort();
    running.finish();
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
    // The stack trace is the only thing that a user at the other end sees of this node.
    const hint = hintFor(target, node);
    return undefinedFunction(target, hint === undefined ? [] : [tuple(atom('convoy'), hint)]);
  }
}

const systemLimit: CallOutcome = { class: 'error', reason: atom('system_limit'), stack: [] };

function settled(outcome: CallOutcome): ServedCall {
  return { outcome, cancel: () => undefined };
}

/**
 * The calls of peers that are being run: at most so many per peer, each with a signal that is aborted when nobody waits
 * for it any more. The way a call came in, and the way its outcome goes out, belong to remote-spawn.ts and rex.ts.
 */
import { publishEvent } from '../events.ts';
import { atom, tuple, type Pid } from '../etf/index.ts';
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
  readonly outcome: Promise<CallOutcome>;
  /** Nobody waits any more. */
  cancel(): void;
}

export class ServedCalls {
  readonly #options: ServedCallsOptions;
  readonly #running = new Map<string, Set<AbortController>>();

  constructor(options: ServedCallsOptions) {
    this.#options = options;
  }

  /** Runs a call for `caller`. Its outcome is `system_limit` when the peer has too many under way already. */
  start(target: CallTarget, by: { caller: Pid; groupLeader: Pid }): ServedCall {
    const peer = by.caller.node;
    const ofPeer = this.#running.get(peer) ?? new Set<AbortController>();
    const controller = new AbortController();
    if (ofPeer.size >= this.#options.maxCalls) return settled(systemLimit);
    if (!this.#options.functions.has(target.module, target.function))
      return settled(this.#refuse(target, by.caller));
    this.#running.set(peer, ofPeer.add(controller));
    const call = { ...target, ...by, signal: controller.signal };
    const outcome = this.#options.functions.call(call).finally(() => {
      ofPeer.delete(controller);
      if (ofPeer.size === 0 && this.#running.get(peer) === ofPeer) this.#running.delete(peer);
    });
    return { outcome, cancel: () => controller.abort() };
  }

  /** Aborts everything that runs for a peer. */
  cancelAll(peer: string): void {
    for (const controller of this.#running.get(peer) ?? []) controller.abort();
  }

  #refuse(target: CallTarget, caller: Pid): CallOutcome {
    const { node } = this.#options;
    publishEvent('convoy:request.unsupported', () => ({
      node,
      peer: caller.node,
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
  return { outcome: Promise.resolve(outcome), cancel: () => undefined };
}

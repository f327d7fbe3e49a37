/** A process that runs one call of an exposed function: it can be linked, monitored and killed like any other, and ends with the outcome. */

import type { Pid, Term } from '../../etf/index.ts';
import type { NodeCore } from '../runtime/node-core.ts';
import type { CallTarget } from './call-target.ts';
import { plainExitReason } from './erpc.ts';
import { type CallOutcome, type CallRunner, whenDone } from './exposed-functions.ts';
import type { CallOrigin, ServedCall, ServedCalls } from './served-calls.ts';

export interface CallProcessOptions {
  readonly groupLeader: Pid;
  /** The only other node whose signals reach it. */
  readonly ownerNode?: string;
  readonly link?: Pid;
}

/** A process that waits for its call. */
export interface CallProcess {
  readonly pid: Pid;
  /** Runs the call. The process ends with the outcome, in the form that `reasonOf` gives it. */
  run(calls: ServedCalls, target: CallTarget, options: RunOptions): void;
}

export interface RunOptions {
  readonly origin: CallOrigin;
  /** Default: as that of any process that ran a function. */
  readonly reasonOf?: (outcome: CallOutcome) => Term;
}

/** Starts one. Throws `NodeError` PROCESS_LIMIT. */
export function startCallProcess(core: NodeCore, options: CallProcessOptions): CallProcess {
  let running: ServedCall | undefined;
  let runner: CallRunner | undefined;
  const pid = core.processes.spawnServer(
    {
      onMessage: (_self, message) => runner?.onMessage?.(message),
      onDemonitored: () => running?.cancel(),
      onTerminate: () => running?.cancel(),
    },
    options,
  );
  return {
    pid,
    run(calls, target, { origin, reasonOf = plainExitReason }) {
      runner = { pid };
      running = calls.start(target, { ...origin, runner });
      whenDone(running.outcome, (outcome) => core.processes.terminate(pid, reasonOf(outcome)));
    },
  };
}

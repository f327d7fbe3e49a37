/** Lets a command clean up when it is interrupted. A second signal ends the process at once. */

import { exitCodeOfSignal } from '../exit-codes.ts';
import { onLostOutput } from '../lost-output.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A terminal that has hung up sends no second signal, so cleaning up is bounded. */
const hangUpGraceMs = 15_000;

/** The reason of an aborted `interruptSignal`. */
export class Interruption extends Error {
  static {
    this.prototype.name = 'Interruption';
  }
  /** The exit code of a command that was interrupted before it was done. */
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** An `AbortSignal` that aborts on the first SIGINT, SIGTERM or SIGHUP, or when nothing reads standard output any more. */
export function interruptSignal(): AbortSignal {
  const ending = new AbortController();
  for (const name of signals) {
    process.once(name, () => {
      const exitCode = exitCodeOfSignal(name);
      if (name === 'SIGHUP') setTimeout(() => process.exit(exitCode), hangUpGraceMs).unref();
      ending.abort(new Interruption(`ended by ${name}`, exitCode));
    });
  }
  onLostOutput((exitCode) => {
    process.exitCode = exitCode;
    ending.abort(new Interruption('nothing reads the output', exitCode));
  });
  return ending.signal;
}

/** Sets the exit code of a command that was interrupted. Returns whether it was. */
export function noteInterruption(ending: AbortSignal): boolean {
  if (!ending.aborted) return false;
  if (ending.reason instanceof Interruption) process.exitCode = ending.reason.exitCode;
  return true;
}

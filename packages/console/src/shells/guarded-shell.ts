/** Wraps a shell session so that an internal error in it ends the shell, not the socket that uses it. */

import { ConvoyError } from '@convoy/node';
import type { ShellSession } from '@convoy/shell';
import { ConsoleError } from '../errors.ts';
import type { Faults, FaultScope } from '../fault-boundary.ts';

/** The part of a session that sockets use. */
export type ShellUse = Pick<
  ShellSession,
  'target' | 'echoes' | 'input' | 'interrupt' | 'resize' | 'outputSince' | 'snapshot' | 'close'
>;

/** Wraps a session. Its methods throw CONSOLE_SHELL_FAILED for an internal error. */
export function guardShell(session: ShellSession, scope: FaultScope, faults: Faults): ShellUse {
  const guard = <Result>(work: () => Result): Result =>
    guarded(work, { scope, faults, target: session.target });
  return {
    target: session.target,
    get echoes() {
      return session.echoes;
    },
    input: (data) => guard(() => session.input(data)),
    interrupt: () => guard(() => session.interrupt()),
    resize: (cols, rows) => guard(() => session.resize(cols, rows)),
    outputSince: (seq) => guard(() => session.outputSince(seq)),
    snapshot: () => guard(() => session.snapshot()),
    close: (options) => guard(() => session.close(options)),
  };
}

function guarded<Result>(
  work: () => Result,
  { scope, faults, target }: { scope: FaultScope; faults: Faults; target: string },
): Result {
  try {
    return faults.own(scope, work);
  } catch (error) {
    if (error instanceof ConvoyError) throw error;
    faults.report(scope, error);
    throw shellFailed(target, error);
  }
}

/** The error for a shell that ended because of an internal error. */
export function shellFailed(target: string, cause: unknown): ConsoleError {
  return new ConsoleError('CONSOLE_SHELL_FAILED', `the shell on ${target} failed and was closed`, {
    remedy: 'Open a new one. The console’s log has the cause.',
    cause,
  });
}

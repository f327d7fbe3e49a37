/** A shell session as its users see it: what throws in it is the shell's fault, and ends the shell, not its user. */

import { ConvoyError } from '@convoy/node';
import type { ShellSession } from '@convoy/shell';
import { ConsoleError } from '../errors.ts';
import type { Faults, Thing } from '../fault-boundary.ts';

export type ShellUse = Pick<
  ShellSession,
  'target' | 'echoes' | 'input' | 'interrupt' | 'resize' | 'outputSince' | 'snapshot' | 'close'
>;

export function guardShell(session: ShellSession, thing: Thing, faults: Faults): ShellUse {
  const guard = <Result>(work: () => Result): Result =>
    guarded(work, { thing, faults, target: session.target });
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
    close: () => guard(() => session.close()),
  };
}

function guarded<Result>(
  work: () => Result,
  { thing, faults, target }: { thing: Thing; faults: Faults; target: string },
): Result {
  try {
    return faults.own(thing, work);
  } catch (error) {
    if (error instanceof ConvoyError) throw error;
    faults.report(thing, error);
    throw shellFailed(target, error);
  }
}

export function shellFailed(target: string, cause: unknown): ConsoleError {
  return new ConsoleError('CONSOLE_SHELL_FAILED', `the shell on ${target} failed and was closed`, {
    remedy: 'Open a new one. The console’s log has the cause.',
    cause,
  });
}

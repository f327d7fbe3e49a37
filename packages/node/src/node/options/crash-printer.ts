/** Prints crash reports on standard error, not more of them than a person can read. */

import { stderr } from 'node:process';
import { type Clock, type Timer } from '../../clock.ts';
import { ErlangError } from '../../errors.ts';
import { type CrashReport, formatCrashReport } from '../../process/crash-report.ts';

/** Reports in a window; the others are counted. */
const reportsPerWindow = 10;
const windowMs = 10_000;

/** The default of `NodeOptions.onCrash`. `print` writes a text; by default to standard error. */
export function createCrashPrinter(
  clock: Clock,
  print: (text: string) => void = (text) => void stderr.write(`${text}\n`),
): (report: CrashReport) => void {
  let printed = 0;
  let left = 0;
  let timer: Timer | undefined;
  const endWindow = (): void => {
    if (left > 0) print(`${left === 1 ? '1 more process has' : `${left} more processes have`} crashed`);
    timer = undefined;
    [printed, left] = [0, 0];
  };
  return (report) => {
    // As in Erlang, a process that exits on its own account has not crashed.
    if (report.error instanceof ErlangError && report.error.code === 'ERLANG_EXIT') return;
    timer ??= clock.after(windowMs, endWindow);
    printed += 1;
    if (printed > reportsPerWindow) left += 1;
    else print(formatCrashReport(report));
  };
}

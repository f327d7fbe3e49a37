/**
 * Handles uncaught errors while a console runs. An error in one shell, socket or other part ends only that part. An error
 * of the console itself ends the process in order: the audit log is written, nodes are stopped, then it exits.
 */

import type { RunningConsole } from '@convoy/console';
import { exitCodes } from '../exit-codes.ts';
import { ignoreLostOutput } from '../lost-output.ts';
import { note } from '../output.ts';

/** Closing takes less than five seconds, unless it depends on the part that failed. */
const closeGraceMs = 8000;

/** Handles the uncaught errors of this process from now on. */
export function containFaults(running: RunningConsole): void {
  let isEnding = false;
  const take = (fault: unknown): void => {
    if (running.contain(fault) || isEnding) return;
    isEnding = true;
    note(
      `convoy: the console failed and is shutting down: ${fault instanceof Error ? fault.message : String(fault)}`,
    );
    note(
      '  This is a bug in Convoy. Nodes on this computer are stopped; restart the console with `convoy up`.',
    );
    const exit = (): never => process.exit(exitCodes.fault);
    setTimeout(exit, closeGraceMs);
    running.close().then(exit, exit);
  };
  process.on('uncaughtException', take);
  process.on('unhandledRejection', take);
  ignoreLostOutput();
}

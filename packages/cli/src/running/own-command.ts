/** The command line that starts this program again. */

import { fileURLToPath } from 'node:url';

/** The program with its arguments; those of the new process follow. */
export function ownCommand(): string[] {
  const main = import.meta.url.endsWith('.ts') ? '../main.ts' : '../main.js';
  return [process.execPath, ...process.execArgv, fileURLToPath(new URL(main, import.meta.url))];
}

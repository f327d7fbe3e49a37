/**
 * What a process has to know when npm is its parent (`npm start`, `npx @convoy/cli`). npm passes SIGINT and SIGTERM on to its child, and so
 * a child in a terminal gets Ctrl-C twice: from the terminal and from npm. SIGHUP it does not pass on, and ends. Linux only.
 */

import { readFileSync } from 'node:fs';

/** Two signals within this time are one. */
const sameSignalMs = 1000;
const watchIntervalMs = 500;

/** Whether the process with this id is npm, which puts its command line in its title. */
function isNpm(pid: number): boolean {
  try {
    return /^npm(?: |$)/m.test(readFileSync(`/proc/${pid}/comm`, 'utf8'));
  } catch {
    return false;
  }
}

/** Takes a signal that arrives twice for one, and the end of npm for a SIGHUP. Does nothing when the parent is not npm. */
export function endWithNpm(parent: number = process.ppid): void {
  if (process.env['npm_lifecycle_event'] === undefined || !isNpm(parent)) return;
  joinSignals();
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGHUP');
  }, watchIntervalMs).unref();
}

/** Commands handle the first signal, and leave the second one to Node.js, which would end the process before they are done. */
function joinSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    let firstAt: number | undefined;
    process.on(signal, () => {
      const isFirst = firstAt === undefined;
      firstAt ??= performance.now();
      // Without a handler of the command, and for a second Ctrl-C, what Node.js does by itself.
      const isLeft = isFirst
        ? process.listenerCount(signal) === 1
        : performance.now() - firstAt > sameSignalMs;
      if (isLeft) endBy(signal);
    });
  }
}

function endBy(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

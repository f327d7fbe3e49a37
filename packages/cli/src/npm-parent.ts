/**
 * Makes up for what npm (`npm start`, `npx`) does with signals. It passes SIGTERM to its child, often a shell that exits without ending the
 * command. It does not pass SIGHUP on; it only exits. It passes SIGINT on, so a direct child in a terminal receives Ctrl-C twice. Linux only.
 */

import { readFileSync } from 'node:fs';

/** Two signals within this time are one. */
const sameSignalMs = 1000;
const watchIntervalMs = 500;

let isWatching = false;

/**
 * Treats a signal that arrives twice as one, and the exit of npm as a SIGHUP. Does nothing unless npm started this process, or when called
 * again: `npm start` calls it before it builds the page, and then runs the command in the same process.
 */
export function endWithNpm(): void {
  if (isWatching || process.env['npm_lifecycle_event'] === undefined) return;
  isWatching = true;
  const npm = findNpm();
  if (npm === undefined) return;
  joinSignals();
  const watch = setInterval(() => {
    if (isNpm(npm)) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGHUP');
  }, watchIntervalMs).unref();
}

/** The npm that started us, with or without a shell between it and us. */
function findNpm(): number | undefined {
  const parent = process.ppid;
  if (isNpm(parent)) return parent;
  if (!/^(?:ash|bash|busybox|dash|sh)$/.test(titleOf(parent))) return undefined;
  const grandparent = parentOf(parent);
  return isNpm(grandparent) ? grandparent : undefined;
}

/** npm puts its command line in its title: `npm run convoy`, `npm exec @convoy/cli`. */
function isNpm(pid: number): boolean {
  return /^npm(?: |$)/.test(titleOf(pid));
}

/** The beginning of the title of a process; empty when it is gone. */
function titleOf(pid: number): string {
  return readProcess(pid, 'comm').trimEnd();
}

function parentOf(pid: number): number {
  // `PID (title) state parent ...`, in which the title may hold anything.
  const [, parent = '0'] = /.*\) \S (\d+)/s.exec(readProcess(pid, 'stat')) ?? [];
  return Number(parent);
}

function readProcess(pid: number, file: 'comm' | 'stat'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** Commands handle the first signal, and leave the second one to Node.js, which would end the process before they are done. */
function joinSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    let firstAt: number | undefined;
    process.on(signal, () => {
      const isFirst = firstAt === undefined;
      firstAt ??= performance.now();
      // Without a handler of the command, or for a second Ctrl-C, do what Node.js does by default.
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

/**
 * What a command has to know when npm started it (`npm start`, `npx @convoy/cli`). npm passes SIGTERM on to its child, often a shell, which ends
 * without the command; SIGHUP it does not pass on, and ends itself. SIGINT it passes on, too, so that a direct child in a terminal gets Ctrl-C
 * twice. Linux only.
 */

import { readFileSync } from 'node:fs';

/** Two signals within this time are one. */
const sameSignalMs = 1000;
const watchIntervalMs = 500;

/** Takes a signal that arrives twice for one, and the end of npm for a SIGHUP. Does nothing when npm did not start this process. */
export function endWithNpm(): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
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

/** The beginning of what a process calls itself; empty when it is gone. */
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

/**
 * `npm start`: builds the page of the console unless it is up to date, then runs `convoy up` in the same process. It is one process from the
 * beginning, so that a signal, or the end of npm, ends the build as it ends the console.
 */

import { spawn } from 'node:child_process';
import { exitCodeOfSignal } from '../packages/cli/src/exit-codes.ts';
import { endWithNpm } from '../packages/cli/src/npm-parent.ts';
import { isPageBuilt, notePageBuilt } from './packaging/built-page.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Builds the page. Exits when the build fails, and after a signal once the build has ended. */
async function buildPage(): Promise<void> {
  const startedAt = new Date();
  // A process group of its own, so that npm, its shell and Vite are ended together.
  const build = spawn('npm', ['run', '--silent', 'build', '-w', '@convoy/console-web'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  const received: (typeof signals)[number][] = [];
  const end = (signal: (typeof signals)[number]): void => {
    received.push(signal);
    const isRunning = build.exitCode === null && build.signalCode === null;
    if (build.pid !== undefined && isRunning) process.kill(-build.pid, 'SIGKILL');
  };
  for (const signal of signals) process.on(signal, end);
  const code = await new Promise<number | null>((resolve, reject) => {
    build.once('error', reject);
    build.once('exit', resolve);
  });
  for (const signal of signals) process.off(signal, end);
  const [first] = received;
  if (first !== undefined) process.exit(exitCodeOfSignal(first));
  if (code !== 0) process.exit(code ?? 1);
  notePageBuilt('.', startedAt);
}

endWithNpm();
if (!isPageBuilt('.')) await buildPage();
process.argv.splice(2, 0, 'up');
await import('../packages/cli/src/main.ts');

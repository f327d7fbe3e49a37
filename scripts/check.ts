/** Everything CI does, in the order that finds mistakes soonest. Stops at the first step that fails. */

import { spawnSync } from 'node:child_process';

const steps: readonly (readonly [name: string, command: readonly string[]])[] = [
  ['format', ['oxfmt', '--check', '.']],
  ['types', ['npm', 'run', '--silent', 'types']],
  ['lint', ['npm', 'run', '--silent', 'lint']],
  ['build', ['npm', 'run', '--silent', 'build']],
  ['packages', ['node', 'scripts/check-packages.ts']],
  ['docs', ['npm', 'run', '--silent', 'docs']],
  ['test', ['npm', 'test']],
];

for (const [name, command] of steps) {
  const started = performance.now();
  const [file = '', ...args] = command;
  const { status } = spawnSync(file, args, { stdio: 'inherit' });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.error(`${status === 0 ? 'ok' : 'FAILED'}  ${name}  ${seconds} s`);
  if (status !== 0) process.exit(1);
}

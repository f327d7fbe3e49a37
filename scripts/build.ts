/** Builds what is published: every package to `dist`, and the page into the console's `dist/web`. */

import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, rmSync } from 'node:fs';
import { published } from './packaging/published.ts';

function run(file: string, args: readonly string[]): void {
  const { status } = spawnSync(file, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

run('tsc', ['-b', ...published.map((name) => `packages/${name}`)]);
run('npm', ['run', '--silent', 'build:web']);
rmSync('packages/console/dist/web', { recursive: true, force: true });
cpSync('packages/console-web/dist', 'packages/console/dist/web', { recursive: true });
for (const name of published) copyFileSync('LICENSE', `packages/${name}/LICENSE`);

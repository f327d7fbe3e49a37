/**
 * Runs the tests: one case of each kind on two releases of Erlang, or with `--all` every release, every fault and the
 * long runs, or with `--unit` what needs nothing but Node. Folders or files that are named run alone. In CI a missing
 * peer fails the run; elsewhere its tests skip with the reason.
 */

import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { withSharedProcesses } from './testing/shared-processes.ts';
import { ensurePeers } from './testing/peers.ts';
import { installedProject } from '../test/support/packed/prepared.ts';

const words = process.argv.slice(2);
const own = ['--all', '--unit'];
const named = words.filter((word) => !word.startsWith('-'));
const flags = words.filter((word) => word.startsWith('-') && !own.includes(word));
const isAll = words.includes('--all');
const isUnit = words.includes('--unit');
/** Environment of `--all`. Without it the soak runs for a minute at a gentle pace. */
const everything = { CONVOY_TESTS: 'all', CONVOY_SOAK_SECONDS: '1800', CONVOY_SOAK_PACE: '1' };
const soakSeconds = Number((isAll ? everything : process.env).CONVOY_SOAK_SECONDS ?? 60);
const unitTests = 'packages/*/test';
const places = named.length > 0 ? named : [unitTests, ...(isUnit ? [] : ['test'])];

if (named.length === 0 && !isUnit) {
  const missing = ensurePeers();
  if (missing !== '') {
    console.error(`Missing for the whole test run: ${missing}`);
    if (process.env['CI'] !== undefined) process.exit(1);
  }
  const startedAt = performance.now();
  const built = spawnSync('npm', ['run', '--silent', 'build:web'], { stdio: 'inherit' });
  if (built.status !== 0) process.exit(built.status ?? 1);
  console.log(`The page is built: ${secondsSince(startedAt)}`);
}

const files = places.flatMap((place) =>
  place.endsWith('.ts') ? [place] : globSync(`${place}/**/*.test.ts`),
);
// Once for all files that use it: several would make it at the same time.
if (files.some((file) => /^test\/(?:packed|alone\/first-hour)/.test(file))) {
  const startedAt = performance.now();
  await installedProject();
  console.log(`The packages are packed and installed: ${secondsSince(startedAt)}`);
}

const isAlone = (file: string): boolean => file.startsWith('test/alone/');
const sorted = files.filter((file) => !isAlone(file)).sort();
const together = named.length > 0 ? sorted : withSharedProcesses(sorted);
const alone = isAll || named.length > 0 ? files.filter(isAlone).sort() : [];

// Tests that take the whole machine run last and one by one, so that others keep their deadlines. Some unit tests only
// wait, so more of them run at once.
const outcomes = [run(together, (isUnit ? 2 : 1) * Math.max(2, availableParallelism())), run(alone, 1)];
process.exit(Math.max(...outcomes));

function secondsSince(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

function run(tests: readonly string[], concurrency: number): number {
  if (tests.length === 0) return 0;
  const options = [
    '--test',
    // For a whole file: a hanging file is ended, a slow one is not. testing/guard.ts has the limit of a test.
    `--test-timeout=${1_800_000 + soakSeconds * 1000}`,
    `--import=${new URL('testing/guard.ts', import.meta.url).href}`,
    `--test-concurrency=${concurrency}`,
    `--test-reporter=${fileURLToPath(new URL('testing/report.ts', import.meta.url))}`,
    '--test-reporter-destination=stdout',
  ];
  const args = ['--conditions=@convoy/source', ...options, ...flags, ...tests];
  // Compiling our own sources again for each file would take half the time of the unit tests.
  const cache = fileURLToPath(new URL('../node_modules/.cache/test-code', import.meta.url));
  const env = { ...process.env, NODE_COMPILE_CACHE: cache, ...(isAll ? everything : {}) };
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', env });
  return status ?? 1;
}

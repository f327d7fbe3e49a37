/**
 * Runs every test, or those of the folders or files named: unit, property, conformance, interop and browser tests.
 * In CI a missing peer fails the run; elsewhere its tests skip with the reason.
 */

import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { globSync } from 'node:fs';
import { ensurePeers } from './test-peers.ts';

const named = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const flags = process.argv.slice(2).filter((argument) => argument.startsWith('-'));
const places = named.length > 0 ? named : ['packages/*/test', 'test'];

if (named.length === 0) {
  const missing = ensurePeers();
  if (missing !== '') {
    console.error(`Missing for the whole test run: ${missing}`);
    if (process.env['CI'] !== undefined) process.exit(1);
  }
  const built = spawnSync('npm', ['run', '--silent', 'build:web'], { stdio: 'inherit' });
  if (built.status !== 0) process.exit(built.status ?? 1);
}

const files = places.flatMap((place) =>
  place.endsWith('.ts') ? [place] : globSync(`${place}/**/*.test.ts`),
);
const isAlone = (file: string): boolean => file.startsWith('test/alone/');
const together = files.filter((file) => !isAlone(file)).sort();

/** For a whole file too: what hangs is ended, what is slow on a busy machine is not. */
const hangMs = 1_800_000;

function run(tests: readonly string[], concurrency: number): number {
  if (tests.length === 0) return 0;
  const options = ['--test', `--test-timeout=${hangMs}`, `--test-concurrency=${concurrency}`];
  const args = ['--conditions=@convoy/source', ...options, ...flags, ...tests];
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
}

// What takes the whole machine comes last and one by one, so that others keep their deadlines.
const outcomes = [run(together, Math.max(2, availableParallelism())), run(files.filter(isAlone).sort(), 1)];
process.exit(Math.max(...outcomes));

/**
 * Runs every test, or those of the folders or files named: unit, property, conformance, interop and browser tests.
 * In CI a missing peer fails the run; elsewhere its tests skip with the reason. `--all` runs the soak for half an hour,
 * at full pace.
 */

import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePeers } from './test-peers.ts';

const named = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const isAll = process.argv.includes('--all');
const flags = process.argv.slice(2).filter((argument) => argument.startsWith('-') && argument !== '--all');
/** What the environment does not say, the soak decides for itself: a minute, gently. */
const longSoak = { CONVOY_SOAK_SECONDS: '1800', CONVOY_SOAK_PACE: '1' };
const places = named.length > 0 ? named : ['packages/*/test', 'test'];

if (named.length === 0) {
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
const isAlone = (file: string): boolean => file.startsWith('test/alone/');
const together = files.filter((file) => !isAlone(file)).sort();
const alone = files.filter(isAlone).sort();

// What takes the whole machine comes last and one by one, so that others keep their deadlines.
const outcomes = [run(together, Math.max(2, availableParallelism())), run(alone, 1)];
process.exit(Math.max(...outcomes));

/** The closing lines of node:test stay the last ones: what is told of a part comes before the next. */
function run(tests: readonly string[], concurrency: number): number {
  if (tests.length === 0) return 0;
  const startedAt = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'convoy-tests-'));
  const slowest = join(folder, 'slowest');
  const options = [
    '--test',
    // For a whole file too: what hangs is ended, what is slow on a busy machine is not.
    `--test-timeout=${isAll ? 3_600_000 : 1_800_000}`,
    // A test that failed may have left a server open, which would keep the run waiting.
    `--import=${new URL('left-open.ts', import.meta.url).href}`,
    `--test-concurrency=${concurrency}`,
    ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
    `--test-reporter=${fileURLToPath(new URL('slow-files.ts', import.meta.url))}`,
    `--test-reporter-destination=${slowest}`,
  ];
  const args = ['--conditions=@convoy/source', ...options, ...flags, ...tests];
  const env = isAll ? { ...process.env, ...longSoak } : process.env;
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', env });
  if (tests === together && alone.length > 0) {
    console.log(
      `${tests.length} files: ${secondsSince(startedAt)}; the slowest:\n${readFileSync(slowest, 'utf8')}`,
    );
  }
  rmSync(folder, { recursive: true });
  return status ?? 1;
}

function secondsSince(startedAt: number): string {
  return `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
}

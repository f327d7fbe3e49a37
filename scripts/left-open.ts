/**
 * Loaded into the process of each test file: when its tests have ended and something still keeps the process alive, it
 * says what and ends it as failed. `--test-force-exit` would end it too, but loses reports that are still on their way
 * to the runner, and hides what was left open.
 */

import { afterEach, beforeEach } from 'node:test';
import { isMainThread } from 'node:worker_threads';

/** Longer than any preparation of a suite, in which no test runs either. */
const quietMilliseconds = 120_000;

// Threads and processes that a test starts may be given the same options.
if (isMainThread && process.env['NODE_TEST_CONTEXT'] !== undefined && isTestFile(process.argv[1])) watch();

function isTestFile(path: string | undefined): boolean {
  return path?.endsWith('.test.ts') === true;
}

function watch(): void {
  let running = 0;
  let lastChange = performance.now();
  beforeEach(() => {
    running++;
    lastChange = performance.now();
  });
  afterEach(() => {
    running--;
    lastChange = performance.now();
  });
  const timer = setInterval(() => {
    if (running > 0 || performance.now() - lastChange < quietMilliseconds) return;
    clearInterval(timer);
    endAsFailed();
  }, 5000);
  timer.unref();
}

function endAsFailed(): void {
  const kinds = process.getActiveResourcesInfo().join(', ');
  console.error(
    `${process.argv[1]}: no test has run for ${quietMilliseconds / 1000} s, but the process does not end. Still open: ${kinds}.`,
  );
  // The runner reads the reports from this stream: the process ends only when it has all of them.
  process.stdout.write('', () => process.exit(1));
}

/**
 * Loaded into the process of each test file. It holds each test to its limit of time: one that is over it is named, one
 * that hangs ends its file as failed. When the tests have ended and something still keeps the process alive, it says
 * what, and ends it as failed too. `--test-force-exit` would end it, but loses reports that are still on their way to
 * the runner, and hides what was left open.
 */

import { afterEach, beforeEach, type TestContext } from 'node:test';
import { isMainThread } from 'node:worker_threads';
import { overLimit, timeLimitOf } from '../../test/support/time-limit.ts';

/** Longer than any preparation of a suite, in which no test runs either. */
const quietMilliseconds = 120_000;

interface RunningTest {
  readonly fullName: string;
  readonly startedAt: number;
}

// Threads and processes that a test starts may be given the same options.
if (isMainThread && process.env['NODE_TEST_CONTEXT'] !== undefined && isTestFile(process.argv[1])) watch();

function isTestFile(path: string | undefined): boolean {
  return /\.test\.m?[jt]s$/.test(path ?? '');
}

function watch(): void {
  // Programs that a test starts use their own compile cache, as outside of tests.
  delete process.env['NODE_COMPILE_CACHE'];
  const running = new Map<string, RunningTest>();
  let lastChange = performance.now();
  // Registered for each test, so that the context is always that of a test.
  beforeEach((context) => {
    const test = context as TestContext;
    lastChange = performance.now();
    running.set(test.fullName, { fullName: test.fullName, startedAt: lastChange });
  });
  afterEach((context) => {
    const test = context as TestContext;
    lastChange = performance.now();
    const startedAt = running.get(test.fullName)?.startedAt ?? lastChange;
    running.delete(test.fullName);
    noteWhenSlow(test, lastChange - startedAt);
  });
  const timer = setInterval(() => {
    const now = performance.now();
    for (const test of running.values()) {
      const ms = now - test.startedAt;
      if (ms > timeLimitOf(test).hangsMs) endAsFailed(`"${test.fullName}" has run for ${seconds(ms)} s`);
    }
    if (running.size > 0 || now - lastChange < quietMilliseconds) return;
    endAsFailed(`no test has run for ${seconds(quietMilliseconds)} s, but the process does not end`);
  }, 5000);
  timer.unref();
}

function noteWhenSlow(test: TestContext, ms: number): void {
  const { quietMs } = timeLimitOf(test);
  if (ms < quietMs) return;
  test.diagnostic(`"${test.fullName}" took ${seconds(ms)} s, which ${overLimit} ${seconds(quietMs)} s`);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(0);
}

function endAsFailed(what: string): void {
  const kinds = process.getActiveResourcesInfo().join(', ');
  console.error(`${process.argv[1]}: ${what}. Still open: ${kinds}.`);
  // The runner reads the reports from this stream: the process ends only when it has all of them.
  process.stdout.write('', () => process.exit(1));
}

/**
 * How long one test may take: 30 s, unless it says at its beginning why it needs more. That is on a machine with nothing else to do;
 * only at CONVOY_TEST_PATIENCE times the limit, by default 5, does it count as hanging, so that no test depends on the load. What is over
 * the limit is named at the end of a run. scripts/test-guard.ts watches.
 */

import type { TestContext } from 'node:test';

const seconds = 30;
const patience = Number(process.env['CONVOY_TEST_PATIENCE'] ?? 5);
const exceptions = new Map<string, number>();

/** Part of every line about a test that took longer than it may. */
export const overLimit = 'is over the limit of';

/** Milliseconds of a test. */
export interface TimeLimit {
  /** On a machine with nothing else to do. */
  readonly quietMs: number;
  /** Now it hangs. */
  readonly hangsMs: number;
}

/** Call it first in a test that takes longer: `mayTake(t, { seconds: 120, because: 'fifty nodes start' })`. */
export function mayTake(
  test: TestContext,
  { seconds: longer }: { readonly seconds: number; readonly because: string },
): void {
  exceptions.set(test.fullName, longer);
}

export function timeLimitOf({ fullName }: Pick<TestContext, 'fullName'>): TimeLimit {
  const quietMs = 1000 * (exceptions.get(fullName) ?? seconds);
  return { quietMs, hangsMs: patience * quietMs };
}

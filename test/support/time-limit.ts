/**
 * How long one test may take on an idle machine: 30 s, unless it declares at its beginning why it needs more. Only at
 * CONVOY_TEST_PATIENCE times the limit (default 5) does it count as hanging, so that no test depends on the load. Tests over the
 * limit are listed at the end of a run. scripts/testing/guard.ts enforces this.
 */

import type { TestContext } from 'node:test';

const seconds = 30;
const patience = Number(process.env['CONVOY_TEST_PATIENCE'] ?? 5);
const exceptions = new Map<string, number>();

/** Part of every line about a test that exceeded its limit. */
export const overLimit = 'is over the limit of';

/** Milliseconds of a test. */
export interface TimeLimit {
  /** The limit on an idle machine. */
  readonly quietMs: number;
  /** From here on the test counts as hanging. */
  readonly hangsMs: number;
}

/** Call this first in a test that takes longer: `mayTake(t, { seconds: 120, because: 'fifty nodes start' })`. */
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

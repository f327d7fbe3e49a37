/**
 * The one way for tests to wait for something that no event announces: it polls with pauses until a deadline. The failure contains
 * the last result. If there is an event, wait for that instead.
 */

import { AssertionError } from 'node:assert';
import assert from 'node:assert/strict';
import { inspect } from 'node:util';

/** The pause grows to this: early changes are seen early, and a long wait takes little processor time. */
const longestPauseMs = 50;

/** The last result, for the failure. */
interface LastResult {
  readonly error?: unknown;
  readonly isAnswered: boolean;
}

/**
 * Polls until the answer is anything but `false`; an error counts as "not yet". Fails after `timeoutMs` with the last error, also
 * when the poll itself does not return. For "the answer equals", use `eventuallyEqual` or assert in the question.
 */
export async function eventually(
  what: string | (() => string),
  timeoutMs: number,
  question: () => unknown,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let last: LastResult = { isAnswered: false };
  for (let pauseMs = 2; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    const result = await ask(question, deadline);
    if (result === 'holds') return;
    last = result === 'late' ? { ...last, isAnswered: false } : result;
    if (performance.now() > deadline) break;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  const { error, isAnswered } = last;
  const message = [
    `waited ${timeoutMs} ms for ${typeof what === 'string' ? what : what()}`,
    ...(isAnswered ? [] : ['the last question had no answer']),
    ...(error === undefined ? [] : [error instanceof Error ? error.message : inspect(error)]),
  ].join('\n');
  throw Object.assign(new AssertionError({ message, stackStartFn: eventually }), { cause: error });
}

/** Polls until the answer is deeply equal to `expected`; the failure compares it with the last answer. */
export async function eventuallyEqual<Answer>(
  ask: () => Answer | Promise<Answer>,
  expected: NoInfer<Answer>,
  timeoutMs: number = 60_000,
): Promise<void> {
  await eventually(
    () => `an answer like ${inspect(expected)}`,
    timeoutMs,
    async () => assert.deepEqual(await ask(), expected),
  );
}

/** One poll, abandoned at the deadline, because it may never return. */
async function ask(question: () => unknown, deadline: number): Promise<'holds' | 'late' | LastResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, deadline - performance.now()), 'late');
  });
  const poll = async (): Promise<'holds' | LastResult> => {
    try {
      return (await question()) === false ? { isAnswered: true } : 'holds';
    } catch (error) {
      return { error, isAnswered: true };
    }
  };
  try {
    return await Promise.race([poll(), late]);
  } finally {
    clearTimeout(timer);
  }
}

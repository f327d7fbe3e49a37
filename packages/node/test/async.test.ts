import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, test } from 'node:test';
import {
  abortable,
  anySignal,
  backoff,
  mapConcurrently,
  pause,
  retry,
  tryInTurn,
  waitFor,
  waitForAbort,
} from '@convoy/node/async';

const fast = { firstMs: 1, lastMs: 4 } as const;

function abortListeners(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length;
}

describe('backoff', () => {
  test('doubles up to the last wait, whatever the number of the attempt', () => {
    const waits = [0, 1, 2, 3, 60, 5000].map((attempt) =>
      backoff(attempt, { firstMs: 100, lastMs: 500, jitter: 0 }),
    );
    assert.deepEqual(waits, [100, 200, 400, 500, 500, 500]);
  });

  test('leaves the upper half of a wait to chance, or the share it is given', () => {
    const options = { firstMs: 100, lastMs: 100 };
    assert.equal(backoff(0, { ...options, random: () => 0 }), 50);
    assert.equal(backoff(0, { ...options, random: () => 1 }), 100);
    assert.equal(backoff(0, { ...options, jitter: 1, random: () => 0 }), 0);
    const wait = backoff(0, options);
    assert.ok(wait >= 50 && wait <= 100, String(wait));
  });
});

describe('pause', () => {
  test('resolves after its time, and leaves no listener on the signal', async () => {
    const { signal } = new AbortController();
    await pause(1, signal);
    assert.equal(abortListeners(signal), 0);
  });

  test('rejects with the reason of the signal, aborted before or meanwhile', async () => {
    const reason = new Error('enough');
    await assert.rejects(pause(60_000, AbortSignal.abort(reason)), reason);
    const controller = new AbortController();
    const pausing = pause(60_000, controller.signal);
    controller.abort(reason);
    await assert.rejects(pausing, reason);
    assert.equal(abortListeners(controller.signal), 0);
  });
});

describe('retry', () => {
  test('gives what the first attempt that succeeds gives, and tells of the failures before it', async () => {
    const told: string[] = [];
    const value = await retry(
      undefined,
      async (attempt) => {
        if (attempt < 2) throw new Error(`attempt ${attempt}`);
        return attempt;
      },
      { ...fast, jitter: 0, onFailure: (error, waitMs) => told.push(`${String(error)}, ${waitMs}`) },
    );
    assert.equal(value, 2);
    assert.deepEqual(told, ['Error: attempt 0, 1', 'Error: attempt 1, 2']);
  });

  test('ends with the last failure when its attempts are used up', async () => {
    let calls = 0;
    const failing = retry(undefined, async () => Promise.reject(new Error(`call ${++calls}`)), {
      ...fast,
      attempts: 3,
    });
    await assert.rejects(failing, { message: 'call 3' });
    assert.equal(calls, 3);
  });

  test('ends with what onFailure throws', async () => {
    const final = new Error('not worth another attempt');
    const onFailure = (): never => {
      throw final;
    };
    await assert.rejects(
      retry(undefined, async () => Promise.reject(new Error('x')), { ...fast, onFailure }),
      final,
    );
  });

  test('rejects with the reason of the signal instead of waiting on, and leaves no listener', async () => {
    const controller = new AbortController();
    const retrying = retry(controller.signal, async () => Promise.reject(new Error('x')), {
      firstMs: 60_000,
      lastMs: 60_000,
      onFailure: () => setImmediate(() => controller.abort('over')),
    });
    await assert.rejects(retrying, (error) => error === 'over');
    assert.equal(abortListeners(controller.signal), 0);
  });
});

describe('waitFor', () => {
  test('checks again while there is nothing, and gives what it finds', async () => {
    const answers = [undefined, false, 0, 'late'] as const;
    let calls = 0;
    assert.equal(await waitFor(undefined, () => answers[calls++], { everyMs: 1 }), 0);
    assert.equal(calls, 3);
  });

  test('rejects with what the check throws, and with the reason of the signal', async () => {
    await assert.rejects(
      waitFor(undefined, async () => Promise.reject(new Error('broken')), { everyMs: 1 }),
      /broken/,
    );
    await assert.rejects(
      waitFor(AbortSignal.timeout(5), () => undefined, { everyMs: 1 }),
      { name: 'TimeoutError' },
    );
  });
});

describe('signals', () => {
  test('anySignal is the one signal it is given, or follows the first of several', () => {
    const one = new AbortController();
    const other = new AbortController();
    assert.equal(anySignal(undefined, one.signal), one.signal);
    const any = anySignal(one.signal, other.signal);
    other.abort('second');
    assert.equal(any.reason, 'second');
    assert.equal(anySignal(undefined).aborted, false);
  });

  test('abortable stops waiting for work that goes on, and leaves no listener', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const controller = new AbortController();
    const waiting = abortable(promise, controller.signal);
    const other = abortable(promise, new AbortController().signal);
    controller.abort(new Error('gone'));
    await assert.rejects(waiting, /gone/);
    resolve('done');
    assert.equal(await other, 'done');
    assert.equal(await abortable(promise, undefined), 'done');
    assert.equal(abortListeners(controller.signal), 0);
  });

  test('waitForAbort resolves with the signal', async () => {
    await waitForAbort(AbortSignal.abort());
    await waitForAbort(AbortSignal.timeout(1));
  });
});

describe('tryInTurn', () => {
  const never = new Promise<never>(() => undefined);

  test('goes on to the next item as soon as one has failed, and stops at the first success', async () => {
    const tried: string[] = [];
    const value = await tryInTurn(
      ['bad', 'good', 'spare'],
      async (item) => {
        tried.push(item);
        if (item === 'bad') throw new Error(item);
        return item;
      },
      { everyMs: 60_000 },
    );
    assert.equal(value, 'good');
    assert.deepEqual(tried, ['bad', 'good']);
  });

  test('does not wait for an attempt that never answers, and aborts it after a success', async () => {
    const signals: AbortSignal[] = [];
    const value = await tryInTurn(
      ['silent', 'good'],
      (item, signal) => {
        signals.push(signal);
        return item === 'silent' ? never : Promise.resolve(item);
      },
      { everyMs: 1 },
    );
    assert.equal(value, 'good');
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true, true],
    );
  });

  test('discards what succeeds too late', async () => {
    const late = Promise.withResolvers<string>();
    const discarded = Promise.withResolvers<string>();
    const attempt = (item: string): Promise<string> =>
      item === 'late' ? late.promise : Promise.resolve(item);
    assert.equal(
      await tryInTurn(['late', 'good'], attempt, { everyMs: 1, discard: discarded.resolve }),
      'good',
    );
    late.resolve('late');
    assert.equal(await discarded.promise, 'late');
  });

  test('rejects with every failure in the order of the items, or with the reason of its signal', async () => {
    const slow = Promise.withResolvers<never>();
    const attempt = async (item: string): Promise<never> => {
      if (item === 'slow') await slow.promise;
      slow.reject(new Error('slow'));
      throw new Error(item);
    };
    await assert.rejects(tryInTurn(['slow', 'quick'], attempt, { everyMs: 1 }), (error: AggregateError) => {
      assert.deepEqual(error.errors.map(String), ['Error: slow', 'Error: quick']);
      return true;
    });
    await assert.rejects(tryInTurn([], attempt, { everyMs: 1 }), AggregateError);
    const controller = new AbortController();
    const { signal } = controller;
    const reason = new Error('enough');
    const trying = tryInTurn(['one'], () => never, { everyMs: 60_000, signal });
    controller.abort(reason);
    await assert.rejects(trying, reason);
    await assert.rejects(
      tryInTurn(['one'], () => never, { everyMs: 60_000, signal }),
      reason,
    );
    assert.equal(abortListeners(signal), 0);
  });
});

test('mapConcurrently keeps the order, and starts no more at a time than allowed', async () => {
  let [running, most] = [0, 0];
  const squares = await mapConcurrently([5, 3, 1, 4, 2], 2, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await pause(item);
    running -= 1;
    return item ** 2;
  });
  assert.deepEqual(squares, [25, 9, 1, 16, 4]);
  assert.equal(most, 2);
  assert.deepEqual(await mapConcurrently([], 2, () => assert.fail()), []);
  await assert.rejects(
    mapConcurrently([1], 2, () => Promise.reject(new Error('one'))),
    /one/,
  );
});

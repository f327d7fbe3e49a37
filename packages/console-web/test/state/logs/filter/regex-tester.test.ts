/** Regular expressions that are tested in a worker: one after the other, and none for ever. */

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { RegexAnswer, RegexTask } from '../../../../src/state/logs/filter/regex-task.ts';
import { RegexTester, type RegexWorker } from '../../../../src/state/logs/filter/regex-tester.ts';

/** A worker that answers when the test says so. */
class SlowWorker implements RegexWorker {
  readonly tasks: RegexTask[] = [];
  isEnded = false;
  readonly #listeners = new Map<string, (event: MessageEvent<RegexAnswer>) => void>();

  addEventListener(type: string, listener: (event: MessageEvent<RegexAnswer>) => void): void {
    this.#listeners.set(type, listener);
  }

  postMessage(task: RegexTask): void {
    this.tasks.push(task);
  }

  terminate(): void {
    this.isEnded = true;
  }

  say(data: RegexAnswer): void {
    this.#listeners.get('message')?.({ data } as MessageEvent<RegexAnswer>);
  }

  fail(): void {
    this.#listeners.get('error')?.({} as MessageEvent<RegexAnswer>);
  }

  answer(): void {
    const task = this.tasks.at(-1);
    assert.ok(task !== undefined);
    const regex = new RegExp(task.regex.source, task.regex.flags);
    this.say({ id: task.id, found: task.texts.map((text) => regex.test(text)) });
  }
}

function setUp(): { workers: SlowWorker[]; tester: RegexTester } {
  const workers: SlowWorker[] = [];
  const tester = new RegexTester(() => {
    const worker = new SlowWorker();
    workers.push(worker);
    return worker;
  });
  return { workers, tester };
}

const regex = { source: 'a', flags: '' };

test('says which texts match, with one worker for all', async () => {
  const { workers, tester } = setUp();
  const first = tester.test(regex, ['a', 'b']);
  assert.equal(workers[0]?.tasks.length, 0, 'it has not started yet');
  workers[0]?.say({ id: 0 });
  workers[0]?.answer();
  assert.deepEqual(await first, [true, false]);
  const second = tester.test(regex, ['ba']);
  workers[0]?.answer();
  assert.deepEqual(await second, [true]);
  assert.equal(workers.length, 1);
});

test('ends a worker that does not answer in time, and starts another for the next test', async (context: TestContext) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { workers, tester } = setUp();
  const slow = tester.test(regex, ['a']);
  context.mock.timers.tick(60_000);
  workers[0]?.say({ id: 0 });
  assert.equal(workers[0]?.isEnded, false, 'loading it is not counted');
  context.mock.timers.tick(2000);
  assert.equal(await slow, undefined);
  assert.equal(workers[0]?.isEnded, true);
  const next = tester.test(regex, ['a']);
  workers[1]?.say({ id: 0 });
  workers[1]?.answer();
  assert.deepEqual(await next, [true]);
});

test('a newer test does not wait for an older one, whose answer is of no account', async () => {
  const { workers, tester } = setUp();
  const old = tester.test({ source: '(a+)+b', flags: '' }, ['aaaa']);
  workers[0]?.say({ id: 0 });
  const next = tester.test(regex, ['a']);
  assert.equal(await old, undefined);
  assert.equal(workers[0]?.isEnded, true);
  workers[1]?.say({ id: 0 });
  workers[0]?.answer();
  workers[1]?.answer();
  assert.deepEqual(await next, [true]);
});

test('a worker that fails answers nothing', async () => {
  const { workers, tester } = setUp();
  const failed = tester.test(regex, ['a']);
  workers[0]?.fail();
  assert.equal(await failed, undefined);
  tester.close();
});

/** When a question is asked again: by what it costs, by whether anybody can see the answer, and by what went wrong. */

import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { type Answered, Poll, type Question, type Trouble } from '../../../src/state/inside/poll.ts';

const troubleOf = (error: unknown): Trouble => ({ message: String(error) });

function answered(value: string, restMs = 0): Answered<string> {
  return { state: 'answered', value, cost: { questions: 1, busyMs: 1, restMs } };
}

function unavailable(kind: 'slow' | 'gone'): Answered<string> {
  return { state: 'unavailable', problem: { kind, message: kind }, cost: { questions: 1 } };
}

/** A poll whose time is that of the test, and the questions that it has asked. */
function stage(context: TestContext): {
  readonly poll: Poll<string>;
  readonly asked: string[];
  answerWith: (key: string) => Promise<Answered<string>>;
  readonly page: { isVisible: boolean; changed: () => void };
  question: (key: string, more?: Partial<Question<string>>) => Question<string>;
  /** Lets the time go on, and then what follows from it. */
  pass: (ms: number) => Promise<void>;
} {
  context.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
  const page = { isVisible: true, changed: (): void => undefined };
  const visibility = {
    isVisible: () => page.isVisible,
    follow(listener: () => void) {
      page.changed = listener;
      return () => undefined;
    },
  };
  const asked: string[] = [];
  const poll = new Poll<string>({ visibility, troubleOf });
  const made = {
    poll,
    asked,
    page,
    answerWith: async (key: string) => answered(key),
    question: (key: string, more: Partial<Question<string>> = {}): Question<string> => ({
      key,
      isLive: true,
      ask: () => {
        asked.push(key);
        return made.answerWith(key);
      },
      ...more,
    }),
    async pass(ms: number) {
      context.mock.timers.tick(ms);
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    },
  };
  return made;
}

describe('a question about a node', () => {
  test('is asked at once, then every two seconds, and not at all when it was ended', async (context) => {
    const { poll, asked, question, pass } = stage(context);
    poll.put(question('a'));
    await pass(0);
    assert.equal(asked.length, 1);
    assert.equal(poll.state.value.last?.value, 'a');
    assert.equal(poll.state.value.last?.periodMs, 2000);
    await pass(1999);
    assert.equal(asked.length, 1);
    await pass(1);
    assert.equal(asked.length, 2);
    poll.stop();
    await pass(60_000);
    assert.equal(asked.length, 2);
  });

  test('waits for as long as the node needs to rest', async (context) => {
    const scene = stage(context);
    scene.answerWith = async () => answered('a', 7000);
    scene.poll.put(scene.question('a'));
    await scene.pass(0);
    await scene.pass(6999);
    assert.equal(scene.asked.length, 1);
    await scene.pass(1);
    assert.equal(scene.asked.length, 2);
  });

  test('is not asked while the page is hidden, and at once when it is seen again', async (context) => {
    const { poll, asked, question, pass, page } = stage(context);
    poll.put(question('a'));
    await pass(0);
    page.isVisible = false;
    page.changed();
    await pass(60_000);
    assert.equal(asked.length, 1);
    page.isVisible = true;
    page.changed();
    await pass(0);
    assert.equal(asked.length, 2);
  });

  test('is held by a pause, except when the user asks', async (context) => {
    const { poll, asked, question, pass } = stage(context);
    poll.put(question('a'));
    await pass(0);
    poll.pause(true);
    await pass(60_000);
    assert.equal(asked.length, 1);
    poll.refresh();
    await pass(0);
    assert.equal(asked.length, 2);
    poll.put(question('b'));
    await pass(0);
    assert.deepEqual(asked, ['a', 'a', 'b']);
    poll.pause(false);
    await pass(2000);
    assert.equal(asked.length, 4);
  });

  test('that is not live is asked once, or only when the user wants it', async (context) => {
    const { poll, asked, question, pass } = stage(context);
    poll.put(question('a', { isLive: false, isUrgent: false }));
    await pass(60_000);
    assert.equal(asked.length, 0);
    poll.refresh();
    await pass(60_000);
    assert.equal(asked.length, 1);
    assert.equal(poll.state.value.last?.periodMs, undefined);
    poll.put(question('b', { isLive: false }));
    await pass(60_000);
    assert.deepEqual(asked, ['a', 'b']);
  });

  test('stops being live when its answer was too large to be asked for again', async (context) => {
    const { poll, asked, question, pass } = stage(context);
    poll.put(question('a'));
    await pass(0);
    poll.put(question('a', { isLive: false }));
    await pass(60_000);
    assert.equal(asked.length, 1);
  });
});

describe('a node that does not answer', () => {
  test('is asked ever more seldom, and its last answer is kept', async (context) => {
    const scene = stage(context);
    scene.poll.put(scene.question('a'));
    await scene.pass(0);
    scene.answerWith = async () => unavailable('slow');
    await scene.pass(2000);
    const { last, trouble } = scene.poll.state.value;
    assert.equal(last?.value, 'a');
    assert.equal(trouble?.kind, 'slow');
    await scene.pass(2000);
    assert.equal(scene.asked.length, 3);
    await scene.pass(2000);
    assert.equal(scene.asked.length, 3, 'four seconds after the second failure');
    await scene.pass(2000);
    assert.equal(scene.asked.length, 4);
    scene.answerWith = async () => answered('again');
    scene.poll.refresh();
    await scene.pass(0);
    assert.equal(scene.poll.state.value.last?.value, 'again');
    assert.equal(scene.poll.state.value.trouble, undefined);
    await scene.pass(2000);
    assert.equal(scene.asked.length, 6, 'as often as before');
  });

  test('a process that is gone is not asked for again', async (context) => {
    const scene = stage(context);
    scene.answerWith = async () => unavailable('gone');
    scene.poll.put(scene.question('a'));
    await scene.pass(600_000);
    assert.equal(scene.asked.length, 1);
  });

  test('a refusal of the console is said, too', async (context) => {
    const scene = stage(context);
    scene.answerWith = () => Promise.reject(new Error('refused'));
    scene.poll.put(scene.question('a'));
    await scene.pass(0);
    assert.equal(scene.poll.state.value.trouble?.message, 'Error: refused');
  });
});

test('a late answer to another question is dropped', async (context) => {
  const scene = stage(context);
  const first = Promise.withResolvers<Answered<string>>();
  scene.answerWith = (key) => (key === 'a' ? first.promise : Promise.resolve(answered(key)));
  scene.poll.put(scene.question('a'));
  await scene.pass(0);
  scene.poll.put(scene.question('b'));
  await scene.pass(0);
  assert.equal(scene.poll.state.value.last?.key, 'b');
  first.resolve(answered('a'));
  await scene.pass(0);
  assert.equal(scene.poll.state.value.last?.key, 'b');
});

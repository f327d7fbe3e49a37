/** One answer serves all who ask the same, and a node is asked no more than it has rested for. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { InspectAnswer } from '@convoy/cluster/inspect';
import { SharedQuestions } from '../../src/inspecting/shared-questions.ts';
import { Turns } from '../../src/inspecting/turns.ts';

/** A node that counts what it is asked. */
class CountedNode {
  now = 1_796_000_000_000;
  asked = 0;
  readonly questions: SharedQuestions = new SharedQuestions(() => this.now);

  ask(key: string, restMs: number | undefined): Promise<InspectAnswer<number>> {
    return this.questions.ask({
      node: 'app@h',
      kind: restMs === undefined || restMs > 1000 ? 'processes' : 'overview',
      key,
      ask: async () => {
        this.asked += 1;
        const cost = restMs === undefined ? { questions: 1 } : { questions: 1, restMs };
        return { state: 'answered', value: this.asked, cost };
      },
    });
  }
}

const valueOf = (answer: InspectAnswer<number>): number | undefined =>
  answer.state === 'answered' ? answer.value : undefined;

describe('a question to a node', () => {
  test('that ten pages ask at once is asked once, and once more when the node has rested', async () => {
    const node = new CountedNode();
    const all = await Promise.all(Array.from({ length: 10 }, () => node.ask('top', 5000)));
    assert.deepEqual([node.asked, new Set(all.map(valueOf)).size], [1, 1]);
    node.now += 4999;
    assert.equal(valueOf(await node.ask('top', 5000)), 1);
    node.now += 1;
    assert.equal(valueOf(await node.ask('top', 5000)), 2);
    assert.equal(valueOf(await node.ask('overview', 10)), 3, 'another question has another answer');
  });

  test('has the time of its answer in its cost, also for those who did not ask', async () => {
    const node = new CountedNode();
    const same = { node: 'a', kind: 'k', key: 'k' };
    const first = await node.questions.ask({ ...same, ask: () => node.ask('top', 5000) });
    node.now += 3000;
    const second = await node.questions.ask({ ...same, ask: () => node.ask('top', 5000) });
    assert.deepEqual([first.cost.answeredAt, second.cost.answeredAt], [node.now - 3000, node.now - 3000]);
  });

  test('is asked again after something was changed there', async () => {
    const node = new CountedNode();
    await node.ask('top', 5000);
    node.questions.forget('app@h');
    assert.equal(valueOf(await node.ask('top', 5000)), 2);
  });

  test('that fails is not kept', async () => {
    const questions = new SharedQuestions();
    const failing = { node: 'a', kind: 'k', key: 'k', ask: () => Promise.reject(new Error('no entry')) };
    await assert.rejects(questions.ask(failing), /no entry/);
    const cost = { questions: 1 };
    const value = await questions.ask({
      ...failing,
      ask: async () => ({ state: 'answered', value: 1, cost }),
    });
    assert.equal(value.state, 'answered');
  });
});

describe('a node that was asked too much', () => {
  test('is left alone until it has rested, and its last answers are shown', async () => {
    const node = new CountedNode();
    // As if somebody typed into a filter on a node whose list takes 0.4 s of one scheduler.
    for (const text of ['', 'c', 'ca']) await node.ask(text, 15_000);
    assert.equal(node.asked, 3);
    await assert.rejects(node.ask('cac', 15_000), {
      code: 'CONSOLE_TOO_MANY',
      message: /app@h has been asked so much that it is left alone for 15 s, .* 2 %/,
      retryAfterSeconds: 15,
    });
    assert.equal(valueOf(await node.ask('overview', 50)), 4, 'what costs little is answered');
    node.now += 15_000;
    await assert.rejects(node.ask('cac', 15_000), { retryAfterSeconds: 1 });
    assert.equal(valueOf(await node.ask('', 15_000)), 1, 'an answer that is 15 s old');
    node.now += 50;
    assert.equal(valueOf(await node.ask('cac', 15_000)), 5);
    const other = { node: 'web@h', kind: 'processes', key: '', ask: () => node.ask('a', 50) };
    assert.equal((await node.questions.ask(other)).state, 'answered', 'other nodes are asked');
  });

  test('is not believed when it says that it has to rest for days', async () => {
    const node = new CountedNode();
    await node.ask('top', 1e12);
    node.now += 60_000;
    assert.equal(valueOf(await node.ask('top', 1e12)), 2);
  });

  test('over the hour, however it is asked, rests for 49 times what its answers took', async () => {
    const node = new CountedNode();
    const [first, restMs] = [node.now, 7000];
    for (let number = 0; node.now - first < 3_600_000; number += 1) {
      await node.ask(String(number), restMs).catch(() => undefined);
      node.now += 500;
    }
    assert.ok(node.asked * restMs <= 3_600_000 + 30_000 + restMs, `${node.asked} questions`);
    assert.ok(node.asked > 500);
  });
});

describe('turns', () => {
  test('run a few questions at once, by node and altogether, and the others in their order', async () => {
    const turns = new Turns({ perNode: 2, all: 3, waitingPerNode: 2 });
    const running: string[] = [];
    const ends = new Map<string, () => void>();
    const run = (name: string): Promise<void> =>
      turns.run(name.slice(0, 1), () => {
        running.push(name);
        const { promise, resolve } = Promise.withResolvers<void>();
        ends.set(name, resolve);
        return promise;
      });
    const settled = async (): Promise<void> => {
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    };
    const all = ['a1', 'a2', 'a3', 'b1', 'b2'].map((name) => run(name));
    await settled();
    assert.deepEqual(running, ['a1', 'a2', 'b1']);
    const more = run('a4');
    await assert.rejects(run('a5'), { code: 'CONSOLE_TOO_MANY', message: /2 questions wait for a already/ });
    ends.get('b1')?.();
    await settled();
    assert.deepEqual(running, ['a1', 'a2', 'b1', 'b2'], 'the turn of a3 comes when a1 or a2 ends');
    for (const [ended, next] of [
      ['a2', 'a3'],
      ['a1', 'a4'],
    ] as const) {
      ends.get(ended)?.();
      await settled();
      assert.equal(running.at(-1), next);
    }
    for (const name of ['a3', 'a4', 'b2']) ends.get(name)?.();
    await Promise.all([...all, more]);
  });
});

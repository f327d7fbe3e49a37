/**
 * The rules for every `Strategy`, as one suite. The test of a strategy calls `testStrategy` with a way to create one and to
 * change its source.
 */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Strategy, StrategyAnswer } from '@convoy/cluster/discovery';
import { systemClock } from '@convoy/node';

export interface StrategyFixture extends AsyncDisposable {
  readonly strategy: Strategy;
  /** The node that looks for others. */
  readonly self: string;
  /** The nodes that the source has at first; at least one. */
  readonly present: readonly string[];
  /** A node that the source does not have at first; omitted if the source never changes. */
  readonly newcomer?: string;
  /** Adds a node to the source, or removes it. */
  add?(node: string): Promise<void>;
  remove?(node: string): Promise<void>;
  /** Makes lookups fail until the returned function is called; omitted if they cannot fail. */
  fail?(): Promise<() => Promise<void>>;
}

/** Runs a strategy and records its answers and failures. */
class Watch implements AsyncDisposable {
  readonly answers: StrategyAnswer[] = [];
  readonly errors: Error[] = [];
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  readonly #waiting = new Set<() => void>();
  #refresh = Promise.withResolvers<void>();

  constructor({ strategy, self }: StrategyFixture) {
    const tell = (): void => {
      for (const check of this.#waiting) check();
    };
    this.#running = strategy.run({
      self,
      signal: this.#stop.signal,
      clock: systemClock,
      answer: (answer) => {
        this.answers.push(answer);
        tell();
      },
      fail: (error) => {
        this.errors.push(error);
        tell();
      },
      refreshed: () => this.#refresh.promise,
    });
    this.#running.catch(() => undefined);
  }

  /** The peers of the last complete answer and of the answers after it. */
  get peers(): string[] {
    const last = this.answers.findLastIndex(({ isComplete }) => isComplete);
    const names = this.answers.slice(Math.max(0, last)).flatMap(({ peers }) => peers.map(({ node }) => node));
    return [...new Set(names)];
  }

  refresh(): void {
    this.#refresh.resolve();
    this.#refresh = Promise.withResolvers();
  }

  async waitFor(what: string, isSo: () => boolean): Promise<void> {
    if (isSo()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const check = (): void => {
      if (isSo()) resolve();
    };
    const late = setTimeout(() => reject(new Error(`${what}: ${this.#seen()}`)), 60_000);
    this.#waiting.add(check);
    try {
      await promise;
    } finally {
      clearTimeout(late);
      this.#waiting.delete(check);
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #seen(): string {
    const errors = this.errors.map(({ message }) => message);
    return JSON.stringify({ answers: this.answers.slice(-3), errors: errors.slice(-3) });
  }
}

export function testStrategy(title: string, make: () => Promise<StrategyFixture>): void {
  describe(`strategy ${title}`, () => {
    test('reports the nodes of the source', async () => {
      await using fixture = await make();
      await using watch = new Watch(fixture);
      await watch.waitFor('all are told', () => fixture.present.every((node) => watch.peers.includes(node)));
      assert.deepEqual(watch.errors, []);
    });

    test('looks nothing up before it runs, and can be run again', async () => {
      await using fixture = await make();
      for (let round = 0; round < 2; round += 1) {
        const watch = new Watch(fixture);
        await watch.waitFor('all are told', () =>
          fixture.present.every((node) => watch.peers.includes(node)),
        );
        await watch.stop();
        const told = watch.answers.length;
        watch.refresh();
        await new Promise((resolve) => setImmediate(resolve));
        assert.equal(watch.answers.length, told);
      }
    });

    test('ends without an error when it is stopped immediately', async () => {
      await using fixture = await make();
      const watch = new Watch(fixture);
      await watch.stop();
      assert.deepEqual(watch.errors, []);
    });

    test('reports a node that is added', async (t) => {
      await using fixture = await make();
      const { newcomer = '', add } = fixture;
      if (add === undefined) return t.skip('its source does not change');
      await using watch = new Watch(fixture);
      await watch.waitFor('all are told', () => fixture.present.every((node) => watch.peers.includes(node)));
      assert.ok(!watch.peers.includes(newcomer));
      await add.call(fixture, newcomer);
      watch.refresh();
      await watch.waitFor('the newcomer is told', () => watch.peers.includes(newcomer));
    });

    test('leaves out a node that was removed', async (t) => {
      await using fixture = await make();
      const [leaver = ''] = fixture.present;
      if (fixture.remove === undefined) return t.skip('its source does not change');
      await using watch = new Watch(fixture);
      await watch.waitFor('all are told', () => fixture.present.every((node) => watch.peers.includes(node)));
      await fixture.remove(leaver);
      watch.refresh();
      const isGone = ({ peers, isComplete }: StrategyAnswer): boolean =>
        isComplete && peers.every(({ node }) => node !== leaver);
      await watch.waitFor('the leaver is left out', () => watch.answers.some((answer) => isGone(answer)));
    });

    test('reports a failure as a failure, never as an empty answer, and continues', async (t) => {
      await using fixture = await make();
      if (fixture.fail === undefined) return t.skip('nothing of it can fail');
      await using watch = new Watch(fixture);
      await watch.waitFor('all are told', () => fixture.present.every((node) => watch.peers.includes(node)));
      const mend = await fixture.fail();
      // An answer in progress may still arrive; after the first failure there is none until the source works again.
      watch.refresh();
      await watch.waitFor('the failure is told', () => watch.errors.length > 0);
      const before = watch.answers.length;
      watch.refresh();
      await watch.waitFor('another failure is told', () => watch.errors.length > 1);
      assert.ok(watch.answers.slice(before).every(({ isComplete }) => !isComplete));
      assert.ok(watch.errors.every((error) => error.message.length > 10));
      await mend();
      const mended = watch.answers.length;
      watch.refresh();
      await watch.waitFor('it goes on', () =>
        watch.answers.slice(mended).some(({ isComplete }) => isComplete),
      );
      assert.ok(fixture.present.every((node) => watch.peers.includes(node)));
    });
  });
}

/** The first reports of a strategy: answers with their names, and failures. Then it is stopped. */
export async function firstAnswers(
  strategy: Strategy,
  self: string = 'me@127.0.0.1',
): Promise<{ answers: { peers: string[]; isComplete: boolean }[]; errors: Error[] }> {
  const stop = new AbortController();
  const answers: { peers: string[]; isComplete: boolean }[] = [];
  const errors: Error[] = [];
  // Failures are reported before the answer that they make partial; a failed lookup has no answer.
  const done = (): void => void setImmediate(() => stop.abort());
  await strategy.run({
    self,
    signal: stop.signal,
    clock: systemClock,
    answer: ({ peers, isComplete }) => {
      answers.push({ peers: peers.map(({ node }) => node), isComplete });
      done();
    },
    fail: (error) => {
      errors.push(error);
      done();
    },
    refreshed: () => new Promise<void>(() => undefined),
  });
  return { answers, errors };
}

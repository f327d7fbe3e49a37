/** What happens to calls of other nodes when a node closes. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atom, inspect, type Node, serveGenServer, type Term } from '@convoy/node';
import { createMemoryCluster } from '@convoy/node/testing';

interface Scene {
  readonly caller: Node;
  readonly served: Node;
  /** Ends the calls that have been begun. */
  readonly finish: () => void;
  /** Resolves when the next call has begun. */
  readonly begun: () => Promise<void>;
}

async function withScene(run: (scene: Scene) => Promise<void>): Promise<void> {
  await using cluster = createMemoryCluster();
  const [caller, served] = [await cluster.start('caller'), await cluster.start('served')];
  const finished = Promise.withResolvers<void>();
  let begun = Promise.withResolvers<void>();
  const slow = async (): Promise<Term> => {
    begun.resolve();
    await finished.promise;
    return atom('done');
  };
  served.expose('work', { slow, quick: () => atom('quick') });
  serveGenServer(served, 'server', { call: slow });
  await caller.connect(served.name);
  await run({
    caller,
    served,
    finish: finished.resolve,
    begun: async () => {
      await begun.promise;
      begun = Promise.withResolvers();
    },
  });
}

const messageOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    (value) => `answered ${inspect(value as Term)}`,
    (error: Error) => error.message,
  );

describe('close', () => {
  for (const [what, call] of [
    [
      'a call of an exposed function',
      ({ caller, served }: Scene) => caller.rpc(served.name, 'work', 'slow', []),
    ],
    [
      'a call of a gen server',
      ({ caller, served }: Scene) => caller.call({ name: 'server', node: served.name }, 1),
    ],
  ] as const) {
    it(`lets ${what} finish`, async () => {
      await withScene(async (scene) => {
        const called = call(scene);
        await scene.begun();
        const down = new Promise((resolve) => scene.caller.onNodeDown(resolve));
        const closed = scene.served.close();
        assert.ok(scene.served.isClosing);
        scene.finish();
        assert.equal(await called, atom('done'));
        await closed;
        assert.equal(await down, scene.served.name);
      });
    });

    it(`ends ${what} when the time is up, or another close is called with less`, async () => {
      for (const timeoutMs of [20, undefined]) {
        await withScene(async (scene) => {
          const called = messageOf(call(scene));
          await scene.begun();
          const closed = scene.served.close(timeoutMs === undefined ? {} : { timeoutMs });
          if (timeoutMs === undefined) void scene.served.close({ timeoutMs: 0 });
          await closed;
          assert.match(await called, /connection|ended/);
        });
      }
    });
  }

  it('refuses new calls of other nodes meanwhile, and does its own', async () => {
    await withScene(async (scene) => {
      const { caller, served } = scene;
      const called = caller.rpc(served.name, 'work', 'slow', []);
      await scene.begun();
      const closed = served.close();
      assert.match(await messageOf(caller.rpc(served.name, 'work', 'quick', [])), /NODE_CLOSED.*is closing/);
      assert.match(
        await messageOf(caller.call({ name: 'server', node: served.name }, 1)),
        /NODE_CLOSED.*is closing/,
      );
      assert.equal(await served.rpc(served.name, 'work', 'quick', []), atom('quick'));
      scene.finish();
      await Promise.all([called, closed]);
    });
  });

  it('does not wait for a call whose caller has given up or gone', async () => {
    await withScene(async (scene) => {
      const { caller, served } = scene;
      const abort = new AbortController();
      const aborted = messageOf(caller.rpc(served.name, 'work', 'slow', [], { signal: abort.signal }));
      await scene.begun();
      const lost = messageOf(caller.rpc(served.name, 'work', 'slow', []));
      await scene.begun();
      const closed = served.close({ timeoutMs: Infinity });
      abort.abort(new Error('enough'));
      caller.disconnect(served.name);
      await closed;
      assert.match(await aborted, /enough/);
      assert.match(await lost, /connection/);
    });
  });

  it('waits for what the program asks it to, and is immediate without calls', async () => {
    await withScene(async ({ served, caller }) => {
      const work = Promise.withResolvers<void>();
      let isDone = false;
      served.delayClose(work.promise.then(() => (isDone = true)));
      const closed = served.close();
      work.resolve();
      await closed;
      assert.ok(isDone);
      void caller.close();
      assert.equal(caller.processes.isAlive(caller.pid), false);
    });
  });

  it('refuses a time that is none', async () => {
    await withScene(({ served }) => {
      for (const timeoutMs of [-1, NaN])
        assert.throws(() => served.close({ timeoutMs }), { code: 'NODE_BAD_TIMEOUT' });
      return Promise.resolve();
    });
  });
});

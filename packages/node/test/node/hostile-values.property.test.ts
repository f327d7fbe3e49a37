/**
 * Whatever is given to `send`: it arrives, or `send` throws EncodeError and nothing of it is sent. What was sent before
 * and what is sent afterwards arrives in any case, in its order.
 */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { EncodeError } from '../../src/errors.ts';
import { atom, equals, ExportFun, type Term, Tuple, tuple } from '../../src/etf/index.ts';
import type { Node } from '../../src/node/start-node.ts';
import { createMemoryCluster } from '../../src/testing.ts';
import { attack } from '../../../../test/support/attack.ts';
import { anyValue } from '../etf/value-arbitrary.ts';
import { runsOf } from '../../../../test/support/extent.ts';

const before = atom('before');
const after = atom('after');

/** A registered process of `node` that keeps what it gets. `next` resolves with what came up to `after`. */
function startCollector(node: Node): { next(): Promise<Term[]> } {
  let got: Term[] = [];
  let turn = Promise.withResolvers<Term[]>();
  node.spawn(
    async (self) => {
      for (;;) {
        got.push(await self.receive());
        if (got.at(-1) !== after) continue;
        turn.resolve(got);
        got = [];
        turn = Promise.withResolvers();
      }
    },
    { name: 'collector' },
  );
  return { next: () => turn.promise };
}

/** Sends before, value and after to the collector of `at` in one turn and checks what came of them. */
async function check(
  send: (message: Term) => void,
  next: () => Promise<Term[]>,
  value: unknown,
): Promise<void> {
  const arriving = next();
  send(before);
  let refusal: unknown;
  try {
    send(tuple(atom('value'), value as Term));
  } catch (error) {
    refusal = error;
  }
  send(after);
  // What getters and proxies send comes at any time: whenever the value is read.
  const got = (await arriving).filter((message) => message !== atom('inner'));
  assert.equal(got[0], before);
  assert.equal(got.at(-1), after);
  if (refusal !== undefined) assert.ok(refusal instanceof EncodeError, String(refusal));
  assert.equal(got.length, refusal === undefined ? 3 : 2);
  assert.ok(got.length === 2 || (got[1] instanceof Tuple && got[1].at(0) === atom('value')));
}

describe('values that are sent', () => {
  test('arrive on another node or are refused, whatever they are, and nothing else is lost', async () => {
    await using cluster = createMemoryCluster();
    const [near, far] = [await cluster.start('near'), await cluster.start('far')];
    await near.connect(far.name);
    const { next } = startCollector(far);
    const send = (message: Term): void => near.send({ name: 'collector', node: far.name }, message);
    const values = anyValue(() => send(atom('inner')));
    await fc.assert(
      fc.asyncProperty(values, (value) => check(send, next, value)),
      { numRuns: runsOf(400) },
    );
  });

  test('arrive or are refused on the same node, too', async () => {
    await using cluster = createMemoryCluster();
    const node = await cluster.start('alone');
    const { next } = startCollector(node);
    const send = (message: Term): void => node.send('collector', message);
    const values = anyValue(() => send(atom('inner')));
    await fc.assert(
      fc.asyncProperty(values, (value) => check(send, next, value)),
      { numRuns: runsOf(400) },
    );
  });

  test('are refused here and there alike', async () => {
    await using cluster = createMemoryCluster();
    const [near, far] = [await cluster.start('near'), await cluster.start('far')];
    await near.connect(far.name);
    const refusal = (to: string, value: unknown): string => {
      try {
        near.send({ name: 'nobody', node: to }, value as Term);
        return 'sent';
      } catch (error) {
        return error instanceof EncodeError ? `${error.code} at ${error.path}` : String(error);
      }
    };
    const values = anyValue();
    fc.assert(
      fc.property(values, (value) => {
        const local = refusal(near.name, value);
        const remote = refusal(far.name, value);
        assert.equal(local === 'sent', remote === 'sent');
      }),
      { numRuns: runsOf(400) },
    );
  });

  test('are refused at once while the peer is still being dialled', async () => {
    await using cluster = createMemoryCluster();
    const [near, far] = [await cluster.start('near'), await cluster.start('far')];
    const { next } = startCollector(far);
    await check(
      (message) => near.send({ name: 'collector', node: far.name }, message),
      next,
      () => 1,
    );
  });

  attack(
    'Terms and frames',
    'a fun made of atoms is refused where it is made, and messages of the same turn arrive',
    async () => {
      await using cluster = createMemoryCluster();
      const [near, far] = [await cluster.start('near'), await cluster.start('far')];
      await near.connect(far.name);
      const { next } = startCollector(far);
      const send = (message: Term): void => near.send({ name: 'collector', node: far.name }, message);
      assert.throws(() => new ExportFun(atom('lists') as never, atom('reverse') as never, 1), EncodeError);
      // The same without the constructor.
      const fun = Object.assign(new ExportFun('lists', 'reverse', 1), { module: atom('lists') });
      await check(send, next, fun);
      await check(send, next, 'an innocent message');
    },
  );
});

describe('values that act while they are sent', () => {
  attack(
    'Terms and frames',
    'a getter that sends while its message is being encoded: both arrive whole, one after the other',
    async () => {
      await using cluster = createMemoryCluster();
      const nodes = await Promise.all(Array.from({ length: 12 }, (_, at) => cluster.start(`node${at}`)));
      const [near, ...others] = nodes as [Node, ...Node[]];
      for (const other of others) await near.connect(other.name);
      const collectors = others.map(startCollector);
      const arriving = collectors.map(({ next }) => next());
      const toAll = (message: Term): void => {
        for (const other of others) near.send({ name: 'collector', node: other.name }, message);
      };
      // More connections at once than there are writers, each in the middle of a frame.
      const nested = (depth: number): Term => ({
        get text() {
          if (depth < 3) toAll(nested(depth + 1));
          return `${depth}`.repeat(20_000);
        },
      });
      toAll(before);
      near.send({ name: 'collector', node: (others[0] as Node).name }, nested(0));
      toAll(after);
      const [first, second] = await Promise.all(arriving);
      assert.ok(equals(first?.[1], { text: '0'.repeat(20_000) }));
      assert.equal(first?.length, 2 + 1 + 1 + 11 + 121);
      assert.equal(second?.length, 2 + 1 + 11 + 121);
    },
  );

  attack('Terms and frames', 'a getter that closes the connection loses no message sent before', async () => {
    await using cluster = createMemoryCluster();
    const [near, far] = [await cluster.start('near'), await cluster.start('far')];
    await near.connect(far.name);
    const arrived = new Promise<Term>((resolve) => {
      far.spawn(async (self) => resolve(await self.receive()), { name: 'collector' });
    });
    near.send({ name: 'collector', node: far.name }, before);
    const value = {
      get closing() {
        near.disconnect(far.name);
        return 1;
      },
    };
    near.send({ name: 'collector', node: far.name }, value);
    assert.equal(await arrived, before);
  });
});

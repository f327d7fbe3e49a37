import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atom, type Term, TermMap, Tuple } from '@convoy/node/etf';
import { readTypescriptVitals, readVitals, vitalsCall } from '../../../src/members/facts/vitals.ts';

const names = (...given: readonly string[]): Term[] => given.map((name) => atom(name));

function answer(changes: Readonly<Record<number, Term>> = {}): Term[] {
  const plain: Term[] = [
    names('c@h'),
    names('x@h'),
    names(),
    7,
    -576_460_751_000_000_000n,
    -576_460_752_000_000_000n,
    1_000_000_000,
    50,
    3,
    1,
    new Tuple([new Tuple([atom('input'), 500]), new Tuple([atom('output'), 600])]),
    2,
    15_000_000,
  ];
  return plain.map((value, index) => (index in changes ? changes[index] : value));
}

describe('how a member is', () => {
  test('reads an answer', () => {
    assert.deepEqual(readVitals(answer(), 50), {
      vitals: {
        memoryBytes: 15_000_000,
        processes: 50,
        activeTasks: 3,
        runQueue: 1,
        io: { inBytes: 500, outBytes: 600 },
        schedulers: 2,
        uptimeMs: 1000,
      },
      creation: 7,
      peers: { visible: ['x@h'], hidden: [], missing: ['c@h'] },
    });
  });

  test('an answer without memory is one, and others are not', () => {
    assert.equal(readVitals(answer().slice(0, -1), 50)?.vitals.memoryBytes, undefined);
    assert.equal(readVitals(answer().slice(0, -1), 50)?.vitals.processes, 50);
    for (const wrong of [undefined, 7, [], answer().slice(2), [...answer(), 1]]) {
      assert.equal(readVitals(wrong, 50), undefined);
    }
  });

  test('values of the wrong type or size are left out, names are checked and counted', () => {
    const huge = 2n ** 800_000n;
    const strange = answer({
      1: names('bad name@h', 'y@h', 'no-host', 'y@h'),
      4: huge,
      7: -5,
      9: atom('none'),
      10: new Tuple([7, 8]),
      12: atom('notsup'),
    });
    const { vitals, peers } = readVitals(strange, 50) ?? {};
    assert.deepEqual(vitals, { activeTasks: 3, schedulers: 2 });
    assert.deepEqual(peers?.visible, ['y@h']);
    const many = answer({ 1: names(...Array.from({ length: 500 }, (_, index) => `n${index}@h`)), 2: 7 });
    assert.equal(readVitals(many, 50)?.peers.visible.length, 50);
    assert.deepEqual(readVitals(many, 50)?.peers.hidden, []);
  });

  test('asks for nothing that changes what others see', () => {
    const [, modules, functions, args] = vitalsCall.args as [Term, Term[], Term[], Term[][]];
    assert.equal(modules.length, functions.length);
    const statistics = functions.flatMap((name, index) => (name === atom('statistics') ? [args[index]] : []));
    assert.deepEqual(statistics, [
      [atom('total_active_tasks_all')],
      [atom('total_run_queue_lengths_all')],
      [atom('io')],
    ]);
  });

  test('compares the connections of a TypeScript node with those of the entry', () => {
    const info = new TermMap([
      [atom('peers'), names('a@h', 'x@h')],
      [atom('uptime_ms'), 1234],
      [atom('memory'), new TermMap([[atom('total'), 99]])],
      [
        atom('event_loop'),
        new TermMap([
          [atom('active_ms'), 20],
          [atom('idle_ms'), 80],
        ]),
      ],
    ]);
    const others = ['a@h', 'b@h', 't@h'];
    assert.deepEqual(readTypescriptVitals(info, { name: 't@h', others, maxNames: 10 }), {
      vitals: { uptimeMs: 1234, memoryBytes: 99, eventLoop: { activeMs: 20, idleMs: 80 } },
      peers: { visible: ['x@h'], hidden: [], missing: ['b@h'] },
    });
    const nothing = readTypescriptVitals(7, { name: 't@h', others, maxNames: 10 });
    assert.deepEqual(nothing, { vitals: {}, peers: { visible: [], hidden: [], missing: [] } });
  });
});

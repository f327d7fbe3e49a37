import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atom, type Term, tuple } from '@convoy/node/etf';
import { readApplications, readTree } from '../../../src/inspect/trees/read-tree.ts';
import { hostileTerms, node, ok, pid } from '../hostile-terms.ts';

const text = (value: string): Term => new TextEncoder().encode(value);
const options = { node, application: 'shop', depth: 20 };
const worker = (id: number): Term =>
  tuple(pid(id), text('cart'), [], tuple(atom('shop_cart'), atom('init'), 1), 500, 0, atom('worker'));

function supervisor(how: string, count: Term, children: Term): Term {
  const call = tuple(atom('supervisor'), atom('shop_sup'), 1);
  const kind = tuple(atom('supervisor'), atom(how), count, children);
  return tuple(pid(1), undefined, atom('shop_sup'), call, 900, 2, kind);
}

describe('supervision trees', () => {
  test('read as supervisors with their children', () => {
    const gone = tuple(undefined, text('lost'), [], undefined, 0, 0, atom('gone'));
    const tree = readTree(supervisor('asked', 2, [worker(2), gone]), options);
    assert.deepEqual(tree, {
      pid: '<0.1.0>',
      name: 'shop_sup',
      initialCall: 'supervisor:shop_sup/1',
      memoryBytes: 900,
      messageQueueLength: 2,
      source: 'asked',
      childCount: 2,
      kind: 'supervisor',
      children: [
        {
          pid: '<0.2.0>',
          id: 'cart',
          initialCall: 'shop_cart:init/1',
          memoryBytes: 500,
          messageQueueLength: 0,
          kind: 'worker',
          children: [],
        },
        { id: 'lost', kind: 'not-running', children: [] },
      ],
    });
  });

  test('say that an application is not there', () => {
    for (const word of ['not_started', 'no_processes']) {
      const answer = readTree(atom(word), options);
      assert.ok(answer !== undefined && 'message' in answer && answer.kind === 'gone');
    }
  });

  test('every part may be anything, and no tree is deeper than was asked for', () => {
    for (const term of hostileTerms) {
      assert.doesNotThrow(() => readTree(term, options));
      assert.doesNotThrow(() => readTree(supervisor('asked', term, term), options));
      assert.doesNotThrow(() => readTree(supervisor('other', 1, [term, worker(1)]), options));
      assert.doesNotThrow(() => readApplications(term, node));
      assert.doesNotThrow(() => readApplications([term, tuple(atom('a'), term, term, term)], node));
    }
    let deep = worker(1);
    for (let level = 0; level < 10_000; level += 1) deep = supervisor('asked', 1, [deep]);
    assert.ok(JSON.stringify(readTree(deep, { ...options, depth: 3 })).length < 2000);
  });

  test('applications have a root if they have processes, or the reason why it is not known', () => {
    const refused = tuple(atom('failed'), text('noproc'));
    const applications = readApplications(
      [
        tuple(atom('shop'), [49], text('"A shop"'), ok(pid(7))),
        tuple(atom('stdlib'), [49], text('"Library"'), ok(undefined)),
        tuple(atom('odd'), [49], text('odd'), refused),
      ],
      node,
    );
    assert.deepEqual(
      applications?.map(({ name, root, description, problem }) => [name, root, description, problem?.kind]),
      [
        ['odd', undefined, 'odd', 'failed'],
        ['shop', '<0.7.0>', 'A shop', undefined],
        ['stdlib', undefined, 'Library', undefined],
      ],
    );
  });
});

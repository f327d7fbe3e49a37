import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atom, type Term, tuple } from '@convoy/node/etf';
import { createInspector } from '../../../src/inspect/inspector.ts';
import { readModule } from '../../../src/inspect/modules/read-module.ts';
import { readModules } from '../../../src/inspect/modules/read-modules.ts';
import { isProblem } from '../../../src/inspect/read/answer.ts';
import { hostileTerms, node, ok, pairs, pid } from '../hostile-terms.ts';

const text = (value: string): Term => new TextEncoder().encode(value);
const md5 = new Uint8Array(16).fill(0xab);
const hex = 'ab'.repeat(16);

describe('loaded modules', () => {
  test('have a path or an origin, a sum and a version', () => {
    const rows = [
      tuple(atom('shop'), text('/app/shop.beam'), md5, text('[1]'), true),
      tuple(atom('erlang'), atom('preloaded'), md5, undefined, false),
    ];
    assert.deepEqual(readModules(tuple(90, 1, 2, rows), { limit: 10 }), {
      total: 90,
      withOldCode: 1,
      matching: 2,
      rows: [
        { module: 'shop', path: '/app/shop.beam', md5: hex, vsn: '[1]', hasOldCode: true },
        { module: 'erlang', origin: 'preloaded', md5: hex, hasOldCode: false },
      ],
    });
  });

  test('every part may be anything', () => {
    for (const term of hostileTerms) {
      assert.doesNotThrow(() => readModules(term, { limit: 10 }));
      const rows = [
        term,
        tuple(atom('m'), term, term, term, term),
        tuple(term, atom('preloaded'), md5, term, true),
      ];
      const list = readModules(tuple(1, 1, 1, rows), { limit: 2 });
      assert.ok((list?.rows.length ?? 0) <= 2 && JSON.stringify(list).length < 10_000);
    }
  });
});

const parts = {
  module: atom('shop'),
  file: text('/app/shop.beam'),
  md5,
  vsn: text('[1]'),
  exports: tuple(2, [tuple(atom('map'), 2), tuple(atom('map'), 3)]),
  attributes: [tuple(atom('author'), text('[anna]'))],
  compile: [tuple(atom('version'), text('"8.2"'))],
  old: true,
  runners: tuple(100, 90, 3, 1, [tuple(pid(85), atom('cart'))]),
  docs: ok(
    tuple(atom('ok'), [
      tuple(atom('function'), atom('map'), 2, [text('map(list, fun)')], text('Maps.\n\nIt does.')),
    ]),
  ),
};
const read = (changes: Readonly<Record<string, Term>> = {}): ReturnType<typeof readModule> =>
  readModule(pairs({ ...parts, ...changes }), { node, module: 'shop' });

describe('one module', () => {
  test('has exports, attributes, who runs its old code, and documentation with its line breaks', () => {
    assert.deepEqual(read(), {
      module: 'shop',
      path: '/app/shop.beam',
      md5: hex,
      vsn: '[1]',
      hasOldCode: true,
      exports: { count: 2, items: ['map/2', 'map/3'] },
      attributes: [{ name: 'author', value: '[anna]' }],
      compileInfo: [{ name: 'version', value: '"8.2"' }],
      oldCodeUse: {
        total: 100,
        asked: 90,
        unknown: 3,
        count: 1,
        processes: [{ pid: '<0.85.0>', node, name: 'cart' }],
      },
      docs: [
        { kind: 'function', function: 'map/2', signature: ['map(list, fun)'], text: 'Maps.\n\nIt does.' },
      ],
    });
  });

  test('what was not asked for is missing, and documentation that is not there says so', () => {
    const plain = read({ runners: atom('unasked'), docs: atom('unasked') });
    assert.ok(plain !== undefined && 'exports' in plain);
    assert.deepEqual([plain.oldCodeUse, plain.docs], [undefined, undefined]);
    const stripped = read({ docs: ok(tuple(atom('missing'), text('missing'))) });
    assert.ok(stripped !== undefined && 'exports' in stripped && isProblem(stripped.docs));
    assert.equal(stripped.docs.problem.kind, 'unsupported');
    const gone = readModule(atom('gone'), { node, module: 'shop' });
    assert.ok(gone !== undefined && 'kind' in gone && gone.kind === 'gone');
  });

  test('every part may be anything', () => {
    for (const term of hostileTerms) {
      assert.doesNotThrow(() => readModule(term, { node, module: 'shop' }));
      for (const part of Object.keys(parts)) {
        for (const value of [
          term,
          [term],
          tuple(1, [term]),
          tuple(1, 1, 1, 1, [term]),
          ok(term),
          ok(ok([term])),
        ]) {
          assert.ok((JSON.stringify(read({ [part]: value })) ?? '').length < 200_000);
        }
      }
    }
  });

  test('what cannot be asked is refused before any node is asked', async () => {
    const inspector = createInspector({ ask: () => Promise.reject(new Error('nobody is asked')) });
    const wrong = { code: 'INSPECT_BAD_OPTION' };
    await assert.rejects(inspector.module(node, 'shop', { doc: '' }), wrong);
    await assert.rejects(inspector.module(node, ''), wrong);
    await assert.rejects(inspector.module(node, 'shop', { oldCodeProcesses: -1 }), wrong);
    await assert.rejects(inspector.modules(node, { limit: 2001 }), wrong);
    await assert.rejects(inspector.compareCode([]), wrong);
    await assert.rejects(
      inspector.compareCode(Array.from({ length: 101 }, (_, index) => `n${index}@h`)),
      wrong,
    );
  });
});

/** Ports, names, groups, modules, Mnesia and code, as text for people. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { codeText } from '../../../src/commands/inspect/parts/code.ts';
import { groupsText } from '../../../src/commands/inspect/parts/groups.ts';
import { mnesiaText } from '../../../src/commands/inspect/parts/mnesia.ts';
import { moduleText } from '../../../src/commands/inspect/parts/module-text.ts';
import { moduleTable } from '../../../src/commands/inspect/parts/modules.ts';
import { namesText } from '../../../src/commands/inspect/parts/names.ts';
import { portTable } from '../../../src/commands/inspect/parts/ports.ts';

const lines = (text: string): string[] => text.split('\n');

describe('lists of parts of a node as text', () => {
  test('ports have their ends and their owner', () => {
    const row = {
      kind: 'port',
      id: '#Port<0.5>',
      name: 'tcp_inet',
      owner: '<0.85.0>',
      ownerName: 'web',
    } as const;
    const rows = [
      { ...row, local: { host: '::1', port: 4000 }, queueBytes: 2048 },
      { ...row, kind: 'socket', id: '#Socket<0.1.2.3>', local: { host: '/run/shop.sock' } } as const,
    ];
    const [, first, second, summary] = lines(portTable({ total: 9, seen: 9, matching: 2, rows }, undefined));
    assert.match(first ?? '', /^#Port<0\.5> +tcp_inet +web +<0\.85\.0> +\[::1\]:4000 .* 2\.0 KB$/);
    assert.match(second ?? '', /\/run\/shop\.sock/);
    assert.equal(summary, '2 of 2 that match, 9 ports and sockets');
  });

  test('names say whether those of global are known, groups show members by node', () => {
    const process = { pid: '<0.85.0>', node: 'a@h' };
    const registered = { total: 40, matching: 1, rows: [{ name: 'shop', process }] };
    const problem = { kind: 'failed', message: 'a@h refused it.' } as const;
    assert.deepEqual(lines(namesText({ registered, global: { problem } }, undefined)).slice(1), [
      'local  shop  <0.85.0>         a@h',
      '1 of 1 that match, 40 registered names',
      'global: a@h refused it.',
    ]);
    const group = { group: 'carts', count: 3, members: [process, { pid: '<0.9.0>', node: 'b@h' }] };
    const text = groupsText([{ scope: 'pg', total: 1, matching: 1, groups: [group] }], undefined);
    assert.match(
      text,
      /\npg +carts +3 +a@h: <0\.85\.0>, b@h: <0\.9\.0>, and 1 more\n1 of 1 groups of the scope pg$/,
    );
    assert.match(groupsText([], undefined), /not started/);
  });

  test('Mnesia tables have their copies', () => {
    const copies = { ram: ['a@h'], disc: [], discOnly: ['b@h'] };
    const table = { table: 'orders', type: 'set', storage: 'ram', size: 7, bytes: 2048, copies } as const;
    const text = mnesiaText(
      {
        status: 'yes',
        nodes: ['a@h', 'b@h'],
        runningNodes: ['a@h'],
        transactions: {},
        total: 1,
        tables: [{ ...table, attributes: ['id'], isLocalContent: false }],
      },
      undefined,
    );
    assert.match(
      text,
      /\norders +set +ram +7 +2\.0 KB +ram: a@h, disc only: b@h\n1 of 1 tables, running on 1 of 2 nodes$/,
    );
  });
});

describe('modules as text', () => {
  const row = { module: 'cart', path: '/app/cart.beam', md5: 'ab'.repeat(16), vsn: '[1]', hasOldCode: true };

  test('a list says which have old code', () => {
    const text = moduleTable({ total: 90, withOldCode: 1, matching: 90, rows: [row] }, undefined);
    assert.match(
      text,
      /\ncart +old code +abababababab +\[1\] +\/app\/cart\.beam\n1 of 90 modules, 1 with old code$/,
    );
  });

  test('one has its exports, who runs its old code, and documentation', () => {
    const details = {
      ...row,
      exports: { count: 3, items: ['price/0', 'wait/0'] },
      attributes: [{ name: 'author', value: '[anna]' }],
      compileInfo: [],
    };
    const plain = lines(moduleText(details));
    assert.ok(plain.includes('old code   yes; --old shows the processes that run it'));
    assert.ok(plain.includes('exports    price/0 wait/0 and 1 more') && plain.includes('author     [anna]'));
    const oldCodeUse = {
      ...{ total: 100, asked: 90, unknown: 2, count: 1 },
      processes: [{ pid: '<0.85.0>', node: 'a@h', name: 'till' }],
    };
    const docs = [
      { kind: 'function', function: 'price/0', signature: ['price()'], text: 'The price.\n\nIt is 7.' },
    ] as const;
    const text = moduleText({ ...details, oldCodeUse, docs });
    assert.match(text, /old code {3}1 of 90 processes run it, 2 did not say: till <0\.85\.0>/);
    assert.ok(text.endsWith('\n\nprice()\n\nThe price.\n\nIt is 7.'));
    assert.match(moduleText({ ...details, docs: [] }), /no such function/);
  });

  test('the code of a cluster names the nodes of each group', () => {
    const nodes = ['a@h', 'b@h', 'c@h'].map((node) => ({ node, modules: 9, fingerprint: '' }));
    const groups = [
      { md5: 'ab'.repeat(16), nodes: ['a@h', 'b@h'] },
      { md5: 'cd'.repeat(16), nodes: ['c@h'] },
    ];
    const problems = { 'd@h': { kind: 'slow', message: 'd@h did not answer within 5 s.' } } as const;
    const code = { total: 4, nodes, differing: 1, modules: [{ module: 'cart', groups }], problems };
    assert.deepEqual(lines(codeText('prod', code)), [
      'cart',
      '  abababababab  a@h, b@h',
      '  cdcdcdcdcdcd  c@h',
      'd@h: d@h did not answer within 5 s.',
      '1 module differs on 3 of 4 nodes of prod',
    ]);
    assert.equal(
      codeText('prod', { ...code, differing: 0, modules: [], problems: {} }),
      'no different code on 3 of 4 nodes of prod',
    );
  });
});

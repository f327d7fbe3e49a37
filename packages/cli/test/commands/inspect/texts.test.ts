/** What nodes tell about their insides, as text for people. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gcText } from '../../../src/commands/inspect/gc.ts';
import { overviewText } from '../../../src/commands/inspect/overview-text.ts';
import { pidOf } from '../../../src/commands/inspect/pid-argument.ts';
import { processTable } from '../../../src/commands/inspect/process-table.ts';
import { processText } from '../../../src/commands/inspect/process-text.ts';
import { treeText } from '../../../src/commands/inspect/tree-text.ts';

describe('a supervision tree as text', () => {
  test('has a process per line, and says how children are known and how many are missing', () => {
    const leaf = { pid: '<0.3.0>', id: 'till', kind: 'worker', children: [] } as const;
    const tree = {
      pid: '<0.1.0>',
      name: 'shop_sup',
      kind: 'supervisor',
      source: 'asked',
      childCount: 3,
      children: [
        {
          pid: '<0.2.0>',
          name: 'carts',
          initialCall: 'supervisor:carts/1',
          kind: 'supervisor',
          source: 'huge',
          childCount: 50_000,
          memoryBytes: 2_000_000,
          messageQueueLength: 7,
          children: [{ ...leaf, id: 'cart' }],
        },
        leaf,
        { id: 'printer', kind: 'not-running', children: [] },
      ],
    } as const;
    assert.deepEqual(treeText(tree, undefined).split('\n'), [
      'shop_sup  <0.1.0>  supervisor',
      '├─ carts  <0.2.0>  supervisor  supervisor:carts/1  1.9 MB  7 waiting  (has too many children: some of its links)',
      '│  ├─ cart  <0.3.0>',
      '│  └─ and 49,999 more',
      '├─ till  <0.3.0>',
      '└─ printer  not running',
    ]);
    for (const line of treeText(tree, 40).split('\n')) assert.ok(Array.from(line).length <= 40, line);
  });
});

describe('processes as text', () => {
  const row = {
    pid: '<0.85.0>',
    name: 'shop_cache',
    label: '{cache,7}',
    memoryBytes: 2_000_000,
    reductions: 5_000_000,
    messageQueueLength: 12,
    currentFunction: 'gen_server:loop/7',
  };

  test('have the numbers that they were sorted by, and how many there are besides', () => {
    const list = {
      total: 120_000,
      seen: 100_000,
      matching: 300,
      rows: [{ ...row, reductionsPerSecond: 1500 }],
    };
    const lines = processTable(list, 'reductions', undefined).split('\n');
    assert.match(lines[0] ?? '', /^PID +NAME OR CALL +RED\/S +MEMORY +QUEUE +CURRENT FUNCTION$/);
    assert.match(
      lines[1] ?? '',
      /^<0\.85\.0> +shop_cache \{cache,7\} +1,500 +1\.9 MB +12 +gen_server:loop\/7$/,
    );
    assert.equal(
      lines[2],
      '1 of 300 that match, 120,000 processes, of which the first 100,000 were looked at',
    );
    const all = { total: 50, seen: 50, matching: 50, rows: [row] };
    const [head, , summary] = processTable(all, 'memory', undefined).split('\n');
    assert.match(head ?? '', /REDUCTIONS/);
    assert.equal(summary, '1 of 50 processes');
  });

  test('one of them has each part under its name, and the reason where there is none', () => {
    const problem = { kind: 'too-large', message: 'The queue has 1000000 messages.' } as const;
    const none = { count: 0, items: [] };
    const text = processText({
      ...row,
      ancestors: ['shop_sup', '<0.1.0>'],
      callers: [],
      links: { count: 300, items: ['<0.1.0>', '#Port<0.5>'] },
      monitors: none,
      monitoredBy: none,
      stack: [{ function: 'gen_server:loop/7', file: 'gen_server.erl', line: 437 }],
      dictionary: { count: 1, items: [{ key: "'$ancestors'", value: '[shop_sup]' }] },
      messages: { problem },
      state: '#{size => 7}',
    });
    for (const part of [
      /^<0\.85\.0> {2}shop_cache/,
      /^queue {10}12 messages$/m,
      /^ancestors {6}shop_sup <0\.1\.0>$/m,
      /^links {10}<0\.1\.0> #Port<0\.5> and 298 more$/m,
      /^stack\n {2}gen_server:loop\/7 \(gen_server\.erl:437\)$/m,
      /^dictionary\n {2}'\$ancestors': \[shop_sup\]$/m,
      /^messages {7}The queue has 1000000 messages\.$/m,
      /^state\n {2}#\{size => 7\}$/m,
    ])
      assert.match(text, part);
  });

  test('what a garbage collection freed, or that it could not', () => {
    const said = (outcome: Parameters<typeof gcText>[1]) => gcText('<0.85.0> (till) on app@h', outcome);
    assert.equal(
      said({ wasAlive: true, memoryBefore: 5_000_000, memoryAfter: 3000 }),
      '<0.85.0> (till) on app@h has collected its garbage: 4.8 MB before, 2.9 KB after',
    );
    assert.equal(said({ wasAlive: true }), '<0.85.0> (till) on app@h has collected its garbage');
    assert.equal(said({ wasAlive: false }), '<0.85.0> (till) on app@h had ended already');
  });

  test('a pid may be written without its brackets, and nothing else is one', () => {
    assert.deepEqual(['<0.85.0>', '0.85.0'].map(pidOf), ['<0.85.0>', '<0.85.0>']);
    for (const wrong of ['85', '<1.85.0>', 'shop', '0.85', '<0.85.0>;'])
      assert.throws(() => pidOf(wrong), { code: 'CLI_BAD_OPTION' }, wrong);
  });
});

describe('the overview as text', () => {
  test('has memory, load and counts with their limits, and leaves out what a node does not have', () => {
    const usage = { count: 12, limit: 65_536 };
    const overview = {
      kind: 'erlang',
      uptimeMs: 200_000_000,
      memory: { total: 536_870_912, processes: 104_857_600, binary: 1024 },
      processes: { count: 100_000, limit: 1_048_576 },
      ports: usage,
      atoms: {},
      tables: { count: 30 },
      schedulers: { online: 8, use: { average: 0.125, each: [], dirtyCpu: [] } },
      runQueues: { total: 3, each: [] },
      io: { inBytes: 2048, outBytes: 4096 },
      versions: { otp: '27', elixir: '1.18.4' },
      applications: [],
      problems: {},
    } as const;
    assert.deepEqual(overviewText('app@10.0.0.5', overview).split('\n'), [
      'app@10.0.0.5  OTP 27  Elixir 1.18.4  up 2 d 7 h',
      'memory     512 MB (processes 100 MB, binaries 1.0 KB)',
      'load       13 % of 8 schedulers, 3 waiting',
      'counts     processes 100,000 of 1,048,576, ports 12 of 65,536, ETS tables 30',
      'I/O        2.0 KB in, 4.0 KB out since the start',
    ]);
  });
});

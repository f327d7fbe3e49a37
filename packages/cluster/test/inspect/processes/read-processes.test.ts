import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atom, type Term, tuple } from '@convoy/node/etf';
import { createInspector } from '../../../src/inspect/inspector.ts';
import { readDetails } from '../../../src/inspect/processes/read-details.ts';
import { readProcessList } from '../../../src/inspect/processes/read-list.ts';
import { isProblem } from '../../../src/inspect/read/answer.ts';
import { hostileTerms, node, pairs, pid } from '../hostile-terms.ts';

const text = (value: string): Term => new TextEncoder().encode(value);
const options = { node, limit: 10, isRate: true };

const items = {
  registered_name: atom('shop'),
  initial_call: tuple(atom('proc_lib'), atom('init_p'), 5),
  current_function: tuple(atom('gen_server'), atom('loop'), 7),
  status: atom('waiting'),
  memory: 2000,
  reductions: 77,
  message_queue_len: 3,
};
const call = tuple(atom('Elixir.Shop.Cart'), atom('init'), 1);

describe('the list of processes', () => {
  test('reads an answer', () => {
    const row = tuple(pid(85), 500, pairs(items), call, text('"cart 7"'));
    assert.deepEqual(readProcessList(tuple(100, 90, 80, [row]), options), {
      total: 100,
      seen: 90,
      matching: 80,
      rows: [
        {
          pid: '<0.85.0>',
          name: 'shop',
          currentFunction: 'gen_server:loop/7',
          status: 'waiting',
          memoryBytes: 2000,
          reductions: 77,
          messageQueueLength: 3,
          initialCall: 'Elixir.Shop.Cart:init/1',
          label: '"cart 7"',
          reductionsPerSecond: 500,
        },
      ],
    });
  });

  test('a process without a name has none, and one that proc_lib does not know its first function', () => {
    const row = tuple(pid(1), 1, pairs({ ...items, registered_name: [] }), atom('undefined'), undefined);
    const [read] = readProcessList(tuple(1, 1, 1, [row]), { ...options, isRate: false })?.rows ?? [];
    assert.deepEqual(
      [read?.name, read?.initialCall, read?.label, read?.reductionsPerSecond],
      [undefined, 'proc_lib:init_p/5', undefined, undefined],
    );
  });

  test('every part may be anything, and there are no more rows than were asked for', () => {
    for (const term of hostileTerms) {
      assert.doesNotThrow(() => readProcessList(term, options));
      const row = tuple(pid(1), term, term, term, term);
      const list = readProcessList(
        tuple(
          1,
          1,
          1,
          Array.from({ length: 50 }, () => row),
        ),
        options,
      );
      assert.equal(list?.rows.length, 10);
      assert.ok(JSON.stringify(list).length < 20_000);
      const wrong = tuple(
        pid(1),
        1,
        pairs(Object.fromEntries(Object.keys(items).map((name) => [name, term]))),
      );
      assert.equal(readProcessList(tuple(1, 1, 1, [term, wrong]), options)?.rows.length, 1);
    }
  });
});

const parts = {
  info: pairs(items),
  call,
  links: tuple(2, [pid(1), pid(2)]),
  monitors: tuple(1, [tuple(atom('process'), tuple(atom('shop'), atom('b@h')))]),
  monitored_by: tuple(0, []),
  ancestors: [atom('kernel_sup'), pid(9)],
  stack: [tuple(atom('gen_server'), atom('loop'), 7, [103, 46, 101], 12)],
  dictionary: tuple(1, [tuple(text('key'), text('value'))]),
  messages: tuple(3, [text('{one}')]),
  state: tuple(atom('ok'), text('#{}')),
};
const read = (changes: Readonly<Record<string, Term>> = {}): ReturnType<typeof readDetails> =>
  readDetails(pairs({ ...parts, ...changes }), { node, pid: '<0.85.0>' });

describe('one process', () => {
  test('reads an answer', () => {
    const details = read();
    assert.ok(details !== undefined && 'links' in details);
    assert.deepEqual(details.links, { count: 2, items: ['<0.1.0>', '<0.2.0>'] });
    assert.deepEqual(details.monitors.items, ['{shop,b@h}']);
    assert.deepEqual(details.ancestors, ['kernel_sup', '<0.9.0>']);
    assert.deepEqual(details.stack, [{ function: 'gen_server:loop/7', file: 'g.e', line: 12 }]);
    assert.deepEqual(details.dictionary, { count: 1, items: [{ key: 'key', value: 'value' }] });
    assert.deepEqual(details.messages, { count: 3, items: ['{one}'] });
    assert.equal(details.state, '#{}');
  });

  test('what would copy too much is left out, and says so', () => {
    const details = read({
      messages: tuple(atom('long'), 1_000_000),
      dictionary: tuple(atom('large'), 99_000_000),
      state: atom('not_otp'),
    });
    assert.ok(details !== undefined && 'links' in details);
    assert.ok(isProblem(details.messages) && /1000000 messages/.test(details.messages.problem.message));
    assert.ok(isProblem(details.dictionary) && isProblem(details.state));
    assert.equal(details.state.problem.kind, 'unsupported');
    const slow = read({ state: atom('slow') });
    assert.ok(slow !== undefined && 'links' in slow && isProblem(slow.state));
    assert.equal(slow.state.problem.kind, 'slow');
  });

  test('one that has ended is gone', () => {
    const gone = readDetails(atom('gone'), { node, pid: '<0.85.0>' });
    assert.ok(gone !== undefined && 'kind' in gone && gone.kind === 'gone');
  });

  test('every part may be anything', () => {
    for (const term of hostileTerms) {
      assert.doesNotThrow(() => readDetails(term, { node, pid: '<0.1.0>' }));
      for (const part of Object.keys(parts)) {
        for (const value of [term, tuple(1, [term]), tuple(atom('ok'), term), [term]]) {
          const details = read({ [part]: value });
          assert.ok((JSON.stringify(details) ?? '').length < 200_000);
        }
      }
    }
  });
});

describe('what is asked of processes', () => {
  const inspector = createInspector({ ask: () => Promise.reject(new Error('nobody is asked')) });

  test('is checked before any node is asked', async () => {
    const wrong = { code: 'INSPECT_BAD_OPTION' };
    await assert.rejects(inspector.processes(node, { limit: 0 }), wrong);
    await assert.rejects(inspector.processes(node, { limit: 501 }), wrong);
    await assert.rejects(inspector.processes(node, { sort: 'name' as 'memory' }), wrong);
    await assert.rejects(inspector.processes(node, { filter: '' }), wrong);
    await assert.rejects(inspector.processes(node, { windowMs: 0.5 }), wrong);
    for (const text of ['shop', '<1.2.3>', '<0.1.0>x', `<0.${'1'.repeat(20)}.0>`]) {
      await assert.rejects(inspector.process(node, text), wrong);
    }
    await assert.rejects(inspector.process(node, '<0.1.0>', { timeoutMs: 0 }), wrong);
  });
});

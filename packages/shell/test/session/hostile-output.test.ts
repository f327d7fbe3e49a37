/** The worst that a node can print: nothing costs more than a bounded work at once. Work is counted, not timed. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attack } from '../../../../test/support/attack.ts';
import { eventually } from '../../../../test/support/eventually.ts';
import { someOf } from '../../../../test/support/extent.ts';
import { OutputFilter, sanitizeText } from '../../src/sanitize.ts';
import { cleanMatch } from '../../src/line-editor/completion.ts';
import { typedUnits } from '../../src/session/frame.ts';
import { OutputQueue } from '../../src/session/output-queue.ts';
import { cutOutput, maxPieceWork } from '../../src/session/output-work.ts';
import { CountingTerminal } from '../support/counting-terminal.ts';

const size = { columns: 40, rows: 12 };
const worst = 64 * 1024;
const escape = '\u001b';

/** 64 KiB of one thing over and over, behind text that fills the screen and some of what is above it. */
function worstOf(unit: string): string {
  return unit.repeat(Math.ceil(worst / unit.length)).slice(0, worst);
}

const range = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => String.fromCharCode(first + index));

/** The most work of one write, and how many there are, for a terminal that shows `output` of a node. */
async function draw(output: string): Promise<{ most: number; writes: number; work: number }> {
  const terminal = new CountingTerminal(size);
  await terminal.draw('日本 text\r\n'.repeat(100));
  let most = 0;
  let work = 0;
  const pieces = cutOutput(new OutputFilter(() => size).filter(output), size);
  for (const { data } of pieces) {
    const done = await terminal.draw(data);
    most = Math.max(most, done);
    work += done;
  }
  terminal.dispose();
  return { most, writes: pieces.length, work };
}

/** What is counted in the terminal includes what it does around a cell, e.g. the blank line behind one that scrolls out. */
const bound = 1.5 * maxPieceWork;

describe('the worst 64 KiB that a node can print', () => {
  attack(
    'Node output',
    'no control sequence costs a terminal more than a bounded work at once, whatever its numbers',
    async () => {
      const finals = someOf(range(0x40, 0x7e), 8);
      for (const final of finals) {
        for (const parameters of ['', '9999;99999999999']) {
          const { most } = await draw(worstOf(`${escape}[${parameters}${final}`));
          assert.ok(most <= bound, `CSI ${parameters} ${final}: ${most}`);
        }
      }
    },
  );

  attack('Node output', 'the same with private marks, sub-parameters and eight-bit introducers', async () => {
    for (const final of someOf(['S', 'T', 'L', 'M', 'Z', 'b', 'J', '@'], 2)) {
      for (const start of ['\u009b', `${escape}[?`, `${escape}[>`, `${escape}[1:`, `${escape}[00000000`]) {
        const { most } = await draw(worstOf(`${start}9999${final}`));
        assert.ok(most <= bound, `${JSON.stringify(start)} ${final}: ${most}`);
      }
    }
  });

  attack('Node output', 'no other character or escape sequence does either', async () => {
    const links = `${escape}]8;;http://a.b${escape}\\x`;
    const units = [
      ...someOf(range(0x00, 0x1f), 6),
      ...someOf(range(0x80, 0x9f), 6),
      ...someOf(range(0x30, 0x7e), 6).map((letter) => escape + letter),
      'x',
      '日',
      '👍',
      'e\u0301',
      '\u0301',
      links,
      `${links}\n`,
      `x${escape}[9999b`,
      `${escape}[1;2;3;4;5;6;7;8;9;10m`,
      `${escape}[H${escape}[2J`,
      `\n${escape}[A${escape}[9999L`,
    ];
    for (const unit of units) {
      const { most } = await draw(worstOf(unit));
      assert.ok(most <= bound, `${JSON.stringify(unit)}: ${most}`);
    }
  });

  it('is what was measured: scrolling by 9,999 lines costs as much as by a screen', async () => {
    const [clamped, screen] = [await draw(`${escape}[9999S`), await draw(`${escape}[${size.rows}S`)];
    assert.equal(clamped.work, screen.work + 0);
    assert.ok(clamped.work < 2000);
  });

  it('costs nothing that is not asked for: a page of lines is one write', async () => {
    assert.equal((await draw('a line of text\r\n'.repeat(50))).writes, 1);
  });
});

describe('the filter of output', () => {
  const filtered = (text: string): string => new OutputFilter(() => size).filter(text);

  attack('Node output', 'counts in control sequences are clamped to the screen', () => {
    assert.equal(
      filtered(`${escape}[9999S${escape}[9999;9999H${escape}[0099C`),
      `${escape}[12S${escape}[12;40H${escape}[40C`,
    );
    assert.equal(filtered(`a${escape}[1:9999Sb${escape}[9999bc`), 'abc');
    assert.equal(
      filtered(`${escape}[;5H${escape}[H${escape}[2J${escape}[38;2;250;100;12m`),
      `${escape}[;5H${escape}[H${escape}[2J${escape}[38;2;250;100;12m`,
    );
  });

  attack(
    'Node output',
    'bidirectional control characters are made visible in output, prompts and typed input',
    () => {
      assert.equal(filtered('a\u202eb\u2066c שלום'), 'a<U+202E>b<U+2066>c שלום');
      assert.equal(sanitizeText('\u202e> '), '<U+202E>> ');
      assert.equal(cleanMatch('ma\u202ep/2'), 'ma<U+202E>p/2');
      const typed = typedUnits('a\u202eb').map(({ text }) => text);
      assert.equal(typed.join(''), 'a<U+202E>b');
    },
  );

  attack('Node output', 'a million accents on one letter are cut off', () => {
    assert.equal(filtered(`e${'\u0301'.repeat(1_000_000)}x`), `e${'\u0301'.repeat(16)}x`);
    const family = '👨‍👩‍👧‍👦';
    assert.equal(filtered(family), family);
  });

  attack('Node output', 'unterminated links, and too many links, are shown as text', () => {
    const link = (text: string): string =>
      `${escape}]8;;http://a.b${escape}\\${text}${escape}]8;;${escape}\\`;
    assert.equal(filtered(link('docs')), link('docs'));
    assert.equal(filtered(link('x'.repeat(300))), link('x'.repeat(256)) + 'x'.repeat(44));
    assert.equal(filtered(`${escape}]8;;http://a.b${escape}\\a\nb`), `${link('a')}\nb`);
    const many = filtered(link('x').repeat(10_000));
    assert.equal(many.split('http').length - 1, 100);
    assert.equal(many.replaceAll(/\u001b\]8;;[^\u001b]*\u001b\\/g, ''), 'x'.repeat(10_000));
  });
});

/** A queue whose screen is ready when the test says so. */
function fixture() {
  const shown: string[] = [];
  const faults: unknown[] = [];
  let gate: PromiseWithResolvers<void> | undefined;
  const queue = new OutputQueue({
    filter: new OutputFilter(() => size),
    size: () => size,
    show: (text) => {
      if (text.includes('fault')) throw new Error(text);
      shown.push(text);
    },
    onFault: (error) => faults.push(error),
    whenReady: () => gate?.promise,
  });
  return {
    queue,
    shown,
    faults,
    hold: () => (gate = Promise.withResolvers<void>()),
    release: () => {
      gate?.resolve();
      gate = undefined;
    },
  };
}
const allOf = (printed: readonly (Promise<void> | undefined)[]): Promise<unknown> =>
  Promise.all(printed.map((one) => Promise.resolve(one)));
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the queue of output', () => {
  it('shows what is printed at once, and what else comes in a turn together in a later one', async () => {
    const { queue, shown } = fixture();
    assert.equal(queue.print('first '), undefined);
    const others = Array.from({ length: 1000 }, (_, index) => queue.print(`${index} `));
    assert.deepEqual(shown, ['first ']);
    await allOf(others);
    assert.deepEqual([shown.length, shown.join('').length], [2, 'first '.length + 3890]);
  });

  it('tells of a fault in a later turn, and lets everything go when it is closed then', async () => {
    const { queue, faults } = fixture();
    void queue.print('first');
    const waiting = queue.print('fault');
    await eventually('the fault', 30_000, () => faults.length > 0);
    queue.close();
    await waiting;
    assert.equal(faults.length, 1);
  });

  it('lets everything go when it is closed', async () => {
    const { queue, shown, hold } = fixture();
    hold();
    const printed = [queue.print('a'), queue.print('b'), queue.print('x'.repeat(10_000_000))];
    queue.close();
    assert.equal(shown.join('').startsWith('ab'), true);
    await allOf(printed.slice(1));
    assert.equal(queue.print('later'), undefined);
  });
});

describe('a flood in the queue of output', () => {
  attack(
    'Node output',
    'each turn draws one slice of bounded cost, and the printing process waits for the screen',
    async () => {
      const { queue, shown, hold, release } = fixture();
      const text = worstOf(`${escape}[9999S`);
      let isDone = false;
      const printing = Promise.resolve(queue.print(text)).then(() => (isDone = true));
      for (let turns = 1; turns <= 5; turns += 1) {
        assert.ok(shown.length <= turns);
        await turn();
      }
      assert.ok(shown.length > 1 && !isDone);
      hold();
      await turn();
      const held = shown.length;
      for (let count = 0; count < 10; count += 1) await turn();
      assert.ok(shown.length <= held + 1, 'nothing is shown to a screen that is not ready');
      release();
      await printing;
      for (const slice of shown) {
        assert.equal(cutOutput(slice, size).length, 1);
      }
    },
  );

  attack(
    'Node output',
    'output of a process that does not wait for replies is dropped beyond a limit',
    async () => {
      const { queue, shown, hold, release } = fixture();
      hold();
      const printed = Array.from({ length: 100 }, () => queue.print('x'.repeat(1024 * 1024)));
      assert.equal(printed.filter((one) => one === undefined).length > 70, true);
      release();
      await allOf(printed);
      await eventually('the end of the output', 30_000, () => shown.at(-1)?.endsWith(']\n') === true);
      assert.ok(shown.join('').endsWith('\n[output omitted]\n'));
      assert.ok(shown.join('').length < 20 * 1024 * 1024);
    },
  );

  attack('Node output', 'Ctrl-C drops the part of a flood that has not been shown yet', async () => {
    const { queue, shown } = fixture();
    const flood = queue.print(worstOf(`${escape}[9999S`));
    queue.discard();
    queue.discard();
    await allOf([flood, queue.print('prompt> ')]);
    assert.equal(shown.slice(1).join(''), '\n[output omitted]\nprompt> ');
    const line = queue.print('of another process\n');
    queue.discard();
    await allOf([line]);
    assert.ok(shown.at(-1)?.endsWith('of another process\n'));
  });
});

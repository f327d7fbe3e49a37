import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attack } from '../../../../test/support/attack.ts';
import { OutputRing } from '../../src/session/output-ring.ts';
import { cutOutput, maxPieceWork } from '../../src/session/output-work.ts';
import { emptyTail, extendTail, visibleTail } from '../../src/session/output-tail.ts';
import { Screen } from '../../src/session/screen.ts';

describe('the output ring', () => {
  it('numbers chunks and gives those after a number', () => {
    const ring = new OutputRing();
    assert.equal(ring.add('a').seq, 1);
    ring.add('b');
    assert.deepEqual(ring.since(1), [{ seq: 2, data: 'b' }]);
    assert.deepEqual(ring.since(2), []);
    assert.equal(ring.since(0)?.length, 2);
    assert.equal(ring.since(3), undefined);
  });

  it('is bounded, and says when something is gone', () => {
    const ring = new OutputRing(1000);
    for (let index = 0; index < 100; index += 1) ring.add('x'.repeat(100));
    assert.equal(ring.since(1), undefined);
    assert.ok((ring.since(95) ?? []).length === 5);
    assert.equal(ring.lastSeq, 100);
  });
});

describe('output in pieces', () => {
  const size = { columns: 80, rows: 24 };
  const cut = (output: string): string[] => cutOutput(output, size).map(({ data }) => data);

  it('is cut where a terminal does not notice', () => {
    const lines = `${'x'.repeat(99)}\n`.repeat(2000);
    const pieces = cut(lines);
    assert.ok(pieces.length > 1 && pieces.every((piece) => piece.length <= 64 * 1024));
    assert.equal(pieces.join(''), lines);
    const coloured = '\u001b[31m👍'.repeat(30_000);
    const parts = cut(coloured);
    assert.ok(parts.every((piece) => piece.isWellFormed() && !/(?:^[[\d]|\u001b|\[\d*)$/.test(piece)));
    assert.equal(parts.join(''), coloured);
    assert.deepEqual(cut('👍'.repeat(100_000)).join(''), '👍'.repeat(100_000));
  });

  it('costs no piece more than a bounded work', () => {
    for (const output of ['\u001b[2J', '\u001b[24S', '\n', 'x', '\u001b[K', '\u001bM']) {
      const pieces = cutOutput(output.repeat(20_000), size);
      assert.equal(pieces.map(({ data }) => data).join(''), output.repeat(20_000));
      assert.ok(pieces.every(({ work }) => work <= maxPieceWork));
    }
  });
});

describe('the unfinished output line', () => {
  const after = (...outputs: string[]): string => visibleTail(outputs.reduce(extendTail, emptyTail));

  it('is what follows the last newline', () => {
    assert.equal(after('one\ntwo'), 'two');
    assert.equal(after('one', ' two'), 'one two');
    assert.equal(after('one\n'), '');
  });

  it('is as the terminal shows it', () => {
    assert.equal(after('10%\r20%'), '20%');
    assert.equal(after('abc\b\bX'), 'aX');
    assert.equal(after('a\tb'), 'a       b');
    assert.equal(after('old\u001b[H\u001b[2Jnew'), 'new');
    assert.equal(after('\u001b[31mred'), '\u001b[31mred');
  });

  it('knows the colours it begins with', () => {
    const tail = ['\u001b[1m\u001b[31mred\nstill', ' red'].reduce(extendTail, emptyTail);
    assert.equal(tail.style, '\u001b[1;31m');
    assert.equal(extendTail(tail, '\u001b[0m\nplain').style, '');
    const styles: [string, string][] = [
      ['\u001b[33m7\u001b[39m', ''],
      ['\u001b[1;4;38;5;200mx\u001b[22m', '\u001b[4;38;5;200m'],
      ['\u001b[38;2;1;2;3;48:2:4:5:6m', '\u001b[38;2;1;2;3;48:2:4:5:6m'],
      ['\u001b[7m\u001b[m', ''],
      ['\u001b[31;0;32m', '\u001b[32m'],
    ];
    for (const [output, style] of styles) assert.equal(extendTail(emptyTail, `${output}\n`).style, style);
  });
});

describe('the screen', () => {
  it('gives a snapshot as far as it has parsed, and says how far', async () => {
    const screen = new Screen({ columns: 20, rows: 5 });
    screen.write({ seq: 1, data: 'one\r\n' });
    await screen.text();
    screen.write({ seq: 2, data: 'two' });
    const snapshot = screen.snapshot();
    assert.equal(snapshot.seq, 1);
    const other = new Screen({ columns: 20, rows: 5 });
    other.write({ seq: 1, data: snapshot.data });
    other.write({ seq: 2, data: 'two' });
    assert.equal(await other.text(), 'one\ntwo');
    await screen.text();
    assert.equal(screen.snapshot(() => false).seq, 2);
  });

  attack(
    'Node output',
    'the snapshot of a colourful screen has a bounded size, and is made once for many viewers',
    async () => {
      const screen = new Screen({ columns: 500, rows: 100 });
      const row = Array.from({ length: 499 }, (_, index) => `\u001b[38;5;${index % 256}mx`).join('');
      for (let seq = 1; seq <= 500; seq += 1) screen.write({ seq, data: `${row}\r\n` });
      await screen.text();
      const { seq, data } = screen.snapshot();
      assert.deepEqual([seq, data.length < 2_000_000], [500, true]);
      assert.equal(screen.snapshot(), screen.snapshot());
      screen.write({ seq: 501, data: 'more' });
      await screen.text();
      assert.equal(screen.snapshot((held) => held > 500).seq, 501);
      screen.resize({ columns: 80, rows: 24 });
      await screen.text();
      assert.equal(screen.snapshot().cols, 80);
    },
  );

  it('makes a fast writer wait', async () => {
    const screen = new Screen({ columns: 80, rows: 5 });
    assert.equal(screen.whenReady(), undefined);
    for (let index = 0; index < 20; index += 1)
      screen.write({ seq: index + 1, data: `${'x'.repeat(79)}\r\n`.repeat(800) });
    const ready = screen.whenReady();
    assert.ok(ready);
    await ready;
    assert.equal(screen.whenReady(), undefined);
  });
});

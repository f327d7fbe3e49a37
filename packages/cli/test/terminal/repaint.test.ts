/** A text that changes, on the kinds of output. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRepaint, type RepaintStream } from '../../src/terminal/repaint.ts';

function recorder(stream: Omit<RepaintStream, 'write'>): { stream: RepaintStream; text: () => string } {
  let text = '';
  return { stream: { ...stream, write: (more) => (text += more) }, text: () => text };
}

test('a file and a dumb terminal get one text below the other', () => {
  for (const [kind, env] of [
    [{}, {}],
    [{ isTTY: true }, { TERM: 'dumb' }],
  ] as const) {
    const { stream, text } = recorder(kind);
    const show = createRepaint(stream, env);
    show('one');
    show('two');
    assert.equal(text(), 'one\n\ntwo\n');
  }
});

test('a terminal is painted over, and shows no more than fits', () => {
  const { stream, text } = recorder({ isTTY: true, rows: 4, columns: 8 });
  const show = createRepaint(stream, {});
  show('a long line\nb\nc\nd\ne');
  show('two');
  assert.equal(
    text(),
    '\u001b[2J\u001b[Ha long l\u001b[K\nb\u001b[K\n(3 more)\u001b[K\n\u001b[J\u001b[Htwo\u001b[K\n\u001b[J',
  );
});

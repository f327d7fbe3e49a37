import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { attack } from '../../../../test/support/attack.ts';
import { bracketPaste, PasteGate } from '../../src/line-editor/paste.ts';

/** What goes through at once, and what after a silence. */
function through(...pieces: string[]): [string, string] {
  const gate = new PasteGate();
  const atOnce = pieces.map((piece) => gate.take(piece)).join('');
  return [atOnce, gate.settle()];
}

describe('the gate of pastes', () => {
  it('lets keys pass at once, the key Escape too', () => {
    assert.deepEqual(through('a', '\u001b', '\u001b[A', 'b\r'), ['a\u001b\u001b[Ab\r', '']);
  });

  it('holds a paste until the terminal is silent', () => {
    assert.deepEqual(through('a\u001b[200~b\r', 'c\u001b[201~\r'), ['a', `${bracketPaste('b\nc')}\r`]);
    assert.deepEqual(through('a\u001b[20', '0~b'), ['a', ''], 'its end is still to come');
  });

  attack(
    'Input',
    'end and start marks in a paste of a real terminal change nothing: all of it is one paste',
    () => {
      const text = 'one\u001b[201~\rhalt().\r\u001b[200~two';
      const expected = bracketPaste('one\nhalt().\ntwo');
      fc.assert(
        fc.property(fc.nat(60), (cut) => {
          const sent = `\u001b[200~${text}\u001b[201~`;
          const [atOnce, later] = through(sent.slice(0, cut), sent.slice(cut));
          // Cut within the first mark, the beginning of it may have gone through as keys.
          if (cut === 1) return;
          assert.deepEqual([atOnce, later], ['', expected]);
        }),
      );
    },
  );

  attack('Input', 'a paste that never ends is held in bounded memory', () => {
    const gate = new PasteGate();
    gate.take('\u001b[200~');
    for (let index = 0; index < 100; index += 1) assert.equal(gate.take('x'.repeat(100_000)), '');
    gate.take('\u001b[201~');
    assert.ok(gate.settle().length < 3 * 1024 * 1024);
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shownKeys } from '../../src/terminal/shown-keys.ts';

test('keys are shown by the signs that stand on them', () => {
  assert.equal(shownKeys('1 + 1\r'), '1 + 1⏎');
  assert.equal(shownKeys('ab\u007f\t\u001b[A\u001bOB\u001b[3~'), 'ab⌫⇥↑↓⌦');
  assert.equal(shownKeys('\u0003\u0001x'), '^C^Ax');
  assert.equal(shownKeys('\u001bb\u001b\r'), 'Alt-bAlt-⏎');
  assert.equal(shownKeys('\u001b[200~a\rb\u001b[201~'), 'a⏎b');
  assert.equal(shownKeys('\u001b[15~\u001b'), '⎋⎋');
  assert.equal(shownKeys('🙂é'), '🙂é');
});

test('nothing shown turns the writing direction or hides', () => {
  assert.equal(shownKeys('a\u202eb\u200b\u0085'), 'a�b��');
});

test('of much that waits the end is shown', () => {
  const shown = shownKeys('x'.repeat(1_000_000) + 'end\r');
  assert.equal(shown.length, 401);
  assert.match(shown, /^…x+end⏎$/);
});

/** Numbered input alone: what is typed, what is a repeat, and what is refused. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attack } from '../../../../test/support/attack.ts';
import { InputLedger } from '../../src/shells/input-ledger.ts';

test('input is taken in order, and what comes twice is taken once', () => {
  const ledger = new InputLedger();
  const socket = {};
  assert.equal(ledger.claim('page', socket), 0);
  assert.deepEqual(
    [1, 2, 2, 1, 3].map((seq) => ledger.take('page', socket, seq)),
    ['next', 'next', 'repeat', 'repeat', 'next'],
  );
  assert.equal(ledger.claim('page', {}), 3);
});

attack('Input', 'a line whose middle was lost is refused from the gap on, and not run without it', () => {
  const ledger = new InputLedger();
  const socket = {};
  ledger.claim('page', socket);
  assert.equal(ledger.take('page', socket, 1), 'next');
  assert.equal(ledger.take('page', socket, 3), 'gap');
  assert.equal(ledger.take('page', socket, 4), 'gap');
  assert.equal(ledger.take('page', socket, 2), 'next');
});

attack(
  'Input',
  'keys that an old connection still delivers after the page came back by another are dropped',
  () => {
    const ledger = new InputLedger();
    const [old, fresh] = [{}, {}];
    ledger.claim('page', old);
    ledger.take('page', old, 1);
    ledger.claim('page', fresh);
    assert.equal(ledger.take('page', old, 2), 'stale');
    assert.equal(ledger.take('page', fresh, 2), 'next');
    assert.equal(ledger.take('other', fresh, 1), 'stale');
  },
);

attack('Input', 'an endless number of pages that attach to a shell is remembered only up to a limit', () => {
  const ledger = new InputLedger();
  const socket = {};
  for (let count = 0; count < 1000; count += 1) {
    ledger.claim(`page-${count}`, socket);
    assert.equal(ledger.take(`page-${count}`, socket, 1), 'next');
    ledger.claim('busy', socket);
  }
  assert.equal(ledger.taken('page-0'), 0);
  assert.equal(ledger.taken('page-999'), 1);
  assert.equal(ledger.take('page-0', socket, 2), 'stale');
  assert.equal(ledger.take('busy', socket, 1), 'next');
});

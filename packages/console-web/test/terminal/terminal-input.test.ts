/** Whose a key is, what is an answer of the terminal, and which pastes are asked about. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attack } from '../../../../test/support/attack.ts';
import {
  cleanPaste,
  clearKeys,
  isReply,
  keyAction,
  linesToConfirm,
} from '../../src/terminal/terminal-input.ts';

const plain = { ctrlKey: false, shiftKey: false, altKey: false, metaKey: false };

test('tells answers of the terminal from keys', () => {
  const replies = [
    '\u001b[?1;2c',
    '\u001b[>0;276;0c',
    '\u001b[?12;40R',
    '\u001b[0n',
    '\u001b[I',
    '\u001b[O',
    '\u001bP1$r0m\u001b\\',
    '\u001b]10;rgb:ff/ff/ff\u0007',
  ];
  for (const reply of replies) assert.equal(isReply(reply), true, JSON.stringify(reply));
  const keys = [
    'a',
    '\r',
    '\u0003',
    '\u001b',
    '\u001b[A',
    '\u001bOA',
    '\u001b[1;5C',
    '\u001b[3~',
    '\u001bb',
    '\u001b[200~paste\u001b[201~',
    '\u001b[Z',
    'é',
    '\u001b[1;2R',
  ];
  for (const key of keys) assert.equal(isReply(key), false, JSON.stringify(key));
});

test('copies with Ctrl-C only when something is selected', () => {
  assert.equal(keyAction({ ...plain, key: 'c', ctrlKey: true }, true), 'copy');
  assert.equal(keyAction({ ...plain, key: 'c', ctrlKey: true }, false), 'shell');
  assert.equal(keyAction({ ...plain, key: 'C', ctrlKey: true, shiftKey: true }, false), 'copy');
});

test('leaves paste and the palette to the page, and everything else to the shell', () => {
  assert.equal(keyAction({ ...plain, key: 'V', ctrlKey: true, shiftKey: true }, false), 'browser');
  assert.equal(keyAction({ ...plain, key: 'v', ctrlKey: true }, false), 'browser');
  assert.equal(keyAction({ ...plain, key: 'F1' }, false), 'browser');
  assert.equal(keyAction({ ...plain, key: 'k', metaKey: true }, false), 'browser');
  assert.equal(keyAction({ ...plain, key: 'F', ctrlKey: true, shiftKey: true }, false), 'search');
  for (const key of ['a', 'd', 'e', 'k', 'l', 'r', 'u', 'w'])
    assert.equal(keyAction({ ...plain, key, ctrlKey: true }, true), 'shell');
  assert.equal(keyAction({ ...plain, key: 'k', ctrlKey: true, altKey: true }, false), 'shell');
});

test('sends the Escape key in a form that starts no other sequence', () => {
  assert.equal(clearKeys('\u001b'), '\u001b[27u');
  assert.equal(clearKeys('\u001b[A'), '\u001b[A');
  assert.equal(clearKeys('\u001bb'), '\u001bb');
});

attack('Input', 'control characters in a paste are left out by the page', () => {
  assert.equal(cleanPaste('a\u001b[201~\r\nb\u0003\tc\u009b201~\rd\u007f'), 'a[201~\nb\tc201~\nd');
});

test('asks before a paste of more than five lines', () => {
  assert.equal(linesToConfirm('1\n2\n3\n4\n5\n'), undefined);
  assert.equal(linesToConfirm('1\r\n2\r\n3\r\n4\r\n5\r\n6'), 6);
  assert.equal(linesToConfirm('1\r2\r3\r4\r5\r6\r7'), 7);
  assert.equal(linesToConfirm(''), undefined);
});

/** Input on its way alone: numbers, repeats after a reconnect, and what is held instead of sent. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputQueue, type NumberedInput } from '../../../src/state/shells/input-queue.ts';

const ctrlC = '\u0003';

function attached(): InputQueue {
  const queue = new InputQueue();
  queue.confirm(0, 0);
  return queue;
}

test('keys go at once while attached, and are numbered', () => {
  const queue = attached();
  assert.deepEqual(queue.type('a', 0), [{ seq: 1, data: 'a', at: 0 }]);
  assert.deepEqual(queue.type('b', 0), [{ seq: 2, data: 'b', at: 0 }]);
  assert.equal(queue.pending, undefined);
});

test('keys typed while away wait, and go after those that may have been lost', () => {
  const queue = attached();
  queue.type('abc', 0);
  queue.confirm(1, 0);
  queue.type('de', 1);
  queue.detach();
  assert.deepEqual(queue.type('f', 2), []);
  assert.deepEqual(queue.type('g', 3), []);
  assert.deepEqual(queue.pending, { text: 'defg', lost: 0 });
  assert.deepEqual(textOf(queue.confirm(1, 4)), 'defg');
  assert.deepEqual(textOf(queue.type('h', 5)), 'h');
  assert.deepEqual(queue.confirm(4, 6), []);
});

test('what the console has taken before the connection was lost is not sent again', () => {
  const queue = attached();
  queue.type('abc', 0);
  queue.detach();
  queue.type('d', 1);
  assert.deepEqual(queue.confirm(1, 2), [{ seq: 2, data: 'd', at: 1 }]);
});

test('keys that waited too long are held until the person decides', () => {
  const queue = attached();
  queue.type('abc', 0);
  queue.detach();
  queue.type('def', 1000);
  assert.deepEqual(queue.confirm(0, 200_000), []);
  assert.deepEqual(queue.pending, { text: 'abcdef', hold: 'late', lost: 0 });
  assert.deepEqual(queue.type('g', 200_001), []);
  assert.deepEqual(queue.sendHeld(200_002), [{ seq: 1, data: 'abcdefg', at: 200_002 }]);
  assert.equal(queue.pending, undefined);
});

test('after held keys were discarded the next ones follow what was taken', () => {
  const queue = attached();
  queue.type('abc', 0);
  queue.detach();
  queue.confirm(0, 200_000);
  queue.discard();
  assert.deepEqual(queue.type('x', 200_001), [{ seq: 1, data: 'x', at: 200_001 }]);
});

test('a console that has forgotten the page gets nothing twice', () => {
  const queue = attached();
  queue.type('abc', 0);
  queue.confirm(1, 0);
  queue.detach();
  queue.type('d', 1);
  assert.deepEqual(queue.confirm(0, 2), []);
  assert.equal(queue.pending?.hold, 'unknown');
  assert.deepEqual(textOf(queue.sendHeld(3)), 'd');
  const idle = attached();
  idle.type('abc', 0);
  idle.confirm(1, 0);
  idle.detach();
  assert.deepEqual(idle.confirm(0, 1), []);
  assert.equal(idle.pending, undefined);
  assert.deepEqual(idle.type('d', 2), [{ seq: 1, data: 'd', at: 2 }]);
});

test('refused input is held, and sent again from where the console is', () => {
  const queue = attached();
  queue.type('a', 0);
  queue.type('b', 0);
  queue.refuse();
  assert.deepEqual(queue.pending, { text: 'ab', hold: 'unknown', lost: 0 });
  assert.deepEqual(queue.confirm(1, 1), []);
  assert.deepEqual(queue.pending, { text: 'b', hold: 'unknown', lost: 0 });
  assert.deepEqual(queue.sendHeld(2), [{ seq: 2, data: 'b', at: 2 }]);
  const taken = attached();
  taken.type('a', 0);
  taken.refuse();
  taken.confirm(1, 1);
  assert.equal(taken.pending, undefined);
  assert.deepEqual(textOf(taken.type('b', 2)), 'b');
});

test('more than is kept is held, counted, and never sent in part', () => {
  const queue = new InputQueue();
  queue.type('x'.repeat(1_000_000), 0);
  queue.type('y'.repeat(100_000), 0);
  queue.type('\r', 0);
  assert.equal(queue.pending?.hold, 'full');
  assert.equal(queue.pending?.lost, 100_000);
  assert.deepEqual(queue.confirm(0, 1), []);
  assert.deepEqual(queue.sendHeld(2), []);
  queue.discard();
  assert.deepEqual(textOf(queue.type('z', 3)), 'z');
});

test('Ctrl-C takes back what has not gone out, and goes itself', () => {
  const queue = attached();
  queue.detach();
  queue.type('1 + 1\r', 0);
  queue.type(ctrlC, 1);
  queue.type('2', 2);
  assert.deepEqual(queue.pending, { text: `${ctrlC}2`, lost: 0 });
  assert.deepEqual(textOf(queue.confirm(0, 3)), `${ctrlC}2`);
  const held = attached();
  held.detach();
  held.type('late', 0);
  held.confirm(0, 200_000);
  assert.deepEqual(textOf(held.type(ctrlC, 200_001)), ctrlC);
  assert.equal(held.pending, undefined);
});

test('another login does not send what was typed before it', () => {
  const queue = attached();
  queue.detach();
  queue.hold('signedOut');
  queue.type('secret', 0);
  assert.deepEqual(queue.pending, { text: 'secret', lost: 0 });
  queue.hold('signedOut');
  assert.deepEqual(queue.confirm(0, 1), []);
  assert.deepEqual(queue.pending, { text: 'secret', hold: 'signedOut', lost: 0 });
});

test('a console that confirms nothing gets few messages', () => {
  const queue = attached();
  let sent = 0;
  for (let count = 0; count < 5000; count += 1) sent += queue.type('k', 0).length;
  assert.equal(sent, 64);
  assert.equal(textOf(queue.confirm(64, 1)).length, 5000 - 64);
});

function textOf(messages: readonly NumberedInput[]): string {
  return messages.map(({ data }) => data).join('');
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Mailbox, noMessage } from '../../src/process/mailbox.ts';

test('gives messages in order of arrival, undefined being one', () => {
  const mailbox = new Mailbox<unknown>();
  mailbox.push(1);
  mailbox.push(undefined);
  assert.equal(mailbox.length, 2);
  assert.deepEqual([mailbox.shift(), mailbox.shift(), mailbox.shift()], [1, undefined, noMessage]);
});

test('takes the first message that matches and keeps the order of the others', () => {
  const mailbox = new Mailbox<number>();
  for (const message of [1, 2, 3, 4]) mailbox.push(message);
  assert.equal(
    mailbox.take((message) => message % 2 === 0),
    2,
  );
  assert.equal(
    mailbox.take((message) => message > 9),
    noMessage,
  );
  assert.deepEqual([mailbox.shift(), mailbox.shift(), mailbox.shift()], [1, 3, 4]);
});

test('keeps order over many more messages than it compacts at', () => {
  const mailbox = new Mailbox<number>();
  let [pushed, taken] = [0, 0];
  for (let round = 0; round < 50; round += 1) {
    for (let count = 0; count < 300; count += 1) mailbox.push(pushed++);
    for (let count = 0; count < 250; count += 1) assert.equal(mailbox.shift(), taken++);
  }
  assert.equal(mailbox.length, pushed - taken);
  while (mailbox.length > 0) assert.equal(mailbox.shift(), taken++);
});

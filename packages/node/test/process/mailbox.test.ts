import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
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
    mailbox.take((message) => message % 2 === 0, { kind: 'even' }),
    2,
  );
  assert.equal(
    mailbox.take((message) => message > 9, { kind: 'large' }),
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

test('looks at what was refused once, for searches of one kind', () => {
  const mailbox = new Mailbox<number>();
  for (let message = 0; message < 20_500; message += 1) mailbox.push(message);
  let asked = 0;
  const isLate = (message: number): boolean => (asked += 1) > 0 && message >= 20_000;
  for (let message = 20_000; message < 20_500; message += 1) {
    assert.equal(mailbox.take(isLate, { kind: isLate }), message);
  }
  assert.ok(asked <= 20_500, `${asked} comparisons`);
  for (let message = 0; message < 20_000; message += 1) assert.equal(mailbox.shift(), message);
});

test('looks at none that are too old', () => {
  const mailbox = new Mailbox<number>();
  for (let message = 0; message < 20_000; message += 1) mailbox.push(message);
  let asked = 0;
  for (let message = 20_000; message < 20_500; message += 1) {
    mailbox.push(message);
    const isWanted = (each: number): boolean => (asked += 1) > 0 && each === message;
    const isTooOld = (each: number): boolean => (asked += 1) > 0 && each < message;
    assert.equal(mailbox.take(isWanted, { kind: isWanted, isTooOld }), message);
  }
  assert.ok(asked <= 500 * 20, `${asked} comparisons`);
});

test('finds what a search wants when it changes its mind, after any other use in between', () => {
  const action = fc.oneof(
    fc.record({ kind: fc.constant('push' as const), value: fc.nat(5) }),
    fc.record({ kind: fc.constant('shift' as const), value: fc.constant(0) }),
    fc.record({ kind: fc.constant('search' as const), value: fc.nat(5) }),
    fc.record({ kind: fc.constant('other' as const), value: fc.nat(5) }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 300 }), (actions) => {
      const mailbox = new Mailbox<number>();
      const model: number[] = [];
      for (const { kind, value } of actions) {
        if (kind === 'push') {
          mailbox.push(value);
          model.push(value);
        } else if (kind === 'shift') {
          const first = mailbox.shift();
          assert.equal(first === noMessage, model.length === 0);
          if (first !== noMessage) model.splice(model.indexOf(first), 1);
        } else {
          const index = model.indexOf(value);
          // A search of the same kind for another number is one that has changed its mind.
          const search = { kind: kind === 'search' ? 'any number' : value };
          const taken = mailbox.take((message) => message === value, search);
          // Which of several equal numbers was taken cannot be seen.
          assert.equal(taken, index === -1 ? noMessage : value);
          if (index !== -1) model.splice(index, 1);
        }
        assert.equal(mailbox.length, model.length);
      }
    }),
  );
});

test('gives messages with priority first, in their order, also among those that match', () => {
  const mailbox = new Mailbox<number>();
  for (const message of [1, 2]) mailbox.push(message);
  for (const message of [11, 12, 14]) mailbox.pushFirst(message);
  mailbox.push(3);
  assert.equal(mailbox.length, 6);
  const isEven = (message: number): boolean => message % 2 === 0;
  const takeEven = (): number | typeof noMessage => mailbox.take(isEven, { kind: isEven });
  assert.deepEqual([takeEven(), takeEven(), takeEven(), takeEven()], [12, 14, 2, noMessage]);
  // The oldest ordinary message is taken from behind one with priority.
  assert.equal(
    mailbox.take((message) => message === 1, { kind: 'one' }),
    1,
  );
  mailbox.push(4);
  assert.deepEqual(
    [1, 2, 3, 4].map(() => mailbox.shift()),
    [11, 3, 4, noMessage],
  );
  mailbox.pushFirst(15);
  mailbox.clear();
  assert.equal(mailbox.length, 0);
});

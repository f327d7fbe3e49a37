import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atom, type Term, tuple } from '@convoy/node/etf';
import { EventReader } from '../../../src/inspect/tracing/read-events.ts';
import { readEnd, readStart } from '../../../src/inspect/tracing/read-trace.ts';
import { hostileTerms, hugeInteger, node, pid } from '../hostile-terms.ts';

const text = (value: string): Term => new TextEncoder().encode(value);
const bounds = { maxCharacters: 20, maxCalls: 10 };
/** A node that counts nanoseconds from the first second of 1970. */
const clock = tuple(1_000_000_000, 1_000_000_000);
const call = (from: number, args: string, at: number): Term =>
  tuple(atom('call'), pid(from), 2, text(args), at);
const returned = (from: number, value: string, at: number): Term =>
  tuple(atom('return_from'), pid(from), text(value), at);

describe('the events of a trace', () => {
  test('are calls and their returns, the inner one first, with times', () => {
    const reader = new EventReader(node, clock, bounds);
    const events = reader.read([
      call(1, '{1,a}', 1000),
      call(1, '{0,a}', 2000),
      call(2, '{}', 2500),
      returned(1, 'inner', 5000),
      tuple(atom('exception_from'), pid(1), text('{error,x}'), 9000),
    ]);
    const place = { pid: '<0.1.0>', arity: 2 };
    assert.deepEqual(events, [
      { ...place, kind: 'call', number: 1, at: 1000.001, args: '1,a' },
      { ...place, kind: 'call', number: 2, at: 1000.002, args: '0,a' },
      { kind: 'call', number: 3, pid: '<0.2.0>', arity: 2, at: 1000.002, args: '' },
      { ...place, kind: 'return', number: 2, at: 1000.005, value: 'inner', durationUs: 3 },
      { ...place, kind: 'exception', number: 1, at: 1000.009, value: '{error,x}', durationUs: 8 },
    ]);
    assert.deepEqual(reader.read([returned(1, 'nothing was called', 1), returned(2, 'late', 4500)]), [
      { kind: 'return', number: 3, pid: '<0.2.0>', arity: 2, at: 1000.004, value: 'late', durationUs: 2 },
    ]);
  });

  test('are no more than were asked for, and cut', () => {
    const reader = new EventReader(node, clock, bounds);
    const many = Array.from({ length: 1000 }, (_, index) => call(index, `{"${'x'.repeat(500)}"}`, index));
    const events = reader.read(many);
    assert.equal(events.length, 10);
    assert.ok(events.every((event) => event.kind === 'call' && event.args.length <= 22));
    assert.deepEqual(reader.read(many), []);
  });

  test('may be anything', () => {
    for (const term of hostileTerms) {
      const reader = new EventReader(node, term, bounds);
      assert.doesNotThrow(() => reader.read(term));
      reader.read([
        term,
        tuple(atom('call'), pid(1), term, term, term),
        tuple(term, pid(1), 2, text('{}'), 1),
      ]);
      reader.read([call(1, '{}', 5), tuple(atom('return_from'), term, term, term)]);
      reader.read([tuple(atom('call'), pid(1), 2, text('{}'), hugeInteger), returned(1, 'x', 2 ** 52)]);
    }
  });
});

describe('the end of a trace', () => {
  const tag = atom('convoy_trace');
  test('has a reason and counts', () => {
    const end = readEnd(tuple(tag, 1, atom('most'), tuple(5000, 100, 3)), node);
    assert.deepEqual(end, {
      reason: 'calls',
      message: 'As many calls as were asked for have been traced.',
      calls: 5000,
      traced: 100,
      dropped: 3,
    });
    assert.equal(readEnd(tuple(tag, 1, atom('killed'), atom('none')), node).reason, 'memory');
    assert.equal(readEnd(atom('noconnection'), node).reason, 'node-gone');
    assert.equal(readEnd(atom('killed'), node).reason, 'failed');
    // A built-in function was not counted.
    assert.equal(readEnd(tuple(tag, 1, atom('time'), tuple(0, 7, 0)), node).calls, undefined);
  });

  test('may be anything, and so may the beginning', () => {
    for (const term of hostileTerms) {
      for (const reason of [term, tuple(tag, term, term, term), tuple(tag, 1, atom('constructor'), term)]) {
        const { reason: word, message } = readEnd(reason, node);
        assert.ok(typeof word === 'string' && message.endsWith('.') && message.length < 500);
      }
      for (const answer of [term, tuple(atom('ready'), term, term), tuple(atom('traced'), term)]) {
        assert.doesNotThrow(() => readStart(answer));
      }
    }
  });
});

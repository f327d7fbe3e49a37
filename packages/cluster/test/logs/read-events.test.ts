import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atom, Pid, type Term, tuple } from '@convoy/node/etf';
import { attack } from '../../../../test/support/attack.ts';
import { readBatch } from '../../src/logs/read-events.ts';

const node = 'app@10.0.0.5';
const now = 1_800_000_000_000;
const read = (message: Term) => readBatch(message, { node, maxEvents: 200, now });
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const at = 1_796_133_720_000;
const pair = (key: string, value: Term): Term => tuple(atom(key), value);
const event = (level: string, message: Term, meta: readonly Term[] = []): Term =>
  tuple(atom(level), at * 1000, message, [...meta]);
const batch = (...events: readonly Term[]): Term => tuple(atom('log'), 0, [...events]);

describe('a batch of events', () => {
  test('has level, time, text and metadata', () => {
    const meta = [
      pair('pid', new Pid(node, 412, 0, 1)),
      pair('mfa', tuple(atom('Elixir.Shop.Cart'), atom('handle_call'), 3)),
      pair('domain', [atom('otp'), atom('sasl')]),
      pair(
        'file',
        Array.from('lib/shop.ex', (character) => character.charCodeAt(0)),
      ),
      pair('line', 12),
      pair('module', atom('Elixir.Shop')),
      pair('user', text('bob')),
      pair('empty', []),
      pair('ids', [1, 2]),
    ];
    assert.deepEqual(read(tuple(atom('log'), 7, [event('error', text('it failed'), meta)])), {
      dropped: 7,
      events: [
        {
          level: 'error',
          at,
          text: 'it failed',
          meta: {
            pid: '<0.412.0>',
            mfa: 'Shop.Cart.handle_call/3',
            domain: 'otp.sasl',
            file: 'lib/shop.ex',
            line: '12',
            module: 'Shop',
            user: 'bob',
            empty: '[]',
            ids: '[1,2]',
          },
        },
      ],
    });
    const erlang = batch(event('notice', text('x'), [pair('mfa', tuple(atom('shop'), atom('start'), 0))]));
    assert.deepEqual(read(erlang)?.events[0]?.meta, { mfa: 'shop:start/0' });
  });

  test('has text in several lines without what all of them are indented by', () => {
    const report = text('    a: 1\n    b: [1,2,\n        3]\n');
    assert.equal(read(batch(event('info', report)))?.events[0]?.text, 'a: 1\nb: [1,2,\n    3]');
  });

  test('is not another message', () => {
    for (const message of [
      atom('log'),
      tuple(atom('log'), 0),
      tuple(atom('other'), 0, []),
      tuple(atom('log'), 0, 1),
    ]) {
      assert.equal(read(message), undefined);
    }
  });
});

attack('Node output', 'what a node logs cannot manipulate a terminal, nor be longer than the bounds', () => {
  const hostile = `\u001b[2J\u001b]0;title\u0007app\u202egnp ${'x'.repeat(10_000)}`;
  const pairs = Array.from({ length: 50 }, (_, index) => pair(`key${index}\u001b[1m`, text(hostile)));
  const [read1] = read(batch(event('error', text(hostile), pairs)))?.events ?? [];
  assert.ok(read1 !== undefined);
  assert.match(read1.text, /^app<U\+202E>gnp x+$/);
  assert.ok(read1.text.length <= 4000);
  assert.equal(Object.keys(read1.meta).length, 20);
  for (const [key, value] of Object.entries(read1.meta)) {
    assert.ok(value.length <= 210 && key.length <= 70);
    assert.doesNotMatch(`${key}${value}`, /[\u0000-\u001f\u202e]/);
  }
});

attack(
  'Node output',
  'events of the wrong shape are left out, and times that no clock says are those of now',
  () => {
    const wrong = [
      atom('x'),
      tuple(),
      tuple(atom('nolevel'), 1, text('x'), []),
      event('error', 5),
      tuple(1, 2, 3, 4),
    ];
    const events = read(batch(...wrong))?.events;
    assert.deepEqual(events, [{ level: 'error', at, text: '', meta: {} }]);
    for (const micros of [0, -1, 10n ** 4000n, Number.MAX_VALUE, atom('now')]) {
      assert.equal(read(batch(tuple(atom('info'), micros, text('x'), [])))?.events[0]?.at, now);
    }
    const many = Array.from({ length: 1000 }, () => event('info', text('x')));
    const { events: some = [], dropped } = read(batch(...many)) ?? {};
    assert.deepEqual([some.length, dropped], [200, 800]);
  },
);

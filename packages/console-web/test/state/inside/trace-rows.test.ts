/** The calls of a trace as rows. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TraceEventView } from '@convoy/console/protocol';
import { withEvents } from '../../../src/state/inside/trace-rows.ts';
import { endSentence, formatDuration } from '../../../src/state/inside/trace-words.ts';

const place = { pid: '<0.1.0>', at: 1, arity: 1 };
const call = (number: number): TraceEventView => ({ kind: 'call', number, ...place, args: '1' });
const returned = (number: number): TraceEventView => ({
  kind: 'return',
  number,
  ...place,
  value: 'ok',
  durationUs: 5,
});

describe('the rows of a trace', () => {
  test('are calls, each with what has become of it', () => {
    const first = withEvents([], [call(1), call(2)]);
    const rows = withEvents(first, [
      returned(2),
      call(3),
      { ...returned(1), kind: 'exception', value: 'why', durationUs: 9 },
    ]);
    assert.deepEqual(
      rows.map(({ number, outcome }) => [number, outcome?.kind, outcome?.value]),
      [
        [1, 'exception', 'why'],
        [2, 'return', 'ok'],
        [3, undefined, undefined],
      ],
    );
    assert.equal(first[1]?.outcome, undefined);
  });

  test('leave out returns of calls that are not there', () => {
    assert.deepEqual(withEvents([], [returned(1), returned(7)]), []);
  });
});

describe('the words of a trace', () => {
  test('tell times, and how it has ended', () => {
    assert.deepEqual([43, 1234, 123_456, 3_400_000].map(formatDuration), [
      '43 µs',
      '1.2 ms',
      '123 ms',
      '3.4 s',
    ]);
    const end = { reason: 'time', message: 'The time of the trace is over.' } as const;
    assert.equal(endSentence(end), end.message);
    assert.equal(endSentence({ ...end, traced: 1, calls: 1 }), `${end.message} 1 call was traced.`);
    assert.equal(
      endSentence({ ...end, traced: 2, calls: 4312, dropped: 1 }),
      `${end.message} 2 calls were traced, of 4,312 on the node. 1 event was left out, because the connection was full.`,
    );
  });
});

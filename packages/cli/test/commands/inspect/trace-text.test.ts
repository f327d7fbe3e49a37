/** What `convoy trace` prints for people, and what it reads. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { durationOf } from '../../../src/commands/inspect/trace.ts';
import { endText, eventText, microsecondsText } from '../../../src/commands/inspect/trace-text.ts';

const place = { number: 3, pid: '<0.85.0>', at: 1_796_060_353_862.024, arity: 2 };

describe('a trace in the terminal', () => {
  test('has a line for each call and each return, with the number of the call', () => {
    const call = eventText({ kind: 'call', ...place, args: '{cart,"Anna"},3' }, 'add');
    assert.match(call, /^\d\d:\d\d:\d\d\.862024 {2}<0\.85\.0> {2}#3 {2}add\(\{cart,"Anna"\},3\)$/);
    const returned = eventText({ kind: 'return', ...place, value: 'ok', durationUs: 1234 }, 'add');
    assert.match(returned, / {2}#3 {2}add\/2 returned ok after 1\.23 ms$/);
    const raised = eventText({ kind: 'exception', ...place, value: '{error,badarg}', durationUs: 4 }, 'add');
    assert.match(raised, / {2}#3 {2}add\/2 raised \{error,badarg\} after 4 us$/);
    assert.equal(microsecondsText(3_400_000), '3.40 s');
  });

  test('ends with the reason and the counts', () => {
    const message = 'The time of the trace is over.';
    assert.equal(endText({ reason: 'time', message }), message);
    assert.equal(
      endText({ reason: 'time', message, traced: 1, calls: 1, dropped: 0 }),
      `${message} 1 call was traced.`,
    );
    assert.equal(
      endText({ reason: 'time', message, traced: 100, calls: 4312, dropped: 2 }),
      `${message} 100 calls were traced of 4,312 on the node; 2 events were left out, because the connection was full.`,
    );
  });

  test('may take as long as --for says', () => {
    assert.deepEqual(
      ['10', '10s', '500ms', '1.5m', '10min'].map(durationOf),
      [10_000, 10_000, 500, 90_000, 600_000],
    );
    for (const text of ['', '10h', '50ms', '11m', '-1s', '1e3s']) {
      assert.throws(() => durationOf(text), { code: 'CLI_BAD_OPTION', remedy: /500ms, 10s or 2m/ });
    }
  });
});

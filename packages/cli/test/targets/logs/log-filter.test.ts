import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogLine } from '@convoy/console/protocol';
import { logFilterOf } from '../../../src/targets/logs/log-filter.ts';
import { logText } from '../../../src/targets/logs/log-text.ts';

const now = Date.parse('2026-12-01T14:00:00Z');
const line: LogLine = { seq: 1, at: now, stream: 'logger', text: 'Request timeout', level: 'warning' };
const passes = (flags: Parameters<typeof logFilterOf>[0], changed: Partial<LogLine> = {}): boolean =>
  logFilterOf(flags, now).passes({ ...line, ...changed });

test('live lines are filtered as stored ones are', () => {
  assert.ok(passes({}));
  assert.ok(passes({ level: 'warning' }));
  assert.ok(!passes({ level: 'error' }));
  assert.ok(passes({ level: 'warning' }, { level: 'emergency' }));
  const { level: _level, ...printed } = line;
  assert.ok(!logFilterOf({ level: 'debug' }, now).passes(printed));
  assert.ok(passes({ level: 'error', match: 'x' }, { dropped: 7 }), 'what was dropped is always said');
  assert.ok(passes({ match: 'time(out|r)' }));
  assert.ok(!passes({ match: 'TIMEOUT' }));
  assert.ok(passes({ match: '(?i)TIMEOUT' }));
  assert.ok(passes({ since: '10m' }, { at: now - 599_000 }));
  assert.ok(!passes({ since: '10m' }, { at: now - 601_000 }));
});

test('the console is asked for the same', () => {
  const { source, query } = logFilterOf({ source: 'all', level: 'error', match: 'x', since: '2h' }, now);
  assert.deepEqual(
    [source, query],
    ['all', { level: 'error', match: 'x', since: String(now - 7_200_000), until: undefined }],
  );
  const since = (text: string) => logFilterOf({ since: text }, now).query.since;
  assert.equal(since('2026-12-01T10:00:00Z'), String(now - 4 * 3_600_000));
  assert.equal(since('90s'), String(now - 90_000));
  assert.equal(since('1d'), String(now - 86_400_000));
});

test('a time of the clock is the last one, and that after --until the first one after --since', () => {
  const local = new Date(2026, 11, 1, 14, 30).getTime();
  const times = (since?: string, until?: string) => {
    const { query } = logFilterOf({ ...(since && { since }), ...(until && { until }) }, local);
    return [query.since, query.until].map((time) =>
      time === undefined ? '' : new Date(Number(time)).toLocaleString('sv-SE'),
    );
  };
  assert.deepEqual(times('14:02', '14:03:30'), ['2026-12-01 14:02:00', '2026-12-01 14:03:30']);
  assert.deepEqual(times('23:50', '0:10'), ['2026-11-30 23:50:00', '2026-12-01 00:10:00']);
  assert.deepEqual(times('14:29', '15:00'), ['2026-12-01 14:29:00', '2026-12-01 15:00:00']);
  assert.deepEqual(times(undefined, '15:00'), ['', '2026-11-30 15:00:00']);
  assert.deepEqual(times('2h', '1h'), ['2026-12-01 12:30:00', '2026-12-01 13:30:00']);
});

test('what cannot be understood is refused with its flag', () => {
  for (const [flags, message] of [
    [{ level: 'loud' }, /--level loud/],
    [{ source: 'both' }, /--source both/],
    [{ match: '(' }, /--match \( is not a regular expression/],
    [{ since: 'yesterday' }, /--since yesterday is not a time/],
    [{ since: '10' }, /--since 10 is not a time/],
    [{ until: '24:00' }, /--until 24:00 is not a time/],
    [{ since: '1h', until: '2h' }, /--until 2h is not after --since 1h/],
  ] as const) {
    assert.throws(() => logFilterOf(flags, now), message);
  }
});

test('a line is shown with its node, time and level, in colours where there are any', () => {
  const one = { isSeveral: false, hasColours: false };
  assert.equal(logText('a@h', { ...line, stream: 'stdout', text: 'plain' }, one), 'plain');
  assert.match(logText('a@h', { ...line, text: 'x\ny' }, one), /^\d\d:\d\d:\d\d\.000 \[warning\] x\n    y$/);
  const several = { isSeveral: true, hasColours: true };
  assert.match(
    logText('a@h', { ...line, text: 'x\ny' }, several),
    /^a@h \| \u001b\[33m\d\d:\d\d:\d\d\.000 \[warning\] x\u001b\[0m\na@h \| \u001b\[33m    y\u001b\[0m$/,
  );
  assert.equal(logText('a@h', { ...line, stream: 'stdout', level: 'info', text: 'x' }, several), 'a@h | x');
  const { level: _level, ...unknown } = line;
  assert.match(logText('a@h', { ...unknown, text: '[5 lost]', dropped: 5 }, one), / \[dropped\] \[5 lost\]$/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { levelOfOutput } from '../../src/logs/output-level.ts';

test('a level is read where a line states it', () => {
  for (const [line, level] of [
    ['12:00:00.123 [error] GenServer Shop terminating', 'error'],
    ['12:00:00.123 [warn] old releases say warn', 'warning'],
    ['2026-12-01 12:00:00.123 [info] with a date', 'info'],
    ['12:00:00.123 request_id=F2a user=7 [debug] with metadata', 'debug'],
    ['[notice] without a time', 'notice'],
    ['=ERROR REPORT==== 1-Dec-2026::12:00:00.123456 ===', 'error'],
    ['=WARNING REPORT==== 1-Dec-2026::12:00:00 ===', 'warning'],
    ['=CRASH REPORT==== 1-Dec-2026::12:00:00 ===', 'error'],
    ['=PROGRESS REPORT==== 1-Dec-2026::12:00:00 ===', 'info'],
    ['=EMERGENCY REPORT==== 1-Dec-2026::12:00:00 ===', 'emergency'],
  ]) {
    assert.equal(levelOfOutput(line ?? ''), level, line);
  }
});

test('a level is not guessed', () => {
  for (const line of [
    '',
    'error: something',
    'the word [error] in a sentence',
    '    (stdlib 4.2) gen_server.erl:1123: :gen_server.try_dispatch/4',
    '[error]glued',
    '[other] word',
    'ERROR REPORT====',
    '12:00 [error] no such time',
    `12:00:00.123 ${'a=b '.repeat(2000)}[error] far away`,
  ]) {
    assert.equal(levelOfOutput(line), undefined, line.slice(0, 80));
  }
});

/** Which lines a filter shows, and what it asks the console for. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Compiled,
  compileFilter,
  type Condition,
  isFiltering,
  type LogFilter,
  noFilter,
} from '../../../../src/state/logs/filter/line-filter.ts';
import { lineOf } from '../log-scenes.ts';

function compile(filter: Partial<LogFilter>): Compiled {
  return compileFilter({ ...noFilter, ...filter });
}

function conditionOf(filter: Partial<LogFilter>): Condition {
  const compiled = compile(filter);
  assert.ok(compiled.isValid);
  return compiled.condition;
}

function problemOf(filter: Partial<LogFilter>): string {
  const compiled = compile(filter);
  assert.ok(!compiled.isValid);
  return compiled.problem;
}

test('a text is found whatever the case, and literally', () => {
  const { test: shows, regex, query } = conditionOf({ text: ' GET /a.b? ' });
  assert.equal(regex, undefined);
  assert.ok(shows(lineOf(1, { text: 'get /A.B? 200' })));
  assert.ok(!shows(lineOf(1, { text: 'get /aXb' })));
  assert.deepEqual(query, { match: String.raw`(?i)GET /a\.b\?` });
});

test('a level shows itself and what is more severe, but no line without one', () => {
  const { test: shows, query } = conditionOf({ level: 'warning' });
  const shown = (['debug', 'info', 'notice', 'warning', 'error', 'emergency'] as const).filter((level) =>
    shows(lineOf(1, { level })),
  );
  assert.deepEqual(shown, ['warning', 'error', 'emergency']);
  assert.ok(!shows(lineOf(1)));
  assert.deepEqual(query, { level: 'warning' });
});

test('a regular expression is tested elsewhere, and asked for as it was typed', () => {
  const {
    test: shows,
    regex,
    query,
  } = conditionOf({ text: '(?i)^get .* 5\\d\\d$', isRegex: true, level: 'error' });
  assert.deepEqual(regex, { source: '^get .* 5\\d\\d$', flags: 'im' });
  assert.ok(shows(lineOf(1, { level: 'error', text: 'anything' })));
  assert.deepEqual(query, { level: 'error', match: '(?i)^get .* 5\\d\\d$' });
  assert.deepEqual(conditionOf({ text: ' a', isRegex: true }).regex, { source: ' a', flags: 'm' });
});

test('a bad regular expression is said, with its reason', () => {
  assert.match(
    problemOf({ text: 'a(', isRegex: true }),
    /^This is not a valid regular expression: \S.*turn off/,
  );
  assert.equal(conditionOf({ text: 'a(' }).query.match, String.raw`(?i)a\(`);
});

test('what is too long for the console is said', () => {
  assert.match(
    problemOf({ text: 'x'.repeat(201), isRegex: true }),
    /at most 200 characters; this one has 201/,
  );
  assert.match(problemOf({ text: '.'.repeat(99) }), /at most 98 characters; this one has 99/);
  assert.equal(conditionOf({ text: '.'.repeat(98) }).query.match?.length, 200);
});

test('a filter that leaves nothing out is none', () => {
  assert.ok(!isFiltering(noFilter));
  assert.ok(!isFiltering({ ...noFilter, text: '  ' }));
  assert.ok(isFiltering({ ...noFilter, text: ' ', isRegex: true }));
  assert.ok(isFiltering({ ...noFilter, level: 'info' }));
});

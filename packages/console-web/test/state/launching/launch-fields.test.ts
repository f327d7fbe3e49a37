/** The fields of a launch: what the console would refuse, and the request that they make. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FormFieldView } from '@convoy/console/protocol';
import {
  countIn,
  localPlace,
  problemsIn,
  requestOf,
  valuesFor,
  withoutSecrets,
} from '../../../src/state/launching/launch-fields.ts';

/** One field of each type, also those that no platform has yet. */
const fields: readonly FormFieldView[] = [
  { key: 'kind', type: 'choice', required: true, choices: ['typescript', 'elixir', 'erlang'] },
  { key: 'count', type: 'number', required: false, min: 1, max: 20, default: 1 },
  { key: 'name', type: 'text', required: false, max: 63 },
  { key: 'join', type: 'flag', required: false, default: true },
  { key: 'keep', type: 'flag', required: false, default: false },
  { key: 'memoryMb', type: 'number', required: false, min: 64, max: 65_536 },
  { key: 'program', type: 'text', required: false, each: ['module', 'release'], pattern: '^[/\\w.]+$' },
  { key: 'token', type: 'secret', required: false, min: 4 },
  { key: 'variables', type: 'variables', required: false, max: 2 },
];
const first = valuesFor(fields, { kind: 'elixir' });

function problem(key: string, value: string | Record<string, string>): string | undefined {
  return problemsIn(fields, { ...first, [key]: value }).get(key);
}

describe('values of a launch', () => {
  test('are those of the form at first, and none of them is refused', () => {
    assert.deepEqual(first, {
      ...{ kind: 'elixir', count: '1', name: '', join: true, keep: false, memoryMb: '' },
      ...{ program: {}, token: '', variables: '' },
    });
    assert.deepEqual([...problemsIn(fields, first)], []);
  });

  test('of another type are not taken', () => {
    assert.equal(valuesFor(fields, { join: 'yes' })['join'], true);
    assert.deepEqual(valuesFor(fields, { program: 'x' })['program'], {});
  });

  test('are checked by type, limits and pattern, as typed', () => {
    assert.match(problem('count', 'many') ?? '', /whole number/);
    assert.match(problem('count', '0') ?? '', /at least 1/);
    assert.match(problem('count', '21') ?? '', /at most 20/);
    assert.match(problem('memoryMb', '12') ?? '', /at least 64/);
    assert.match(problem('kind', 'cobol') ?? '', /not one of the choices/);
    assert.match(problem('kind', '') ?? '', /required/);
    assert.match(problem('token', 'abc') ?? '', /at least 4 characters/);
    assert.match(problem('program', { module: 'a b' }) ?? '', /required form/);
    assert.match(problem('variables', 'FOO') ?? '', /Line 1 does not have the form NAME=value/);
    assert.match(problem('variables', 'A=1\nB=2\nC=3') ?? '', /at most 2 variables; these are 3/);
    assert.match(problem('name', 'a b') ?? '', /cannot contain a space/);
  });

  test('of one field are checked against another: several nodes need several names', () => {
    const values = { ...first, count: '3', name: 'worker' };
    assert.match(problemsIn(fields, values).get('name') ?? '', /3 nodes need different names/);
  });

  test('count at least one node', () => {
    assert.equal(countIn({ count: '7' }), 7);
    assert.equal(countIn({ count: '' }), 1);
    assert.equal(countIn({ count: 'x' }), 1);
  });
});

describe('the request of a launch', () => {
  test('has what differs from the form, and neither count nor name', () => {
    assert.deepEqual(requestOf(fields, first, localPlace), { kind: 'elixir' });
    const values = {
      ...{ ...first, count: '3', name: 'worker-%', join: false, keep: true, memoryMb: ' 256 ' },
      ...{ program: { module: '', release: '/opt/shop' }, variables: 'A=b=c\n' },
    };
    assert.deepEqual(requestOf(fields, values, { key: 'ssh://ops@db1', kind: 'ssh' }), {
      kind: 'elixir',
      join: false,
      keep: true,
      memoryMb: 256,
      program: { release: '/opt/shop' },
      variables: { A: 'b=c' },
      place: { key: 'ssh://ops@db1', kind: 'ssh' },
    });
  });
});

test('a preset keeps no secret: only the names of variables remain', () => {
  const values = { ...first, token: 'hidden', variables: 'TOKEN=s3cret\nnonsense\nDEBUG=1', name: 'w-%' };
  const kept = withoutSecrets(fields, values);
  assert.doesNotMatch(JSON.stringify(kept), /hidden|s3cret|nonsense/);
  assert.equal(kept['variables'], 'TOKEN=\nDEBUG=');
  assert.equal(kept['name'], 'w-%');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launchRequestSchema } from '@convoy/console/protocol';
import { checkLaunchedName } from '../../src/options/launched-name.ts';

function refusalOf(name: string): string {
  try {
    checkLaunchedName(name);
    return '';
  } catch (error) {
    const { code, message, remedy } = error as Error & { readonly code: string; readonly remedy: string };
    return `${code} ${message}: ${remedy}`;
  }
}

test('what is wrong with the name of a node to launch is said in the terms of the command', () => {
  assert.match(
    refusalOf('a'.repeat(64)),
    /^CLI_BAD_OPTION .*has 64 characters: Use at most 63 characters\.$/,
  );
  assert.match(refusalOf('bad name!'), /the name "bad name!" contains a space: Use only letters/);
  assert.match(refusalOf('worker.1'), /contains "\."/);
  assert.match(refusalOf('knöten'), /contains "ö"/);
  assert.match(refusalOf('a😀'), /contains "😀"/);
  assert.match(refusalOf('1st'), /does not start with a letter/);
  assert.match(refusalOf('worker@127.0.0.1'), /has a host: Give only the part before the @/);
  assert.match(refusalOf(''), /is empty: Omit it for a free one/);
});

test('the command and the console accept the same names', () => {
  const names = [
    'a',
    'A-1_b',
    'a'.repeat(63),
    'a'.repeat(64),
    '',
    '-a',
    '_a',
    '9',
    'a.b',
    'a b',
    'ä',
    'a@h',
    'a\n',
  ];
  for (const name of names) {
    const isAccepted = launchRequestSchema.safeParse({ kind: 'erlang', name }).success;
    assert.equal(refusalOf(name) === '', isAccepted, JSON.stringify(name));
  }
});

test('the console names the rule that a name breaks', () => {
  const messageFor = (name: string): string | undefined =>
    launchRequestSchema.safeParse({ kind: 'erlang', name }).error?.issues[0]?.message;
  assert.equal(messageFor('a'.repeat(64)), 'must have at most 63 characters');
  assert.match(messageFor('bad name!') ?? '', /must start with a letter and contain only letters, digits/);
});

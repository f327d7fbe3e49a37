/** known_hosts: the known keys of a host, and the verdict on the key that it presents. */

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import {
  fingerprint,
  formatKnownHost,
  hostKeyName,
  judgeHostKey,
  knownKeysOf,
} from '../../../../src/platforms/ssh/config/known-hosts.ts';
import { matchesPattern } from '../../../../src/platforms/ssh/config/patterns.ts';

/** A public key in wire format: its type, then any bytes. */
function keyOf(type: string, body: string): Buffer {
  const parts = [type, body].map((text) => Buffer.from(text));
  return Buffer.concat(parts.flatMap((part) => [Buffer.from([0, 0, 0, part.length]), part]));
}

const [mine, other] = [keyOf('ssh-ed25519', 'mine'), keyOf('ssh-ed25519', 'other')];
const rsa = keyOf('ssh-rsa', 'rsa');
const line = (hosts: string, key: Buffer, type = 'ssh-ed25519'): string =>
  `${hosts} ${type} ${key.toString('base64')} a comment\n`;

function judge(text: string, name: string, key = mine): string {
  return judgeHostKey(knownKeysOf([{ file: 'known_hosts', text }], name), key).kind;
}

test('plain names, ports, lists, patterns and exceptions', () => {
  assert.equal(judge(line('db1,10.0.0.7', mine), '10.0.0.7'), 'known');
  assert.equal(judge(line('[db1]:2222', mine), hostKeyName('DB1', 2222)), 'known');
  assert.equal(judge(line('[db1]:2222', mine), hostKeyName('db1', 22)), 'unknown');
  assert.equal(judge(line('*.Example', mine), 'db1.example'), 'known');
  assert.equal(judge(line('*.example,!db1.example', mine), 'db1.example'), 'unknown');
  assert.equal(judge(line('db?', mine), 'db12'), 'unknown');
  assert.equal(judge(line('# db1', mine), 'db1'), 'unknown');
  assert.equal(judge('db1 ssh-ed25519\n\n   \ngarbage', 'db1'), 'unknown');
});

test('hashed names', () => {
  const salt = Buffer.from('a salt of twenty byte');
  const hash = createHmac('sha1', salt).update('[db1]:2222').digest('base64');
  const text = line(`|1|${salt.toString('base64')}|${hash}`, mine);
  assert.equal(judge(text, '[db1]:2222'), 'known');
  assert.equal(judge(text, 'db1'), 'unknown');
  assert.equal(judge(line('|2|x|y', mine), 'db1'), 'unknown');
});

test('another key, or a key of another type, counts as changed, and the verdict locates the known key', () => {
  const known = knownKeysOf([{ file: '/home/me/known_hosts', text: `\n${line('db1', mine)}` }], 'db1');
  const verdict = judgeHostKey(known, other);
  assert.equal(verdict.kind === 'changed' ? verdict.known.place : '', '/home/me/known_hosts:2');
  assert.equal(judge(line('db1', mine), 'db1', rsa), 'changed');
  assert.equal(judge(line('db1', mine) + line('db1', rsa, 'ssh-rsa'), 'db1', rsa), 'known');
});

test('a revoked key is refused even if it is known; authorities and unknown markers make no key known', () => {
  assert.equal(judge(`@revoked ${line('*', mine)}${line('db1', mine)}`, 'db1'), 'revoked');
  assert.equal(judge(`@revoked ${line('*', other)}${line('db1', mine)}`, 'db1'), 'known');
  assert.equal(judge(`@cert-authority ${line('*', mine)}`, 'db1'), 'authority');
  assert.equal(judge(`@cert-authority ${line('*', other)}${line('db1', mine)}`, 'db1'), 'known');
  assert.equal(judge(`@new-marker ${line('db1', mine)}`, 'db1'), 'unknown');
});

test('a line for a new host is found again, plain and hashed', () => {
  for (const hashed of [false, true]) {
    const text = formatKnownHost('[db1]:2222', mine, { hashed });
    assert.equal(text.startsWith('|1|'), hashed);
    assert.equal(judge(text, '[db1]:2222'), 'known');
  }
  assert.match(fingerprint(mine), /^SHA256:[A-Za-z0-9+/]{43}$/);
});

test('a hostile pattern is matched in little time', () => {
  assert.equal(matchesPattern(`${'*a'.repeat(2000)}b`, 'a'.repeat(4000)), false);
  assert.equal(matchesPattern('*', ''), true);
  assert.equal(matchesPattern('d*1*', 'db1.x'), true);
});

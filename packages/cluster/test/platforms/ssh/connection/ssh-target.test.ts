/** SSH targets as text. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatSshTarget, parseSshTarget } from '../../../../src/platforms/ssh/connection/ssh-target.ts';

test('parses users, ports, addresses and hops', () => {
  assert.deepEqual(parseSshTarget('db1').hops, [{ host: 'db1' }]);
  assert.deepEqual(parseSshTarget('ssh://ops@db1:2222/').hops, [{ user: 'ops', host: 'db1', port: 2222 }]);
  assert.deepEqual(parseSshTarget('ops@[::1]:22').hops, [{ user: 'ops', host: '::1', port: 22 }]);
  assert.deepEqual(parseSshTarget('fe80::1%eth0').hops, [{ host: 'fe80::1%eth0' }]);
  assert.deepEqual(parseSshTarget('me@corp@gate,ssh://app@10.0.0.7').hops, [
    { user: 'me@corp', host: 'gate' },
    { user: 'app', host: '10.0.0.7' },
  ]);
});

for (const text of [
  '',
  'ops@',
  '@db1',
  'a,,b',
  'db1:0',
  'db1:65536',
  'db1:ssh',
  'a:b:c',
  '[nowhere]x',
  '-oProxyCommand=x',
  'ops@-oProxyCommand=x',
  '-x@db1',
  'o ps@db1',
  'db 1',
  'db1\nx',
  'a,b,c,d,e,f,g,h,i',
]) {
  test(`refuses ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseSshTarget(text), { code: 'SSH_BAD_TARGET', name: 'SshError' });
  });
}

test('never repeats what looks like a password', () => {
  assert.throws(
    () => parseSshTarget('ssh://ops:hunter2@db1'),
    (error: Error) => !error.message.includes('hunter2') && /password/.test(error.message),
  );
});

test('parsing a formatted target returns the target', () => {
  const host = fc.oneof(fc.constantFrom('db1', 'db1.example', '10.0.0.7', '::1', '2001:db8::7'));
  const hop = fc.record(
    { host, user: fc.constantFrom('ops', 'me@corp', 'a.b'), port: fc.integer({ min: 1, max: 65_535 }) },
    { requiredKeys: ['host'] },
  );
  fc.assert(
    fc.property(fc.array(hop, { minLength: 1, maxLength: 8 }), (hops) => {
      const [first, ...others] = hops;
      if (first === undefined) return;
      const target = { hops: [{ ...first }, ...others.map((one) => ({ ...one }))] as const };
      assert.deepEqual(parseSshTarget(formatSshTarget({ hops: [...target.hops] })), target);
    }),
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cookieDigest, isSameDigest, randomChallenge } from '../../src/distribution/challenge.ts';

const vectors = [
  ['SECRETCOOKIE', 1962171756, '423090a2b549fae2463da0f7551461ca'],
  ['SECRETCOOKIE', 3543526701, '0a85a3026d0a2d8b773d1b72c4b96267'],
  ['secret', 0, '175ec77a7f63082590987d0d8b051aff'],
  ['secret', 2147483648, 'f8076d0a6bd5e6eec0fb455d52d7d914'],
  ['secret', 4294967295, '5dfd181e69aa587cc812eb333e6536b6'],
] as const;

test('digests are those of real nodes', () => {
  for (const [cookie, challenge, expected] of vectors) {
    assert.equal(Buffer.from(cookieDigest(cookie, challenge)).toString('hex'), expected);
  }
});

test('digests of different lengths or bytes are not the same', () => {
  const digest = cookieDigest('secret', 1);
  assert.ok(isSameDigest(digest, cookieDigest('secret', 1)));
  assert.ok(!isSameDigest(digest, cookieDigest('Secret', 1)));
  assert.ok(!isSameDigest(digest, digest.subarray(1)));
});

test('challenges are numbers of 32 bits that do not repeat', () => {
  const seen = new Set(Array.from({ length: 100 }, () => randomChallenge()));
  assert.ok(seen.size > 95);
  for (const challenge of seen)
    assert.ok(Number.isInteger(challenge) && challenge >= 0 && challenge < 2 ** 32);
});

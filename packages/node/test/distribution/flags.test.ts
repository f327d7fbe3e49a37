import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  expandFlags,
  Flag,
  flagNames,
  hasFlags,
  hiddenFlags,
  missingFlags,
  negotiateFlags,
  requiredFlags,
  visibleFlags,
} from '../../src/distribution/flags.ts';

/** What real nodes put on the wire. */
const offered = { otp23: 0x101df7fbdn, otp25: 0xd07df7fbdn, otp29: 0x6d07df7fbdn, otp25Hidden: 0xd07df7fbcn };

/** What real nodes insist on. */
const mandatory = { otp23: 0x50184n, otp25: 0x1070f94n, otp27: 0x403070f94n };

describe('capability flags', () => {
  test('we offer all that OTP 29 offers', () => {
    assert.equal(visibleFlags, offered.otp29);
    assert.equal(hiddenFlags, offered.otp29 & ~Flag.PUBLISHED);
  });

  test('we offer everything that OTP 23 to 29 insist on', () => {
    for (const mask of Object.values(mandatory)) assert.ok(hasFlags(hiddenFlags, mask));
  });

  test('every release from 23 on has what we insist on', () => {
    for (const flags of Object.values(offered)) assert.deepEqual(missingFlags(flags), []);
    assert.equal(requiredFlags, mandatory.otp25);
  });

  test('the shorthand of OTP 25 stands for the flags it replaces, on either side', () => {
    assert.equal(expandFlags(0x4000000n), 0x4000000n | requiredFlags);
    assert.deepEqual(missingFlags(0x4000000n), []);
    assert.ok(hasFlags(negotiateFlags(0x4000000n, hiddenFlags), Flag.MAP_TAG));
    assert.ok(hasFlags(negotiateFlags(hiddenFlags, 0x4000000n), Flag.MAP_TAG));
  });

  test('negotiation keeps what both have, and no bit we do not know', () => {
    const both = negotiateFlags(visibleFlags, offered.otp25 | (1n << 60n));
    assert.equal(both, offered.otp25);
    assert.ok(!hasFlags(negotiateFlags(visibleFlags, offered.otp25Hidden), Flag.PUBLISHED));
  });

  test('missing flags are named', () => {
    assert.deepEqual(missingFlags(offered.otp25 & ~(Flag.MAP_TAG | Flag.BIG_CREATION)), []);
    const without26 = offered.otp25 & ~Flag.MANDATORY_25_DIGEST;
    assert.deepEqual(missingFlags(without26 & ~(Flag.MAP_TAG | Flag.BIG_CREATION)), [
      'MAP_TAG',
      'BIG_CREATION',
    ]);
    assert.deepEqual(flagNames(3n), ['PUBLISHED']);
  });
});

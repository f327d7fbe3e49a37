/**
 * The proof that both sides have the same cookie: MD5 over the cookie and a 32-bit challenge, as the protocol requires.
 * Unlike in OTP, challenges come from a cryptographic source and digests are compared in constant time.
 */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export const digestBytes = 16;

/** An unpredictable 32-bit number. */
export function randomChallenge(): number {
  return randomBytes(4).readUInt32BE();
}

/** The MD5 digest of the cookie's Latin-1 bytes followed by the challenge in decimal. */
export function cookieDigest(cookie: string, challenge: number): Uint8Array {
  return createHash('md5').update(cookie, 'latin1').update(String(challenge)).digest();
}

/** Compares digests in constant time. */
export function isSameDigest(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * The proof that both sides hold the same cookie: MD5 over the cookie and a challenge of 32 bits, as the protocol
 * demands. Unlike OTP's, challenges come from a cryptographic source and digests are compared in constant time.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export const digestBytes = 16;

/** An unpredictable number of 32 bits. */
export function randomChallenge(): number {
  return randomBytes(4).readUInt32BE();
}

/** MD5 of the cookie's Latin-1 bytes followed by the challenge in decimal. */
export function cookieDigest(cookie: string, challenge: number): Uint8Array {
  return createHash('md5').update(cookie, 'latin1').update(String(challenge)).digest();
}

/** Compares digests in a time that does not depend on where they differ. */
export function isSameDigest(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

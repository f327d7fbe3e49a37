/** Random secrets, and their comparison by digest, in constant time and independent of their length. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits as text that is safe in links and headers. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256 digest of a secret. */
export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Whether `digest` is the digest of `secret`. Takes the same time for every wrong secret. */
export function isSecretOf(secret: string, digest: Buffer): boolean {
  return timingSafeEqual(digestOf(secret), digest);
}

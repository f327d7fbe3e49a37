/** Random secrets and their comparison. A secret is compared by its digest, in constant time, whatever its length. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits as text that is safe in links and headers. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Whether `secret` is the one of `digest`; takes as long for any wrong one. */
export function isSecretOf(secret: string, digest: Buffer): boolean {
  return timingSafeEqual(digestOf(secret), digest);
}

/**
 * Protects what a store keeps in a database that others can read and write. Secrets are encrypted and bound to the row that they
 * belong to, so that neither can be exchanged. Rows that open doors are marked.
 */

import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

type Values = readonly (string | number)[];

/** How secrets are kept. */
export interface Protection {
  /** The form in which a secret is kept. `context` are the values that it belongs to. */
  seal(secret: string, context: Values): string;
  /** The secret; `undefined` if it was not sealed with the same key and context. */
  open(sealed: string, context: Values): string | undefined;
  /** What is kept instead of `tag` in a row with these values. It cannot be made without the key. */
  mark(tag: string, values: Values): string;
}

/** For a file that only its owner can read: everything is kept as it is. */
export const unprotected: Protection = {
  seal: (secret) => secret,
  open: (sealed) => sealed,
  mark: (tag) => tag,
};

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** Protects by a random key of at least 16 characters, with AES-256-GCM and HMAC-SHA-256. */
export function protectBy(key: string): Protection {
  const keyFor = (purpose: string): Buffer => createHmac('sha256', key).update(purpose).digest();
  const [sealing, marking] = [keyFor('secrets of the store'), keyFor('rows of the store')];
  return {
    seal(secret, context) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, sealing, nonce).setAAD(bytesOf(context));
      const sealed = Buffer.concat([
        nonce,
        cipher.update(secret, 'utf8'),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      return sealed.toString('base64url');
    },

    open(text, context) {
      const sealed = Buffer.from(text, 'base64url');
      if (sealed.length < nonceBytes + tagBytes) return undefined;
      const decipher = createDecipheriv(algorithm, sealing, sealed.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAAD(bytesOf(context)).setAuthTag(sealed.subarray(-tagBytes));
      try {
        return (
          decipher.update(sealed.subarray(nonceBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8')
        );
      } catch {
        return undefined;
      }
    },

    mark: (tag, values) =>
      createHmac('sha256', marking)
        .update(bytesOf([tag, ...values]))
        .digest('hex'),
  };
}

/** Values as bytes, such that different values never have the same. */
function bytesOf(values: Values): Buffer {
  return Buffer.from(JSON.stringify(values));
}

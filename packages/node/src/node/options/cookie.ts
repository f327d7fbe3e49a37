/** Checks cookies, and gives them the one form in which the rest of the node has them: a string with a character for each byte. */

import { NodeError } from '../../errors.ts';

/**
 * A cookie: text whose characters are printable Latin-1 (up to U+00FF), as those of Erlang's atoms that can be cookies, or the bytes
 * themselves, which may have any value. 1 to 255 characters or bytes.
 */
export type Cookie = string | Uint8Array;

const maxLength = 255;

/** @internal The cookie as Latin-1 text. Throws `NodeError` NODE_BAD_COOKIE. */
export function cookieText(cookie: Cookie | undefined): string {
  const isBytes = cookie instanceof Uint8Array;
  const text = isBytes ? Buffer.from(cookie).toString('latin1') : cookie;
  const wrong = faultOf(text, isBytes);
  if (wrong === undefined && typeof text === 'string') return text;
  // The message must never contain the cookie, only what is wrong with it.
  const { fault, remedy } = wrong ?? faults.missing;
  throw new NodeError('NODE_BAD_COOKIE', `the cookie ${fault}`, { remedy });
}

interface Fault {
  readonly fault: string;
  readonly remedy: string;
}

const faults = {
  missing: {
    fault: 'is empty',
    remedy:
      'Pass the cookie of the cluster. If you read it from an environment variable such as COOKIE, that variable is not set.',
  },
  kind: { fault: 'is not text or bytes', remedy: 'Pass a string or a Uint8Array.' },
  long: { fault: 'is too long', remedy: `Use 1 to ${maxLength} characters.` },
  control: {
    fault: 'has a line break or another control character',
    remedy:
      'Trim what you read from a file; if the character is part of the cookie, pass a Uint8Array of its bytes.',
  },
  character: {
    fault: 'has a character that no Erlang node can have in its cookie',
    remedy: 'Use characters up to U+00FF only.',
  },
} as const satisfies Record<string, Fault>;

function faultOf(text: unknown, isBytes: boolean): Fault | undefined {
  if (text === undefined || text === '') return faults.missing;
  if (typeof text !== 'string') return faults.kind;
  if (text.length > maxLength) return faults.long;
  if (isBytes || /^[\x20-\x7e\xa0-\xff]+$/.test(text)) return undefined;
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  return /[\x00-\x1f\x7f-\x9f]/.test(text) ? faults.control : faults.character;
}

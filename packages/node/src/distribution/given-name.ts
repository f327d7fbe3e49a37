/** Names for peers that have none of their own: `NAME_ME` of the handshake, `erl -name undefined` and `erl_call -R`. */

import { randomBytes } from 'node:crypto';
import type { GivenName } from './handshake-messages.ts';

/**
 * A new name on the host of the peer, in the form of OTP's: 64 random bits in base 36. OTP gives a name that is free again to the next peer, so
 * that its table of atoms does not grow; here names are text, and 64 bits do not repeat.
 */
export function giveName(host: string): GivenName {
  const name = randomBytes(8).readBigUInt64BE().toString(36).toUpperCase();
  // Creations up to 3 are those of nodes before OTP 23.
  return { name: `${name}@${host}`, creation: 4 + (randomBytes(4).readUInt32BE() % (2 ** 32 - 4)) };
}

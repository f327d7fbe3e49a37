/** The two ways in which frames are made, one of which is in force per connection, and the bytes that mark them. Pure. */

import { headerFlags } from '../flags.ts';

/**
 * `pass-through`: `112, 131, control term, [131, payload term]`. `header`: a distribution header, with references to cached atoms,
 * before terms without 131; large messages may come in fragments.
 */
export type Framing = 'pass-through' | 'header';

/** The first byte of a frame in pass-through framing. */
export const passThrough = 112;
/** The byte before a term, and the first one of a distribution header. */
export const versionMagic = 131;
/** The second byte of a distribution header, in the terms of the ERTS manual. */
export const HeaderTag = { DIST_HEADER: 68, DIST_FRAG_HEADER: 69, DIST_FRAG_CONT: 70 } as const;

/** The size of a fragment, as OTP makes them. */
export const fragmentBytes: number = 64 * 1024;

/**
 * A message of more bytes is sent in fragments. Erlang nodes do so above 64 KiB; what fits into a shared writer leaves in less than a
 * millisecond, and taking it out of there costs an echo of 64 KiB two thirds of its rate.
 */
export const fragmentedAbove: number = 256 * 1024;

/** How frames are made between nodes that have these flags in common. */
export function framingOf(flags: bigint): Framing {
  return (flags & headerFlags) === 0n ? 'pass-through' : 'header';
}

/**
 * The capability flags of the distribution handshake (64 bits): what this node offers, what it requires, and what both
 * sides have. Implements "Distribution Flags" of the ERTS distribution protocol; MANDATORY_25_DIGEST is bit 26, as in
 * OTP's sources, not bit 36 as its manual says.
 */

/** Bit numbers. */
const flagBits = {
  /** The node is visible; a connection is visible if both sides set this flag. */
  PUBLISHED: 0,
  EXTENDED_REFERENCES: 2,
  DIST_MONITOR: 3,
  FUN_TAGS: 4,
  DIST_MONITOR_NAME: 5,
  NEW_FUN_TAGS: 7,
  EXTENDED_PIDS_PORTS: 8,
  EXPORT_PTR_TAG: 9,
  BIT_BINARIES: 10,
  NEW_FLOATS: 11,
  UNICODE_IO: 12,
  DIST_HDR_ATOM_CACHE: 13,
  SMALL_ATOM_TAGS: 14,
  UTF8_ATOMS: 16,
  MAP_TAG: 17,
  BIG_CREATION: 18,
  SEND_SENDER: 19,
  BIG_SEQTRACE_LABELS: 20,
  EXIT_PAYLOAD: 22,
  FRAGMENTS: 23,
  HANDSHAKE_23: 24,
  UNLINK_ID: 25,
  /** Shorthand for every flag that is mandatory since OTP 25. */
  MANDATORY_25_DIGEST: 26,
  SPAWN: 32,
  NAME_ME: 33,
  V4_NC: 34,
  ALIAS: 35,
  ALTACT_SIG: 37,
  NATIVE_RECORDS: 38,
} as const;

/** The name of a capability flag. */
export type FlagName = keyof typeof flagBits;

/** The capability flags, each with its one bit set. */
export const Flag: Readonly<Record<FlagName, bigint>> = Object.fromEntries(
  Object.entries(flagBits).map(([name, bit]) => [name, 1n << BigInt(bit)]),
) as Record<FlagName, bigint>;

/** Two nodes that have one of these in common use distribution headers; without them frames are passed through as they are. */
export const headerFlags: bigint = Flag.DIST_HDR_ATOM_CACHE | Flag.FRAGMENTS;

/** The flags that every peer must have: those that OTP 25 requires. OTP 23 offers all of them too. */
export const requiredFlags: bigint =
  Flag.EXTENDED_REFERENCES |
  Flag.FUN_TAGS |
  Flag.NEW_FUN_TAGS |
  Flag.EXTENDED_PIDS_PORTS |
  Flag.EXPORT_PTR_TAG |
  Flag.BIT_BINARIES |
  Flag.NEW_FLOATS |
  Flag.UTF8_ATOMS |
  Flag.MAP_TAG |
  Flag.BIG_CREATION |
  Flag.HANDSHAKE_23;

/** The flags that a hidden Convoy node offers: all of OTP 29's. They include everything that any release from 23 to 29 requires. */
export const hiddenFlags: bigint =
  requiredFlags |
  Flag.DIST_MONITOR |
  Flag.DIST_MONITOR_NAME |
  Flag.UNICODE_IO |
  Flag.DIST_HDR_ATOM_CACHE |
  Flag.SMALL_ATOM_TAGS |
  Flag.SEND_SENDER |
  Flag.BIG_SEQTRACE_LABELS |
  Flag.EXIT_PAYLOAD |
  Flag.FRAGMENTS |
  Flag.UNLINK_ID |
  Flag.MANDATORY_25_DIGEST |
  Flag.SPAWN |
  Flag.V4_NC |
  Flag.ALIAS |
  Flag.ALTACT_SIG |
  Flag.NATIVE_RECORDS;

/** The flags that a visible Convoy node offers. */
export const visibleFlags: bigint = hiddenFlags | Flag.PUBLISHED;

/** Whether `flags` contains every bit of `wanted`. */
export function hasFlags(flags: bigint, wanted: bigint): boolean {
  return (flags & wanted) === wanted;
}

/** Replaces MANDATORY_25_DIGEST by the flags it stands for, in addition to itself. */
export function expandFlags(flags: bigint): bigint {
  return hasFlags(flags, Flag.MANDATORY_25_DIGEST) ? flags | requiredFlags : flags;
}

/** The flags that both sides support. Unknown bits never survive, as this node never offers them. */
export function negotiateFlags(ours: bigint, theirs: bigint): bigint {
  return expandFlags(ours) & expandFlags(theirs);
}

/** The names of the required flags that `theirs` lacks. */
export function missingFlags(theirs: bigint, required: bigint = requiredFlags): FlagName[] {
  const offered = expandFlags(theirs);
  return flagNames(required & ~offered);
}

/** The names of the set bits, lowest first; unknown bits are skipped. */
export function flagNames(flags: bigint): FlagName[] {
  return (Object.keys(Flag) as FlagName[]).filter((name) => hasFlags(flags, Flag[name]));
}

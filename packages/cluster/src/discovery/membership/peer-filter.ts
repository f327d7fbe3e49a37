/** Filters discovered peers by name and by tag. Pure. */

import type { SeenPeer } from '../../strategies/strategy.ts';

/** Which discovered peers a topology wants. */
export interface PeerFilterOptions {
  /** Full names of wanted peers; `*` matches any characters: `app-*@*.example`. Default: all. */
  readonly include?: readonly string[] | undefined;
  /** Names of unwanted peers, in the same form. Takes precedence over `include`. */
  readonly exclude?: readonly string[] | undefined;
  /** Tags a peer must have, with their values: `{ version: '2' }` keeps two releases of an application apart. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** Whether a peer is wanted. */
export type PeerFilter = (peer: SeenPeer) => boolean;

/** Creates a filter from its options. It takes time linear in the length of a name, whatever the pattern. */
export function createPeerFilter({ include, exclude = [], tags = {} }: PeerFilterOptions): PeerFilter {
  const wanted = include?.map(matcherOf);
  const unwanted = exclude.map(matcherOf);
  const wantedTags = Object.entries(tags);
  return (peer) =>
    (wanted === undefined || wanted.some((matches) => matches(peer.node))) &&
    !unwanted.some((matches) => matches(peer.node)) &&
    wantedTags.every(([name, value]) => peer.tags?.[name] === value);
}

/**
 * Compares from both ends, without a regular expression: names come from the network and patterns from users, and no
 * combination may take long.
 */
function matcherOf(pattern: string): (name: string) => boolean {
  const parts = pattern.split('*');
  const [first = '', ...others] = parts;
  const last = others.pop();
  if (last === undefined) return (name) => name === pattern;
  return (name) => {
    if (!name.startsWith(first)) return false;
    let at = first.length;
    for (const part of others) {
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return name.length - last.length >= at && name.endsWith(last);
  };
}

/** The connections of the mesh, from the peers that every node reports. Pure. */

import type { NodeView } from '@convoy/console/protocol';

export interface MeshEdge {
  /** For a one-way edge: the node that reports the connection. */
  readonly from: string;
  readonly to: string;
  /** `mutual` if both nodes report it, `oneWay` if only `from` does. */
  readonly kind: 'mutual' | 'oneWay';
}

/** Every connected pair once, in a stable order, including peers without a view. */
export function edgesOf(nodes: readonly NodeView[]): readonly MeshEdge[] {
  const claims = new Map(nodes.map((node) => [node.name, new Set(node.peers)]));
  const edges: MeshEdge[] = [];
  for (const { name, peers } of nodes)
    for (const peer of new Set(peers)) {
      if (peer === name) continue;
      const mutual = claims.get(peer)?.has(name) ?? false;
      if (!mutual) edges.push({ from: name, to: peer, kind: 'oneWay' });
      else if (name < peer) edges.push({ from: name, to: peer, kind: 'mutual' });
    }
  return edges;
}

/** Names of peers that are not in `nodes`. */
export function strangersOf(nodes: readonly NodeView[]): readonly string[] {
  const known = new Set(nodes.map((node) => node.name));
  return [...new Set(nodes.flatMap((node) => node.peers))].filter((name) => !known.has(name)).sort();
}

export interface PeerSight {
  readonly name: string;
  readonly kind: 'mutual' | 'seen' | 'claims';
}

/** The connections of `node`: only it reports the peer (`seen`), only the peer reports it (`claims`), or both do (`mutual`). */
export function peersOf(node: NodeView, nodes: readonly NodeView[]): readonly PeerSight[] {
  const own = new Set(node.peers);
  const claimers = new Set(nodes.filter((other) => other.peers.includes(node.name)).map(({ name }) => name));
  return [...new Set([...own, ...claimers])].sort().map((name) => {
    if (own.has(name) && claimers.has(name)) return { name, kind: 'mutual' };
    return own.has(name) ? { name, kind: 'seen' } : { name, kind: 'claims' };
  });
}

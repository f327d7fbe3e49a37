/** The connections of the mesh, from the peers that every node reports. Pure. */

import type { NodeView } from '@convoy/console/protocol';
import { idOfPeer } from './node-ids.ts';

export interface MeshEdge {
  /** Id of a node; for a one-way edge: of the one that reports the connection. */
  readonly from: string;
  readonly to: string;
  /** `mutual` if both nodes report it, `oneWay` if only `from` does. */
  readonly kind: 'mutual' | 'oneWay';
}

/** Every connected pair once, in a stable order, including peers without a view. */
export function edgesOf(nodes: readonly NodeView[]): readonly MeshEdge[] {
  const claims = new Map(nodes.map((node) => [node.id, new Set(peerIdsOf(node))]));
  const edges: MeshEdge[] = [];
  for (const [id, peers] of claims)
    for (const peer of peers) {
      if (peer === id) continue;
      const mutual = claims.get(peer)?.has(id) ?? false;
      if (!mutual) edges.push({ from: id, to: peer, kind: 'oneWay' });
      else if (id < peer) edges.push({ from: id, to: peer, kind: 'mutual' });
    }
  return edges;
}

/** The ids of the peers that a node reports. */
function peerIdsOf(node: NodeView): readonly string[] {
  return node.peers.map((peer) => idOfPeer(node, peer));
}

/** Ids of peers that are not in `nodes`. */
export function strangersOf(nodes: readonly NodeView[]): readonly string[] {
  const known = new Set(nodes.map((node) => node.id));
  return [...new Set(nodes.flatMap(peerIdsOf))].filter((id) => !known.has(id)).sort();
}

export interface PeerSight {
  readonly id: string;
  readonly name: string;
  readonly kind: 'mutual' | 'seen' | 'claims';
}

/** The connections of `node`: only it reports the peer (`seen`), only the peer reports it (`claims`), or both do (`mutual`). */
export function peersOf(node: NodeView, nodes: readonly NodeView[]): readonly PeerSight[] {
  const own = new Set(node.peers);
  const claimers = new Set(
    nodes
      .filter((other) => idOfPeer(node, other.name) === other.id && other.peers.includes(node.name))
      .map(({ name }) => name),
  );
  return [...new Set([...own, ...claimers])].sort().map((name) => {
    const id = idOfPeer(node, name);
    if (own.has(name) && claimers.has(name)) return { id, name, kind: 'mutual' };
    return { id, name, kind: own.has(name) ? 'seen' : 'claims' };
  });
}

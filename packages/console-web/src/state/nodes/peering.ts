/** Which nodes the console can join to one another or disconnect, and which of two it asks for that. Pure. */

import type { NodeView } from '@convoy/console/protocol';
import { isLongHost, splitNodeName } from '@convoy/node/names';

/** The cluster of the nodes that this computer runs, which the console itself reaches by name. */
const localCluster = 'local';

/** Whether the console can ask the node: it has a way to it, and the node belongs to no other console. */
function isAskable({ origin, cluster }: NodeView): boolean {
  if (origin === 'shared') return false;
  return origin !== 'discovered' || cluster === localCluster;
}

/** Whether the name has a host with its domain, or an address: what Erlang calls a long name. */
function isLong({ name }: NodeView): boolean {
  return isLongHost(splitNodeName(name).host);
}

/** Whether `asked` connects to a node with such a name. A node of Erlang or Elixir uses either long or short names. */
function takesName(asked: NodeView, peer: NodeView): boolean {
  return asked.kind === 'typescript' || isLong(asked) === isLong(peer);
}

type Order = readonly [asked: NodeView, peer: NodeView];

/**
 * Which of the two to ask first. A connection has no direction, so either may be asked; better one that the console is
 * connected to than one that it has only heard of.
 */
function ordersOf(node: NodeView, other: NodeView): readonly [Order, Order] {
  const isHearsay = node.origin === 'discovered' && other.origin !== 'discovered';
  const [ahead, back]: readonly [Order, Order] = [
    [node, other],
    [other, node],
  ];
  return isHearsay ? [back, ahead] : [ahead, back];
}

function canAsk([asked, peer]: Order): boolean {
  return isAskable(asked) && takesName(asked, peer);
}

/** Whether the two are up and have the same cookie in the same place, and the console can ask one of them. */
function isPair(node: NodeView, other: NodeView): boolean {
  return (
    node.id !== other.id &&
    node.status === 'up' &&
    other.status === 'up' &&
    node.cluster === other.cluster &&
    (isAskable(node) || isAskable(other))
  );
}

export interface Peering {
  readonly joinable: readonly NodeView[];
  readonly connected: readonly NodeView[];
}

/** The nodes that `node` can join, and those that it can be disconnected from. */
export function peeringOf(node: NodeView, all: readonly NodeView[]): Peering {
  const pairs = all.filter((other) => isPair(node, other));
  const isPeer = ({ name }: NodeView): boolean => node.peers.includes(name);
  return {
    joinable: pairs.filter((other) => !isPeer(other) && ordersOf(node, other).some(canAsk)),
    connected: pairs.filter(isPeer),
  };
}

/** The id of the node to ask, and the name of the peer to tell it. */
export function askedOf(node: NodeView, other: NodeView): { readonly asked: string; readonly peer: string } {
  const orders = ordersOf(node, other);
  const [asked, peer] = orders.find(canAsk) ?? orders[0];
  return { asked: asked.id, peer: peer.name };
}

/** Why `node` can neither be joined nor disconnected. */
export function peeringNote(node: NodeView, all: readonly NodeView[]): string {
  const others = all.filter((other) => other.id !== node.id && other.status === 'up');
  return others.length === 0
    ? 'No other node is up. Launch one to join it.'
    : 'No other node can be joined: they are in another place, have another cookie, or have names of the other form, long or short.';
}

/** Tells a node that we started on a host that its owner is there, whenever it is connected, so that it stays. */

import type { Node } from '@convoy/node';
import { atom, tuple } from '@convoy/node/etf';

const deadMan = 'convoy_deadman';

/** Keeps `name` from ending by itself while `node` lives and is connected. Returns what ends that. */
export function ownNode(node: Node, name: string): () => void {
  const tell = (): void => node.send({ name: deadMan, node: name }, tuple(atom('owner'), node.pid));
  const stop = node.onNodeUp((up) => {
    if (up === name) tell();
  });
  if (node.list('connected').includes(name)) tell();
  return stop;
}

/** Lets a node that we started live on without us. */
export function disownNode(node: Node, name: string): void {
  node.send({ name: deadMan, node: name }, atom('keep'));
}

/** The joiner of a node in this process. */

import type { Node } from '@convoy/node';
import type { Joiner } from './joiner.ts';

export function createNodeJoiner(node: Node): Joiner {
  return {
    self: node.name,
    connect: (peer, { signal }) => node.connect(peer, { signal }),
    disconnect: async (peer) => void node.disconnect(peer),
    connected: () => node.list('connected'),
    onUp: (listener) => node.onNodeUp((peer) => listener(peer)),
    onDown: (listener) => node.onNodeDown((peer, reason) => listener(peer, reason)),
    close: async () => undefined,
  };
}

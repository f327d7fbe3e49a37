/** The names that `global` keeps for the nodes of a mesh, as a node uses them; a hidden node takes no part in `global`. */

import { NodeError } from '../../errors.ts';
import type { Pid, Term } from '../../etf/index.ts';

/** Names registered on every node of the mesh: `Node.global`. */
export interface NodeGlobal {
  /** The registered names. Empty on a hidden node, which does not take part in `global`. */
  names(): Term[];
  /** The process registered under a name. */
  whereis(name: Term): Pid | undefined;
  /** Registers a process on every node of the mesh. Resolves to `false` when the name is taken. Throws `NodeError` NODE_HIDDEN. */
  register(name: Term, pid: Pid): Promise<boolean>;
  /** Removes a name on every node of the mesh. Resolves to `false` when it was not registered. Throws `NodeError` NODE_HIDDEN. */
  unregister(name: Term): Promise<boolean>;
}

/** What a hidden node has instead of a global name server. */
export function createHiddenGlobal(node: string): NodeGlobal {
  const refuse = (): never => {
    throw new NodeError('NODE_HIDDEN', `${node} is a hidden node and cannot use global names`, {
      remedy: 'Start it without `hidden`.',
    });
  };
  return { names: () => [], whereis: () => undefined, register: refuse, unregister: refuse };
}

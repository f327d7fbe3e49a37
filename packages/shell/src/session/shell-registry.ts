/**
 * The shells of the sessions of a node. To complete variables, OTP 26 and later asks the node of the group leader for its
 * shell (`group:whereis_shell/0`): this answers it.
 */

import type { Node } from '@convoy/node';
import { type Pid, termKey } from '@convoy/node/etf';

interface Entry {
  /** The node the shell is on, and the only one that gets an answer. */
  readonly target: string;
  readonly shell: Pid | undefined;
}

interface Registry {
  readonly shells: Map<string, Entry>;
  readonly conceal: () => void;
}

const registries = new WeakMap<Node, Registry>();

/** Maximum number of shells that one node may have open. */
export const maxSessions = 256;

/** The number of sessions of the node. */
export function countSessions(node: Node): number {
  return registries.get(node)?.shells.size ?? 0;
}

/** Adds or changes the shell of a session. */
export function registerShell(node: Node, groupLeader: Pid, entry: Entry): void {
  const registry = registries.get(node) ?? createRegistry(node);
  registry.shells.set(termKey(groupLeader), entry);
}

export function unregisterShell(node: Node, groupLeader: Pid): void {
  const registry = registries.get(node);
  if (registry === undefined) return;
  registry.shells.delete(termKey(groupLeader));
  if (registry.shells.size > 0) return;
  registry.conceal();
  registries.delete(node);
}

function createRegistry(node: Node): Registry {
  const shells = new Map<string, Entry>();
  const conceal = node.exposeWithContext('group', {
    whereis_shell: (call) => {
      const entry = shells.get(termKey(call.groupLeader));
      return entry?.target === call.peer ? entry.shell : undefined;
    },
  });
  const registry = { shells, conceal };
  registries.set(node, registry);
  return registry;
}

/** What can be done with the processes of a node from outside of them, besides starting them. Interface only. */

import type { Pid, Reference, Term } from '../etf/index.ts';

/** The processes of a node: `Node.processes`. */
export interface NodeProcesses {
  /** Removes a registered name. Returns `false` when it was not registered. */
  unregister(name: string): boolean;
  /** The local process registered under a name. */
  whereis(name: string): Pid | undefined;
  /** The registered names, sorted. */
  registered(): string[];
  /** Whether a process of this node is alive. */
  isAlive(pid: Pid): boolean;
  /** Sends an exit signal to a process of any node, as `exit(Pid, Reason)`. `atom('kill')` cannot be trapped. */
  exit(pid: Pid, reason: Term): void;
  /** Creates a unique reference. */
  makeRef(): Reference;
}

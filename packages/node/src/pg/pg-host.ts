/** What a scope of process groups needs of a node. Interface only; `Node` implements it. */

import type { Pid, Term } from '../etf/index.ts';
import type { NodeProcesses } from '../process/node-processes.ts';
import type { ServerCallbacks, SpawnOptions } from '../process/process.ts';
import type { Destination } from '../process/router.ts';

/** What a scope needs of a node: a `Node`. */
export interface PgHost {
  /** Full name of the node. */
  readonly name: string;
  /** Whether it is a hidden node. */
  readonly hidden: boolean;
  /** Starts a server process. */
  spawnServer(callbacks: ServerCallbacks, options?: SpawnOptions): Pid;
  /** Its processes. */
  readonly processes: Pick<NodeProcesses, 'isAlive' | 'makeRef'>;
  /** Sends a message. Messages to a peer arrive in order. */
  send(to: Destination, message: Term, options?: { readonly from?: Pid }): void;
  /** Names of the connected nodes: visible ones, or all. */
  list(kind: 'visible' | 'connected'): string[];
  /** What is known of a connected peer; `undefined` if it is not connected. */
  peer(name: string): object | undefined;
  /** Resolves when the peer takes more messages. */
  whenWritable(peer: string): Promise<void>;
  /** Calls `listener` when a node is connected. Returns a function that unsubscribes. */
  onNodeUp(listener: (name: string, info: { readonly visible: boolean }) => void): () => void;
  /** Calls `listener` when a connection is lost. Returns a function that unsubscribes. */
  onNodeDown(listener: (name: string) => void): () => void;
}

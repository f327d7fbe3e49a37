/** What a scope of process groups needs of a node. Interface only; `Node` implements it. */

import type { Pid, Reference, Term } from '../etf/index.ts';
import type { ServerCallbacks, SpawnOptions } from '../process/process.ts';
import type { Destination } from '../process/router.ts';

/** What a scope needs of a node: a `Node`. */
export interface PgHost {
  readonly name: string;
  readonly hidden: boolean;
  spawnServer(callbacks: ServerCallbacks, options?: SpawnOptions): Pid;
  isAlive(pid: Pid): boolean;
  makeRef(): Reference;
  send(to: Destination, message: Term, options?: { readonly from?: Pid }): void;
  list(kind: 'visible' | 'connected'): string[];
  peer(name: string): object | undefined;
  whenWritable(peer: string): Promise<void>;
  onNodeUp(listener: (name: string, info: { readonly visible: boolean }) => void): () => void;
  onNodeDown(listener: (name: string) => void): () => void;
}

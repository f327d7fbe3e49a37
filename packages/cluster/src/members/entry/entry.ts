/** The contract of an entry: the member that is connected to our node, and names and asks the others. */

import type { Term } from '@convoy/node/etf';
import type { MemberCall } from '../facts/question.ts';

/** The connections of the entry. */
export interface EntryList {
  /** To be passed to the next `listen`. */
  readonly hash: number;
  readonly visible: readonly string[];
  readonly hidden: readonly string[];
  /** Nodes that came or went while the entry was listening. */
  readonly changed: readonly string[];
}

/** The outcome of a call on one member. */
export type Outcome =
  | { readonly kind: 'value'; readonly value: Term }
  /** The function does not exist there. */
  | { readonly kind: 'undefined' }
  | { readonly kind: 'failed'; readonly text: string }
  /** The entry is not connected to it, or it did not answer in time, or with too much. */
  | { readonly kind: 'silent'; readonly why: string };

/** A call on several members. */
export interface GroupCall {
  readonly names: readonly string[];
  readonly call: MemberCall;
  readonly timeoutMs: number;
  /** Maximum size of each answer in the external term format. */
  readonly maxBytes: number;
  /** Maximum number of names, if the answer starts with two lists of nodes to compare. */
  readonly compare?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How to listen for changes. */
export interface ListenOptions {
  /** How long to wait for a change. */
  readonly waitMs: number;
  readonly maxNames: number;
  readonly signal: AbortSignal;
}

export interface Entry {
  /** Full name of the node. */
  readonly name: string;
  /** The number of questions so far. */
  readonly questions: number;
  /** Waits for connections other than those of the answer with this hash. `undefined`: they are the same. */
  listen(hash: number, options: ListenOptions): Promise<EntryList | undefined>;
  /** Calls a function on members that the entry is connected to, and on the entry itself. Never makes two nodes connect. */
  ask(call: GroupCall): Promise<Map<string, Outcome>>;
}

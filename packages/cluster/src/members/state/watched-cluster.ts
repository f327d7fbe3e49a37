/** What `watchCluster` returns. */

import type { Term } from '@convoy/node/etf';
import type { MembersError } from '../../errors.ts';
import type { MemberCall } from '../facts/question.ts';
import type { ClusterChange, Member } from './cluster-model.ts';

/** Options of `WatchedCluster.ask`. */
export interface AskOptions {
  /** How long the member may take to answer, in milliseconds. Default: `answerMs` of the cluster. */
  readonly timeoutMs?: number | undefined;
  /** Maximum size of the answer in the external term format, in bytes. Default 1 MiB. */
  readonly maxBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A direct connection to a member. It stays until the visit is closed, and for `idleMs` after that. */
export interface Visit extends Disposable {
  /** Full name of the member, which our node is connected to. */
  readonly name: string;
  /** Ends the visit. Idempotent. */
  close(): void;
}

/** A cluster that is being watched. Returned by `watchCluster`. */
export interface WatchedCluster extends AsyncDisposable {
  /** The member through which the others are asked; `undefined` while none is connected. */
  readonly entry: string | undefined;
  /** The number of questions to entries so far, each a remote call. */
  readonly questions: number;
  /** All members, the entry first. */
  members(): Member[];
  /** A member by its full name. */
  member(name: string): Member | undefined;
  /** Calls `listener` with each change. Returns the function that unsubscribes it. */
  onChange(listener: (change: ClusterChange) => void): () => void;
  /** Asks all members now how they are. */
  refresh(): Promise<void>;
  /**
   * Calls a function on a member through the entry, over the connections that the cluster has already. Rejects with
   * MEMBERS_UNKNOWN_NODE, MEMBERS_NO_ENTRY, MEMBERS_NO_ANSWER or MEMBERS_CALL_FAILED.
   */
  ask(name: string, call: MemberCall, options?: AskOptions): Promise<Term>;
  /** The same on several members at once, by one question. A member whose call failed has the error as its value. */
  askEach(
    names: readonly string[],
    call: MemberCall,
    options?: AskOptions,
  ): Promise<Map<string, Term | MembersError>>;
  /** Visible nodes that have been members since watching began, and are not now; the latest ones, as many as `maxMembers`. */
  formerMembers(): string[];
  /** Connects our node to a member directly. Rejects with MEMBERS_UNKNOWN_NODE, or with the reason why it cannot be reached. */
  visit(name: string, options?: { readonly signal?: AbortSignal }): Promise<Visit>;
  /** Stops watching and closes the connections that were made for it. Idempotent. */
  close(): Promise<void>;
}

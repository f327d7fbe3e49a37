/**
 * The contract of a way to find out which nodes belong to the cluster: a list, DNS, datagrams, the API of a platform. A
 * strategy looks nodes up and reports them; it neither dials nor remembers them. Membership decides what an answer means.
 *
 * Rules for every strategy, checked by test/conformance/strategy.ts:
 * - a lookup that failed is reported as a failure, never as an empty answer;
 * - an answer is complete only if all sources were read, so that a node that is not in it has left;
 * - nothing is looked up before `run`, and nothing stays open after `run` has ended;
 * - `run` ends when its signal aborts, without an error, and at once; it can be run again;
 * - names, tags and counts from outside are checked and bounded before they are kept.
 */

import type { Clock } from '@convoy/node';

/** A node that was seen. */
export interface SeenPeer {
  /** Full name. */
  readonly node: string;
  /** What the source says about the node: `version`, `region`. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** The result of one lookup. */
export interface StrategyAnswer {
  readonly peers: readonly SeenPeer[];
  /** Whether these are all peers. The peers of a partial answer are added to those already known. */
  readonly isComplete: boolean;
  /** Duration of the lookup, in milliseconds. */
  readonly durationMs?: number;
}

/** What a strategy works with. */
export interface StrategyContext {
  /** Full name of the node that looks for others; a strategy may report it as well. */
  readonly self: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Reports the result of a lookup. */
  readonly answer: (answer: StrategyAnswer) => void;
  /** Reports a failed lookup; the strategy continues by itself. */
  readonly fail: (error: Error) => void;
  /** Resolves when a refresh is requested. Polling strategies then look again; others may ignore it. */
  readonly refreshed: () => Promise<void>;
}

/** A way to find the nodes of a cluster. */
export interface Strategy {
  /** E.g. `dns`. */
  readonly kind: string;
  /** Tags that its peers may have: none if the source has no tags, `any` if peers choose their own. */
  readonly tags: readonly string[] | 'any';
  /**
   * Looks for nodes until the signal aborts. Rejects when it cannot continue (a port is taken, an API refused the token);
   * it is then run again after a pause.
   */
  run(context: StrategyContext): Promise<void>;
}

/** Most peers taken from one answer. The rest is left out, and a failure is reported. */
export const maxPeersPerAnswer = 4096;

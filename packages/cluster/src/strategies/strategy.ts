/**
 * The contract of a way to know who should be in the cluster: a list, DNS, datagrams, the API of a platform. A strategy
 * looks and tells; it dials nobody and remembers nobody. What follows from an answer is the membership's business.
 *
 * Rules every strategy keeps; test/conformance/strategy.ts checks them:
 * - a look-up that failed is told as a failure, never as an empty answer;
 * - an answer is complete only when everything was looked at, so that whoever is not in it has left;
 * - nothing is looked up before `run`, and nothing is left open when `run` has ended;
 * - `run` ends when its signal aborts, without an error, and at once; it can be run again;
 * - names, tags and counts from outside are checked and bounded before they are kept.
 */

import type { Clock } from '@convoy/node';

/** A node that was seen. */
export interface SeenPeer {
  /** Full name. */
  readonly node: string;
  /** What the source says about it: `version`, `region`. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** The result of one look-up. */
export interface StrategyAnswer {
  readonly peers: readonly SeenPeer[];
  /** Whether these are all peers. The peers of a partial answer are added to those already known. */
  readonly isComplete: boolean;
  /** Duration of the look-up, in milliseconds. */
  readonly durationMs?: number;
}

/** What a strategy is given to work with. */
export interface StrategyContext {
  /** Full name of the node it looks for; strategies may tell of it too. */
  readonly self: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Reports the result of a look-up. */
  readonly answer: (answer: StrategyAnswer) => void;
  /** Reports a failed look-up; the strategy continues by itself. */
  readonly fail: (error: Error) => void;
  /** Resolves when somebody wants to know now. Polling strategies look again then, others need not. */
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

/** Most peers taken from one answer. What is beyond is left out, and the answer fails. */
export const maxPeersPerAnswer = 4096;

/** Says on standard error that the event loop was blocked, once for all nodes of this process. */

import { stderr } from 'node:process';
import type { Clock } from '../../clock.ts';

/** The event loop of a node was blocked for longer than a quarter of the tick time. */
export interface BlockedReport {
  /** Full name of the node. */
  readonly node: string;
  /** How long it was blocked, at least. */
  readonly blockedMs: number;
  /** The node's `netTickTimeMs`: after this time other nodes disconnect. */
  readonly netTickTimeMs: number;
}

let lastPrintedAt = -Infinity;

/** The default of `NodeOptions.onBlocked`. `print` writes a text; by default to standard error. */
export function createBlockedPrinter(
  clock: Clock,
  print: (text: string) => void = (text) => void stderr.write(`${text}\n`),
): (report: BlockedReport) => void {
  return (report) => {
    const now = clock.now();
    // All nodes of the process notice the same block, one after the other.
    const isSame = now >= lastPrintedAt && now - lastPrintedAt < report.blockedMs;
    if (isSame) return;
    lastPrintedAt = now;
    print(formatBlocked(report));
  };
}

function formatBlocked({ node, blockedMs, netTickTimeMs }: BlockedReport): string {
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  return `${node}: the event loop was blocked for ${seconds(blockedMs)}, in which the node did not answer; other nodes disconnect after ${seconds(netTickTimeMs)} (netTickTimeMs). Split long work, or move it to a worker thread.`;
}

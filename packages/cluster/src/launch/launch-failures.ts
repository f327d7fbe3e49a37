/**
 * Why a launch did not succeed: the node exited, it timed out, it was cancelled, or cleaning up after it failed too; and whether
 * a node ran out of memory.
 */

import { ProviderError } from '../errors.ts';
import { formatExit } from './child-process.ts';
import type { NodeExit } from './provider.ts';

/** A node that is launching, and its output. */
interface NamedLog {
  readonly node: string;
  readonly log: { excerpt(): string[]; tail(count: number): string[] };
  /** Its memory limit in MB. */
  readonly memoryMb?: number | undefined;
}

/** Runs `work` for a node. When `signal` aborted it, throws the reason as a `ProviderError`. */
export async function orReason<Result>(
  entry: NamedLog,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    signal.throwIfAborted();
    return await work();
  } catch (error) {
    throw signal.aborted ? abortError(entry, signal.reason) : error;
  }
}

/** Why a launch was aborted: the node exited, the launch timed out, or it was cancelled. */
export function abortError(entry: NamedLog, reason: unknown): ProviderError {
  const { node, log } = entry;
  if (isExit(reason)) {
    const limit = exceededLimit(entry);
    const message =
      limit === undefined
        ? `${node} exited while it was starting (${formatExit(reason)})`
        : `${node} ran out of memory while it was starting: its limit is ${limit} MB`;
    const printed = log.excerpt();
    // A platform may have been asked for lines that have not arrived in the log.
    const lastOutput = printed.length < reason.lastOutput.length ? reason.lastOutput : printed;
    const remedy = limit === undefined ? exitRemedy(lastOutput) : 'Launch it with a larger limit.';
    return new ProviderError('PROVIDER_NODE_EXITED', message, { node, remedy, lastOutput });
  }
  if (reason instanceof DOMException && reason.name === 'TimeoutError') {
    const remedy = 'Check its log, and try again if the machine is under heavy load.';
    const lastOutput = log.excerpt();
    return new ProviderError('PROVIDER_TIMEOUT', `${node} did not answer before the launch timed out`, {
      node,
      remedy,
      lastOutput,
    });
  }
  return new ProviderError('PROVIDER_CANCELLED', `the launch of ${node} was cancelled`, { node });
}

/** Combines two failures, so that neither hides the other. */
export function notRemoved({ node }: Pick<NamedLog, 'node'>, why: unknown, left: unknown): ProviderError {
  const [first, second] = [why, left].map((error) =>
    error instanceof Error ? error.message : String(error),
  );
  const message = `${first}; and cleaning up after the failed launch failed too: ${second}`;
  const code = why instanceof ProviderError ? why.code : 'PROVIDER_SPAWN_FAILED';
  const lastOutput = why instanceof ProviderError ? why.lastOutput : [];
  const remedy = 'Delete the node again.';
  return new ProviderError(code, message, {
    node,
    remedy,
    lastOutput,
    cause: new AggregateError([why, left]),
  });
}

function exitRemedy(lastOutput: readonly string[]): string {
  return lastOutput.length === 0
    ? 'It printed nothing; check that its program runs on that machine.'
    : 'Correct what its output reports, and launch it again.';
}

/** What the BEAM and V8 print before they give up, and what a system call reports to a program. */
const outOfMemory =
  /annot (?:re)?allocate \d+ bytes of memory|JavaScript heap out of memory|Cannot allocate memory|\benomem\b/;
/** V8 prints a stack trace of some twenty lines after its message. */
const searchedLines = 100;

/** The memory limit that a node which has ended ran into; `undefined` if it has no limit or ended for another reason. */
export function exceededLimit({ log, memoryMb }: Pick<NamedLog, 'log' | 'memoryMb'>): number | undefined {
  if (memoryMb === undefined) return undefined;
  return log.tail(searchedLines).some((line) => outOfMemory.test(line)) ? memoryMb : undefined;
}

function isExit(reason: unknown): reason is NodeExit {
  return typeof reason === 'object' && reason !== null && 'lastOutput' in reason;
}

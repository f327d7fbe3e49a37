/** What is known of a process that has ended because its code threw, and how it reads. Pure. */

import { inspect, type Term } from '../etf/index.ts';
import { visibleText } from '../visible-text.ts';

/** The function, or a callback, of a process threw. */
export interface CrashReport {
  /** Full name of the node. */
  readonly node: string;
  /** `<web@127.0.0.1.71.0>`: node, number and serial. */
  readonly pid: string;
  /** The name it was registered under. */
  readonly name: string | undefined;
  /** What was thrown: usually an `Error`, with its stack. */
  readonly error: unknown;
  /** The message that it received last, if it received one. */
  readonly lastMessage: { readonly term: Term } | undefined;
  /** The number of messages that were waiting for it, and are lost. */
  readonly waitingMessages: number;
}

const maxMessageText = 400;
const maxStackLines = 20;

/**
 * A crash report as text of several lines: the process, the error with its stack, the last message (at most 400 characters of it), and
 * how many were waiting.
 */
export function formatCrashReport(report: CrashReport): string {
  const { node, pid, name, error, lastMessage, waitingMessages } = report;
  const who = name === undefined ? pid : `${name} (${pid})`;
  const lines = [`process ${who} of ${node} has crashed:`, ...stackOf(error)];
  if (lastMessage !== undefined) {
    lines.push(`  last message: ${inspect(lastMessage.term, { maxLength: maxMessageText })}`);
  }
  if (waitingMessages > 0) {
    lines.push(
      `  ${waitingMessages === 1 ? '1 message was' : `${waitingMessages} messages were`} waiting for it`,
    );
  }
  return lines.map(visibleText).join('\n');
}

function stackOf(error: unknown): string[] {
  return textOf(error)
    .split('\n')
    .slice(0, maxStackLines)
    .map((line) => `  ${line}`);
}

/** The thrown value may be anything, also a proxy that throws in turn. */
function textOf(error: unknown): string {
  try {
    if (error instanceof Error) return error.stack ?? `${error.name}: ${error.message}`;
    return `thrown: ${String(error)}`;
  } catch {
    return 'thrown: a value that cannot be read';
  }
}

/** The answers of several nodes side by side: which are the same, and where the others differ. Pure. */

import type { InspectProblemView } from '@convoy/console/protocol';
import { formatCount } from '../../page/format.ts';

/** A value that a node has answered. */
export interface AnsweredValue {
  readonly text: string;
  readonly bytes?: number | undefined;
  /** Equal for equal values, however long. */
  readonly hash?: number | undefined;
}

/** What one node has answered. */
export type NodeReply =
  | { readonly node: string; readonly value: AnsweredValue; readonly elapsedMs?: number | undefined }
  | { readonly node: string; readonly problem: InspectProblemView };

/** A piece of a text, and whether it is what differs from the answer of most nodes. */
export interface TextPart {
  readonly text: string;
  readonly isDifferent: boolean;
}

export interface ComparedReply {
  readonly reply: NodeReply;
  /** The text in pieces; empty without a value. */
  readonly parts: readonly TextPart[];
  /** Whether most nodes have answered something else. */
  readonly isOdd: boolean;
}

export interface Comparison {
  readonly replies: readonly ComparedReply[];
  /** What is the same and what is not, as a sentence; empty for one node. */
  readonly summary: string;
}

function sameKey({ text, hash }: AnsweredValue): string {
  return hash === undefined ? text : String(hash);
}

/** The value that most nodes have answered; of several, the one that came first. */
function usualOf(values: readonly AnsweredValue[]): AnsweredValue | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(sameKey(value), (counts.get(sameKey(value)) ?? 0) + 1);
  const most = Math.max(0, ...counts.values());
  return values.find((value) => counts.get(sameKey(value)) === most);
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_]/u.test(character);
}

/** The text with what is between the beginning and the end that both have in common marked, as whole words and numbers. */
export function markedText(text: string, usual: string): readonly TextPart[] {
  const most = Math.min(text.length, usual.length);
  let start = 0;
  while (start < most && text[start] === usual[start]) start += 1;
  while (start > 0 && isWord(text[start - 1]) && (isWord(text[start]) || isWord(usual[start]))) start -= 1;
  let end = 0;
  while (end < most - start && text.at(-1 - end) === usual.at(-1 - end)) end += 1;
  const before = (whole: string): string | undefined => whole[whole.length - end - 1];
  while (end > 0 && isWord(text.at(-end)) && (isWord(before(text)) || isWord(before(usual)))) end -= 1;
  const parts = [
    { text: text.slice(0, start), isDifferent: false },
    { text: text.slice(start, text.length - end), isDifferent: true },
    { text: text.slice(text.length - end), isDifferent: false },
  ];
  return parts.filter((part) => part.text !== '');
}

function compared(reply: NodeReply, usual: AnsweredValue | undefined): ComparedReply {
  if ('problem' in reply) return { reply, parts: [], isOdd: false };
  const { value } = reply;
  const isOdd = usual !== undefined && sameKey(value) !== sameKey(usual);
  const parts = isOdd ? markedText(value.text, usual.text) : [{ text: value.text, isDifferent: false }];
  return { reply, parts, isOdd };
}

function summaryOf(replies: readonly ComparedReply[]): string {
  if (replies.length < 2) return '';
  const failed = replies.filter(({ reply }) => 'problem' in reply).length;
  const odd = replies.filter(({ isOdd }) => isOdd).length;
  const answered = replies.length - failed;
  const without = failed === 0 ? '' : ` ${formatCount(failed, 'node has', 'nodes have')} not answered.`;
  if (answered < 2) return without.trim();
  if (odd === 0) return `${answered === 2 ? 'Both' : `All ${answered}`} answers are the same.${without}`;
  const same = answered - odd;
  if (same === 1) return `Every one of the ${answered} nodes answers something else.${without}`;
  return `${same} of ${answered} answers are the same, ${formatCount(odd, 'differs', 'differ')}.${without}`;
}

/** Compares answers. Those to a message are pids of each node, which always differ: they are not compared. */
export function compareReplies(
  replies: readonly NodeReply[],
  { areComparable }: { readonly areComparable: boolean },
): Comparison {
  const values = replies.flatMap((reply) => ('value' in reply ? [reply.value] : []));
  const usual = areComparable ? usualOf(values) : undefined;
  const all = replies.map((reply) => compared(reply, usual));
  return { replies: all, summary: areComparable ? summaryOf(all) : '' };
}

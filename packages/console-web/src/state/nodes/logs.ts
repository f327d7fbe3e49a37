/** Lines of the nodes whose output is followed. Bounded; new lines are shown once per frame, however fast they come. */

import type { LogLine } from '@convoy/console/protocol';
import { signal, type Signal } from '@preact/signals';

const mostLines = 3000;

interface LogBook {
  readonly lines: Signal<readonly LogLine[]>;
  waiting: LogLine[];
  lastSeq: number;
}

const books = new Map<string, LogBook>();
let flushRequested = false;

function bookOf(node: string): LogBook {
  let book = books.get(node);
  if (book === undefined) {
    book = { lines: signal<readonly LogLine[]>([]), waiting: [], lastSeq: 0 };
    books.set(node, book);
  }
  return book;
}

export function linesOf(node: string): Signal<readonly LogLine[]> {
  return bookOf(node).lines;
}

/** The last line this page has, for `logs.follow`. */
export function lastSeqOf(node: string): number {
  return bookOf(node).lastSeq;
}

function flush(): void {
  flushRequested = false;
  for (const book of books.values()) {
    if (book.waiting.length === 0) continue;
    book.lines.value = [...book.lines.value, ...book.waiting].slice(-mostLines);
    book.waiting = [];
  }
}

export function addLines(node: string, lines: readonly LogLine[]): void {
  const book = bookOf(node);
  for (const line of lines) {
    // What comes again after a reconnect is already here.
    if (line.seq <= book.lastSeq) continue;
    book.lastSeq = line.seq;
    book.waiting.push(line);
  }
  if (book.waiting.length > mostLines) book.waiting = book.waiting.slice(-mostLines);
  if (flushRequested || book.waiting.length === 0) return;
  flushRequested = true;
  // A hidden page gets no frames, but must not gather lines without end either.
  if (document.hidden) setTimeout(flush, 250);
  else requestAnimationFrame(flush);
}

export function clearLines(node: string): void {
  bookOf(node).lines.value = [];
}

/** A deleted node's book; a later node of the same name numbers its lines anew. */
export function dropLines(node: string): void {
  books.delete(node);
}

/** Output lines of the followed nodes. Bounded; new lines are shown once per frame, however fast they arrive. */

import type { LogLine } from '@convoy/console/protocol';
import { signal, type Signal } from '@preact/signals';

const mostLines = 3000;

interface LogBuffer {
  readonly lines: Signal<readonly LogLine[]>;
  waiting: LogLine[];
  lastSeq: number;
}

/** By the ids of the nodes. */
const buffers = new Map<string, LogBuffer>();
let flushRequested = false;

function bufferOf(node: string): LogBuffer {
  let buffer = buffers.get(node);
  if (buffer === undefined) {
    buffer = { lines: signal<readonly LogLine[]>([]), waiting: [], lastSeq: 0 };
    buffers.set(node, buffer);
  }
  return buffer;
}

export function linesOf(node: string): Signal<readonly LogLine[]> {
  return bufferOf(node).lines;
}

/** The last line this page has, for `logs.follow`. */
export function lastSeqOf(node: string): number {
  return bufferOf(node).lastSeq;
}

function flush(): void {
  flushRequested = false;
  for (const buffer of buffers.values()) {
    if (buffer.waiting.length === 0) continue;
    buffer.lines.value = [...buffer.lines.value, ...buffer.waiting].slice(-mostLines);
    buffer.waiting = [];
  }
}

export function addLines(node: string, lines: readonly LogLine[]): void {
  const buffer = bufferOf(node);
  for (const line of lines) {
    // Lines may be sent again after a reconnect.
    if (line.seq <= buffer.lastSeq) continue;
    buffer.lastSeq = line.seq;
    buffer.waiting.push(line);
  }
  if (buffer.waiting.length > mostLines) buffer.waiting = buffer.waiting.slice(-mostLines);
  if (flushRequested || buffer.waiting.length === 0) return;
  flushRequested = true;
  // A hidden page gets no frames, but must not collect lines indefinitely either.
  if (document.hidden) setTimeout(flush, 250);
  else requestAnimationFrame(flush);
}

export function clearLines(node: string): void {
  bufferOf(node).lines.value = [];
}

/** Empties the log of a node that was launched again: its lines are numbered from the beginning again. */
export function restartLines(node: string): void {
  const buffer = bufferOf(node);
  buffer.waiting = [];
  buffer.lastSeq = 0;
  buffer.lines.value = [];
}

/** Forgets a deleted node's lines. A later node of the same id starts numbering its lines from the beginning. */
export function dropLines(node: string): void {
  buffers.delete(node);
}

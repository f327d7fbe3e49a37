/**
 * The history of shells in files, one for each kind of shell: a JSON string per line, oldest first. A file is added to by any
 * number of sessions and processes, each line in one write, and shortened when it has become too long. Only its owner can
 * read it, and it never gets what was typed without echo (session/session-step.ts).
 */

import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { addEntry, type History, maxEntries } from './line-editor/history.ts';
import type { ReplKind } from './repl/repl.ts';
import type { ShellHistory } from './session/shell-history.ts';

/** Options of `openHistory`. */
export interface HistoryOptions {
  /** Called with a problem of the disk. The history is a convenience: shells work without it. */
  readonly onProblem?: (error: unknown) => void;
}

/** The longest file, in bytes; a longer one is cut to about half, and to as many entries as a session recalls. */
const maxFileBytes = 1024 * 1024;

/** Keeps the history of shells in a folder, which is created with its first entry. */
export function openHistory(folder: string, { onProblem }: HistoryOptions = {}): ShellHistory {
  const fileOf = (kind: ReplKind): string => join(folder, `${kind}.jsonl`);
  const tried = <Result>(otherwise: Result, work: () => Result): Result => {
    try {
      return work();
    } catch (error) {
      onProblem?.(error);
      return otherwise;
    }
  };
  return {
    entries: (kind) => tried([], () => readEntries(fileOf(kind))),
    add: (kind, entry) => {
      // As in other shells, a line that starts with a space is not kept.
      if (!/^\s/.test(entry)) tried(undefined, () => append(folder, fileOf(kind), entry));
    },
  };
}

function readEntries(file: string): History {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .slice(-maxEntries - 1);
  return lines.flatMap(entryOf).reduce<History>(addEntry, []);
}

/** A line that another program has damaged is skipped. */
function entryOf(line: string): string[] {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'string' ? [entry] : [];
  } catch {
    return [];
  }
}

function append(folder: string, file: string, entry: string): void {
  const isNew = !existsSync(file);
  if (isNew) mkdirSync(folder, { recursive: true, mode: 0o700 });
  else shorten(file);
  appendFileSync(file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
  if (!isNew) chmodSync(file, 0o600);
}

function shorten(file: string): void {
  if (statSync(file).size <= maxFileBytes) return;
  const lines = readEntries(file).map((entry) => `${JSON.stringify(entry)}\n`);
  let bytes = 0;
  const first = lines.findLastIndex((line) => (bytes += Buffer.byteLength(line)) > maxFileBytes / 2);
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, lines.slice(first + 1).join(''), { mode: 0o600 });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

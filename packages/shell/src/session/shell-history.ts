/** What users have entered, kept beyond a session. Contract only; history-file.ts keeps it in files. */

import type { ReplKind } from '../repl/repl.ts';

/** The lines entered at the prompts of shells, by kind of shell. An entry may have several lines. */
export interface ShellHistory {
  /** The entries to recall with the up arrow, oldest first. Must not throw. */
  entries(kind: ReplKind): readonly string[];
  /** Adds an entry as the newest. Never called with what was typed without echo, or for a program. Must not throw. */
  add(kind: ReplKind, entry: string): void;
}

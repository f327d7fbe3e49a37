/** The state of the line editor, and what a key can ask for beside editing. Pure. */
import { emptyText, type TextBuffer } from './buffer.ts';

export interface Editor extends TextBuffer {
  /** What was cut, newest first. */
  readonly kills: readonly string[];
  /** Whether the command before was a kill or a yank: kills in a row join, `yankEarlier` replaces. */
  readonly last: 'kill' | 'yank' | 'other';
  /** Which entry is shown, and the text that was there before. */
  readonly recalled: { readonly index: number; readonly draft: string } | undefined;
  readonly search:
    | { readonly query: string; readonly index: number; readonly before: TextBuffer }
    | undefined;
  readonly undo: readonly TextBuffer[];
}

export type Outcome =
  | 'submit'
  | 'interrupt'
  | 'end'
  | 'complete'
  | 'clearScreen'
  | 'otherRequest'
  | 'bell'
  | undefined;

export interface EditResult {
  readonly editor: Editor;
  readonly outcome: Outcome;
}

export function createEditor(kills: readonly string[] = []): Editor {
  return { ...emptyText, kills, last: 'other', recalled: undefined, search: undefined, undo: [] };
}

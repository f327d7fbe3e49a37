/** The state of the line editor, and the actions of keys other than editing. Pure. */

import { emptyText, type TextBuffer } from './buffer.ts';

export interface Editor extends TextBuffer {
  /** The killed texts, newest first. */
  readonly kills: readonly string[];
  /** Whether the previous command was a kill or a yank: consecutive kills join, `yankEarlier` replaces. */
  readonly last: 'kill' | 'yank' | 'other';
  /** The recalled history entry, and the text before recalling it. */
  readonly recalled: { readonly index: number; readonly draft: string } | undefined;
  readonly search:
    | { readonly query: string; readonly index: number; readonly before: TextBuffer }
    | undefined;
  readonly undo: readonly TextBuffer[];
}

/** What a key asks of the owner of the editor; `undefined` for keys that only edit. */
export type EditOutcome =
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
  readonly outcome: EditOutcome;
}

export function createEditor(kills: readonly string[] = []): Editor {
  return { ...emptyText, kills, last: 'other', recalled: undefined, search: undefined, undo: [] };
}

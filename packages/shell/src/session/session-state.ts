/**
 * The state of one shell session as its users see it, with the events and effects of its reducer. Pure; session.ts runs the
 * effects. The group leader knows all requests; the state holds only the one that the user must answer.
 */

import type { InputView } from '../io/input-view.ts';
import type { Completion } from '../line-editor/completion.ts';
import { createEditor, type Editor } from '../line-editor/editor-state.ts';
import type { History } from '../line-editor/history.ts';
import type { Key } from '../line-editor/keys.ts';
import type { Frame } from './frame.ts';
import { emptyTail, type OutputTail } from './output-tail.ts';
import { nothingTyped, type TypedAhead } from './typed-ahead.ts';

export interface SessionState {
  readonly columns: number;
  readonly rows: number;
  readonly tail: OutputTail;
  /** What is drawn below the output; `undefined` while no input is requested. */
  readonly drawn: Frame | undefined;
  readonly input: InputView | undefined;
  readonly editor: Editor;
  /** The typed texts of requests below the current one, by id. */
  readonly drafts: ReadonlyMap<number, Editor>;
  readonly history: History;
  /** Whether the newest entry may still get more lines, and has not been kept beyond the session yet. */
  readonly isEntryOpen: boolean;
  readonly typedAhead: TypedAhead;
  /** The number of the pending completion; any key cancels it. */
  readonly completing: number | undefined;
  readonly completions: number;
  readonly isClosed: boolean;
}

export type SessionEvent =
  /** Output that has passed the filter. */
  | { readonly kind: 'output'; readonly text: string }
  | { readonly kind: 'input'; readonly input: InputView | undefined }
  | { readonly kind: 'keys'; readonly keys: readonly Key[] }
  | { readonly kind: 'interrupt' }
  /** The entries of earlier sessions. */
  | { readonly kind: 'history'; readonly history: History }
  | { readonly kind: 'resize'; readonly columns: number; readonly rows: number }
  | { readonly kind: 'completed'; readonly completion: number; readonly result: Completion }
  | { readonly kind: 'closed' };

export type SessionEffect =
  /** Text for the terminals. */
  | { readonly kind: 'print'; readonly data: string }
  /** Answer a request with a line, including its newline. */
  | { readonly kind: 'supply'; readonly id: number; readonly text: string }
  | { readonly kind: 'supplyEnd'; readonly id: number }
  /** Answer the request with `{error, interrupted}`. */
  | { readonly kind: 'refuse'; readonly id: number }
  | { readonly kind: 'interruptShell' }
  | { readonly kind: 'otherRequest' }
  | { readonly kind: 'complete'; readonly completion: number; readonly before: string }
  /** Keep what was entered at the shell's own prompt beyond the session. */
  | { readonly kind: 'keep'; readonly entry: string }
  | { readonly kind: 'close' };

export interface Step {
  readonly state: SessionState;
  readonly effects: readonly SessionEffect[];
}

export function initialSession(size: { columns: number; rows: number }): SessionState {
  return {
    ...size,
    tail: emptyTail,
    drawn: undefined,
    input: undefined,
    editor: createEditor(),
    drafts: new Map(),
    history: [],
    isEntryOpen: false,
    typedAhead: nothingTyped,
    completing: undefined,
    completions: 0,
    isClosed: false,
  };
}

/** Drawing steps of the session reducer: each adds its output to a step. Pure. */

import { createEditor, type Editor } from '../line-editor/editor-state.ts';
import {
  erase,
  fillsRow,
  type Frame,
  moveToEnd,
  outputUnits,
  redraw,
  typedUnits,
  type Unit,
} from './frame.ts';
import { emptyTail, extendTail, maxTailLength, visibleTail } from './output-tail.ts';
import type { SessionEffect, SessionState, Step } from './session-state.ts';

const resetStyle = '\u001b[0m';

export function unchanged(state: SessionState): Step {
  return { state, effects: [] };
}

export function withEffect(step: Step, effect: SessionEffect): Step {
  return { state: step.state, effects: [...step.effects, effect] };
}

export function withState(step: Step, changes: Partial<SessionState>): Step {
  return { state: { ...step.state, ...changes }, effects: step.effects };
}

/** Appends to the last printed text, so that one event produces one piece of output if possible. */
export function print(step: Step, data: string): Step {
  if (data === '') return step;
  const last = step.effects.at(-1);
  if (last?.kind !== 'print') return withEffect(step, { kind: 'print', data });
  return {
    state: step.state,
    effects: [...step.effects.slice(0, -1), { kind: 'print', data: last.data + data }],
  };
}

/** Updates the prompt and the typed text on the screen. */
export function drawInput(step: Step): Step {
  const { state } = step;
  if (state.input === undefined) return step;
  if (state.drawn !== undefined) return drawOver(step, state.drawn);
  const tail = tailUnits(state);
  const isTailLeft = visibleTail(state.tail) !== '';
  const hasRoom = state.tail.text.length <= maxTailLength && !fillsRow(tail, state.columns);
  if (isTailLeft && !hasRoom) return drawOver(printOutput(step, '\n'), undefined);
  return drawOver(step, { units: tail, cursor: tail.length, columns: state.columns });
}

function drawOver(step: Step, before: Frame | undefined): Step {
  const frame = inputFrame(step.state);
  return withState(print(step, redraw(before, frame)), { drawn: frame });
}

/** Removes the prompt and the typed text from the screen; the unfinished output line stays. */
export function eraseInput(step: Step): Step {
  const { drawn, tail } = step.state;
  if (drawn === undefined) return step;
  const shownTail = tail.text === '' ? '' : tail.style + tail.text;
  const rest = shownTail === '' ? tail.style : shownTail;
  return withState(print(step, erase(drawn) + rest), { drawn: undefined });
}

/** Leaves the prompt and the typed text on the screen; output continues below. */
export function finishInput(step: Step): Step {
  const { drawn } = step.state;
  if (drawn === undefined) return step;
  const tail = extendTail(step.state.tail, '\n');
  return withState(print(step, `${moveToEnd(drawn)}\r\n${tail.style}`), { drawn: undefined, tail });
}

/** Prints output at the cursor; nothing may be drawn below it. */
export function printOutput(step: Step, text: string): Step {
  const tail = extendTail(step.state.tail, text);
  return withState(print(step, text.replaceAll(/\r?\n/g, '\r\n')), { tail });
}

/** Prints output above the prompt and the typed text. */
export function printAbove(step: Step, text: string): Step {
  const hasInput = step.state.drawn !== undefined;
  const printed = printOutput(eraseInput(step), text);
  return hasInput ? drawInput(printed) : printed;
}

export function clearScreen(step: Step): Step {
  const cleared = print(withState(step, { drawn: undefined, tail: emptyTail }), '\u001b[H\u001b[2J');
  return drawInput(cleared);
}

/**
 * When its width changes, xterm.js rewraps rows, on screen and in our headless copy, but leaves those around the cursor to
 * the program: the frame starts where its old layout says.
 */
export function resize(step: Step, size: { columns: number; rows: number }): Step {
  const { drawn } = step.state;
  const resized = withState(step, size);
  if (drawn === undefined || drawn.columns === size.columns) return resized;
  const removed = print(resized, erase(drawn));
  return drawOver(withState(removed, { drawn: undefined }), undefined);
}

export function freshEditor(editor: Editor): Editor {
  return createEditor(editor.kills);
}

function inputFrame(state: SessionState): Frame {
  const { input, editor } = state;
  const before = [...tailUnits(state), ...promptUnits(state)];
  if (input?.echo === false) return { units: before, cursor: before.length, columns: state.columns };
  const left = typedUnits(shownLeft(editor.text.slice(0, editor.cursor)));
  const right = typedUnits(shownRight(editor.text.slice(editor.cursor)));
  return {
    units: [...before, ...left, ...right],
    cursor: before.length + left.length,
    columns: state.columns,
  };
}

/** Only the part of a long text near the cursor is drawn: every key redraws it, and the text may be a megabyte. */
const maxShown = 8192;

/** Starts at one of a few positions, so that most keys change only the end. */
function shownLeft(text: string): string {
  if (text.length <= maxShown) return text;
  const step = maxShown / 2;
  return `…${text.slice(Math.ceil((text.length - maxShown) / step) * step)}`.toWellFormed();
}

function shownRight(text: string): string {
  return text.length <= maxShown ? text : `${text.slice(0, maxShown)}…`.toWellFormed();
}

function tailUnits(state: SessionState): Unit[] {
  return outputUnits(state.tail.style + visibleTail(state.tail));
}

function promptUnits(state: SessionState): Unit[] {
  const { input, editor, tail } = state;
  const search = editor.search === undefined ? '' : `(reverse-i-search)'${editor.search.query}': `;
  const prompt = search === '' ? (input?.prompt ?? '') : search;
  // A shell's prompt has its own line; a program's prompt follows its text.
  const start = input?.isShell === true && visibleTail(tail) !== '' ? '\n' : '';
  const isStyled = tail.style !== '' || tail.text.includes('\u001b[');
  return outputUnits(
    (isStyled ? resetStyle : '') + start + prompt + (prompt.includes('\u001b[') ? resetStyle : ''),
  );
}

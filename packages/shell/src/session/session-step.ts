/** The reducer of a session: from an event to the next state and the effects to run. Pure. */

import { insertText, textBeforeCursor } from '../line-editor/buffer.ts';
import { type Completion, formatMatches } from '../line-editor/completion.ts';
import { editKey } from '../line-editor/editor.ts';
import { addEntry, extendEntry } from '../line-editor/history.ts';
import type { Key } from '../line-editor/keys.ts';
import {
  clearScreen,
  drawInput,
  eraseInput,
  finishInput,
  freshEditor,
  print,
  printAbove,
  printOutput,
  resize,
  unchanged,
  withEffect,
  withState,
} from './screen-changes.ts';
import { visibleTail } from './output-tail.ts';
import { afterCut, isInterrupt, keepTyped, nothingTyped } from './typed-ahead.ts';
import type { SessionEvent, SessionState, Step } from './session-state.ts';

const tooMuchTyped = dimmed(
  'too much was typed ahead; everything after the last complete line, up to the next Enter, was dropped',
);
const maxDrafts = 64;
const indent = '  ';

export function stepSession(state: SessionState, event: SessionEvent): Step {
  const step = unchanged(state);
  if (state.isClosed) return step;
  switch (event.kind) {
    case 'output':
      return printAbove(step, event.text);
    case 'input':
      return showInput(step, event.input);
    case 'keys':
      return typeKeys(step, event.keys);
    case 'interrupt':
      return interrupt(step);
    case 'history':
      return withState(step, { history: event.history });
    case 'resize':
      return resize(step, { columns: event.columns, rows: event.rows });
    case 'completed':
      return complete(step, event);
    case 'closed':
      return withState(tellUnsent(finishInput(keepEntry(step))), { isClosed: true, input: undefined });
  }
}

/** Reports the number of unsent keys. They are not shown: they may be a password, and the output is recorded. */
function tellUnsent(step: Step): Step {
  const { keys, isCut } = step.state.typedAhead;
  const count = keys.reduce((sum, key) => sum + (key.kind === 'key' ? 1 : key.text.length), 0);
  if (count === 0 && !isCut) return step;
  return printOutput(step, dimmed(count === 1 ? '1 key was not sent' : `${count} keys were not sent`));
}

function showInput(before: Step, input: SessionState['input']): Step {
  const step = input?.isShell === true && !input.isContinuation ? keepEntry(before) : before;
  const { input: shown, editor } = step.state;
  if (shown !== undefined && shown.id === input?.id && shown.round === input.round) {
    return drawInput(withState(step, { input }));
  }
  const drafts = new Map(step.state.drafts);
  if (shown !== undefined && editor.text !== '') drafts.set(shown.id, editor);
  const [oldest] = drafts.keys();
  if (drafts.size > maxDrafts && oldest !== undefined) drafts.delete(oldest);
  const draft = input === undefined ? undefined : drafts.get(input.id);
  if (input !== undefined) drafts.delete(input.id);
  const next = withState(showTaken(eraseInput(step), input), {
    input,
    drafts,
    editor: draft ?? freshEditor(editor),
    completing: undefined,
  });
  return typeAheadKeys(drawInput(next));
}

/** Shows taken input as if it had been typed: the user must know what the next line continues. */
function showTaken(step: Step, input: SessionState['input']): Step {
  if (input?.taken === undefined) return step;
  const { prompt, text } = input.taken;
  const start = visibleTail(step.state.tail) === '' ? '' : '\n';
  return printOutput(step, `${start}${prompt}${text.trimEnd()}\n`);
}

function typeAheadKeys(step: Step): Step {
  const { typedAhead, input } = step.state;
  if (input === undefined || typedAhead.keys.length === 0) return step;
  const { isCut } = typedAhead;
  const { step: next, rest } = typeWhileAsked(withState(step, { typedAhead: nothingTyped }), typedAhead.keys);
  return withState(drawInput(next), { typedAhead: { keys: rest, isCut } });
}

function typeKeys(step: Step, keys: readonly Key[]): Step {
  const { input, typedAhead, editor } = step.state;
  if (input === undefined || !typedAhead.isCut) return typeAll(step, keys);
  const left = afterCut(keys);
  if (left === undefined) return step;
  // The line already lacks the dropped keys.
  const emptied = withState(step, { typedAhead: nothingTyped, editor: freshEditor(editor) });
  return drawInput(typeAll(emptied, left));
}

function typeAll(step: Step, keys: readonly Key[]): Step {
  const { step: next, rest } = typeWhileAsked(step, keys);
  return rest.length === 0 ? drawInput(next) : keepForLater(next, rest);
}

/** Types keys until one of them ends the input request. */
function typeWhileAsked(step: Step, keys: readonly Key[]): { step: Step; rest: readonly Key[] } {
  let next = step;
  for (const [index, key] of keys.entries()) {
    if (next.state.input === undefined) return { step: next, rest: keys.slice(index) };
    next = typeKey(withState(next, { completing: undefined }), key);
  }
  return { step: next, rest: [] };
}

/** Keys typed ahead wait for the next prompt; only an interrupt among them acts immediately, and drops those before it. */
function keepForLater(step: Step, keys: readonly Key[]): Step {
  const interruption = keys.findLastIndex(isInterrupt);
  const base = interruption < 0 ? step : interrupt(step);
  const typedAhead = keepTyped(base.state.typedAhead, keys.slice(interruption + 1));
  const isNewlyCut = typedAhead.isCut && !base.state.typedAhead.isCut;
  const kept = withState(base, { typedAhead });
  return isNewlyCut ? printOutput(kept, tooMuchTyped) : kept;
}

function typeKey(step: Step, key: Key): Step {
  const { state } = step;
  const { editor, outcome } = editKey(state.editor, key, state.input?.isShell === true ? state.history : []);
  const edited = withState(step, { editor });
  switch (outcome) {
    case undefined:
      return edited;
    case 'submit':
      return submit(edited);
    case 'interrupt':
      return interrupt(edited);
    case 'end':
      return endInput(edited);
    case 'complete':
      return askCompletion(edited);
    case 'clearScreen':
      return clearScreen(edited);
    case 'otherRequest':
      return withEffect(drawInput(edited), { kind: 'otherRequest' });
    case 'bell':
      return print(edited, '\u0007');
  }
}

function submit(step: Step): Step {
  const { input, editor } = step.state;
  if (input === undefined) return step;
  const atEnd = withState(step, { editor: { ...editor, cursor: editor.text.length, search: undefined } });
  const drawn = drawInput(atEnd);
  // Without echo and without a prompt, nothing may show that a line was entered.
  const isSilent = !input.echo && input.prompt === '';
  const finished = isSilent ? eraseInput(drawn) : finishInput(drawn);
  const text = `${editor.text}\n`;
  const next = withState(finished, {
    input: undefined,
    editor: freshEditor(editor),
  });
  return withEffect(remember(next, input, editor.text), { kind: 'supply', id: input.id, text });
}

/** Adds only input at the shell's own prompt, never answers to programs or passwords. */
function remember(step: Step, input: NonNullable<SessionState['input']>, text: string): Step {
  if (!input.isShell || !input.echo) return step;
  const { history } = step.state;
  if (input.isContinuation) return withState(step, { history: extendEntry(history, text) });
  const next = addEntry(history, text);
  return next === history ? step : withState(keepEntry(step), { history: next, isEntryOpen: true });
}

/** Keeps the newest entry beyond the session, once no more lines can be added to it. */
function keepEntry(step: Step): Step {
  const { history, isEntryOpen } = step.state;
  const entry = history.at(-1);
  if (!isEntryOpen || entry === undefined) return step;
  return withEffect(withState(step, { isEntryOpen: false }), { kind: 'keep', entry });
}

/**
 * Interrupts the typed text first, then an incomplete expression or a program's prompt, then the evaluation. A shell at its
 * prompt is never interrupted: that would lose the bindings of IEx, and the processes linked to the evaluator of erl.
 */
function interrupt(step: Step): Step {
  const { input, editor } = step.state;
  const clean = withState(step, { typedAhead: nothingTyped, completing: undefined });
  if (input === undefined) return withEffect(printOutput(clean, '^C\n'), { kind: 'interruptShell' });
  const atEnd = withState(clean, {
    editor: { ...editor, cursor: editor.text.length, search: undefined },
  });
  const marked = finishInput(print(drawInput(atEnd), '^C'));
  const emptied = withState(marked, { editor: freshEditor(editor) });
  const isUnasked = input.isShell ? !input.isContinuation : editor.text !== '';
  if (isUnasked) return drawInput(emptied);
  return withEffect(withState(emptied, { input: undefined }), { kind: 'refuse', id: input.id });
}

/** Ctrl-D on an empty line ends a program's input, but closes a shell: in some releases its end of input halts the node. */
function endInput(step: Step): Step {
  const { input } = step.state;
  if (input === undefined) return step;
  if (input.isShell || !input.echo) return withEffect(step, { kind: 'close' });
  return withEffect(withState(finishInput(step), { input: undefined }), { kind: 'supplyEnd', id: input.id });
}

function askCompletion(step: Step): Step {
  const { editor, input, completions } = step.state;
  if (input === undefined) return step;
  const line = textBeforeCursor(editor).slice(textBeforeCursor(editor).lastIndexOf('\n') + 1);
  const isIndentation =
    line.trim() === '' && (input.isContinuation || !input.isShell || editor.text.includes('\n'));
  if (isIndentation) return withState(step, { editor: { ...editor, ...insertText(editor, indent) } });
  if (!input.isShell) return print(step, '\u0007');
  const completion = completions + 1;
  const waiting = withState(step, { completing: completion, completions: completion });
  return withEffect(drawInput(waiting), { kind: 'complete', completion, before: textBeforeCursor(editor) });
}

function complete(step: Step, event: { completion: number; result: Completion }): Step {
  const { editor, completing, columns } = step.state;
  if (completing !== event.completion) return step;
  const { insert, sections } = event.result;
  const done = withState(step, { completing: undefined });
  if (insert !== '')
    return drawInput(withState(done, { editor: { ...editor, ...insertText(editor, insert) } }));
  const lines = formatMatches(sections, columns);
  if (lines.length === 0) return print(done, '\u0007');
  const listed = printOutput(finishInput(done), `${lines.join('\n')}\n`);
  return drawInput(listed);
}

/** A message from Convoy within the output of the node. */
function dimmed(text: string): string {
  return `\u001b[2m[${text}]\u001b[0m\n`;
}

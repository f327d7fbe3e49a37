/**
 * The line editor: a reducer from a key and a state to a new state and, for some keys, an action other than editing. Pure.
 * Keys are looked up in keys.ts and run in commands.ts; only the incremental search is a separate mode.
 */

import { insertText } from './buffer.ts';
import { commands, type CommandName } from './commands.ts';
import type { EditResult, Editor, EditOutcome } from './editor-state.ts';
import { type History, searchBackward } from './history.ts';
import { type Key, keyBindings } from './keys.ts';

const maxUndo = 100;

export function editKey(editor: Editor, key: Key, history: History): EditResult {
  if (editor.search !== undefined) return editSearch(editor, key, history);
  if (key.kind !== 'key')
    return edited(editor, { ...editor, ...insertText(editor, key.text), last: 'other' });
  const name = keyBindings[key.name];
  return name === undefined ? { editor, outcome: undefined } : runCommand(editor, name, history);
}

function runCommand(editor: Editor, name: CommandName, history: History): EditResult {
  const result = commands[name](editor, history);
  return edited(editor, result.editor, result.outcome);
}

/** Records the previous text for undo. */
function edited(before: Editor, after: Editor, outcome?: EditOutcome): EditResult {
  if (before.text === after.text || after.undo !== before.undo) return { editor: after, outcome };
  const undo = [...before.undo, { text: before.text, cursor: before.cursor }].slice(-maxUndo);
  return { editor: { ...after, undo }, outcome };
}

/** Text narrows the search, Ctrl-R goes further back; any other key accepts the match and then acts on it. */
function editSearch(editor: Editor, key: Key, history: History): EditResult {
  const { search } = editor;
  if (search === undefined) return { editor, outcome: undefined };
  if (key.kind !== 'key')
    return found(editor, { query: search.query + key.text, from: search.index + 1 }, history);
  switch (key.name) {
    case 'ctrl-r':
      return found(editor, { query: search.query, from: search.index }, history);
    case 'backspace':
      return found(editor, { query: search.query.slice(0, -1), from: history.length }, history);
    case 'ctrl-g':
    case 'ctrl-c':
    case 'escape':
      return { editor: { ...editor, ...search.before, search: undefined }, outcome: undefined };
    default:
      return editKey({ ...editor, search: undefined }, key, history);
  }
}

function found(editor: Editor, wanted: { query: string; from: number }, history: History): EditResult {
  const { search } = editor;
  if (search === undefined) return { editor, outcome: undefined };
  const index = wanted.query === '' ? -1 : searchBackward(history, wanted.query, wanted.from);
  if (index < 0 && wanted.query !== '') {
    return { editor: { ...editor, search: { ...search, query: wanted.query } }, outcome: 'bell' };
  }
  const text = index < 0 ? search.before.text : (history[index] ?? '');
  const cursor = index < 0 ? search.before.cursor : text.lastIndexOf(wanted.query);
  const at = index < 0 ? history.length : index;
  return {
    editor: { ...editor, text, cursor, search: { ...search, query: wanted.query, index: at } },
    outcome: undefined,
  };
}

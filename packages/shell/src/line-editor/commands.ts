/** The commands that keys.ts binds to keys: one entry per command. Pure. */

import {
  blankWordLeft,
  changeWord,
  cutTo,
  insertText,
  left,
  lineAbove,
  lineBelow,
  lineEnd,
  lineEndOrNewline,
  lineStart,
  type Motion,
  replaceText,
  right,
  textEnd,
  textStart,
  transpose,
  wordLeft,
  wordRight,
} from './buffer.ts';
import type { Editor, EditResult, EditOutcome } from './editor-state.ts';
import type { History } from './history.ts';

type Command = (editor: Editor, history: History) => EditResult;

const maxKills = 60;

export type CommandName =
  | 'submit'
  | 'newline'
  | 'complete'
  | 'interrupt'
  | 'deleteOrEnd'
  | 'clearScreen'
  | 'otherRequest'
  | 'left'
  | 'right'
  | 'lineStart'
  | 'lineEnd'
  | 'wordLeft'
  | 'wordRight'
  | 'textStart'
  | 'textEnd'
  | 'deleteLeft'
  | 'deleteRight'
  | 'killBlankWordLeft'
  | 'killWordLeft'
  | 'killWordRight'
  | 'killLineEnd'
  | 'killLineStart'
  | 'yank'
  | 'yankEarlier'
  | 'transpose'
  | 'upperCase'
  | 'lowerCase'
  | 'capitalize'
  | 'undo'
  | 'up'
  | 'down'
  | 'historyPrevious'
  | 'historyNext'
  | 'historyFirst'
  | 'historyLast'
  | 'search'
  | 'cancelSearch';

export const commands: Readonly<Record<CommandName, Command>> = {
  submit: outcome('submit'),
  newline: (editor) => keep({ ...editor, ...insertText(editor, '\n') }),
  complete: outcome('complete'),
  interrupt: outcome('interrupt'),
  deleteOrEnd: (editor) =>
    editor.text === ''
      ? { editor, outcome: 'end' }
      : keep({ ...editor, ...cutTo(editor, right(editor)).buffer }),
  clearScreen: outcome('clearScreen'),
  otherRequest: outcome('otherRequest'),

  left: move(left),
  right: move(right),
  lineStart: move(lineStart),
  lineEnd: move(lineEnd),
  wordLeft: move(wordLeft),
  wordRight: move(wordRight),
  textStart: move(textStart),
  textEnd: move(textEnd),

  deleteLeft: (editor) => keep({ ...editor, ...cutTo(editor, left(editor)).buffer }),
  deleteRight: (editor) => keep({ ...editor, ...cutTo(editor, right(editor)).buffer }),
  killBlankWordLeft: kill(blankWordLeft),
  killWordLeft: kill(wordLeft),
  killWordRight: kill(wordRight),
  killLineEnd: kill(lineEndOrNewline),
  killLineStart: kill(lineStart),
  yank: (editor) => yank(editor, editor.kills),
  yankEarlier: (editor) => yankEarlier(editor),
  transpose: (editor) => keep({ ...editor, ...transpose(editor) }),
  upperCase: (editor) => keep({ ...editor, ...changeWord(editor, (word) => word.toUpperCase()) }),
  lowerCase: (editor) => keep({ ...editor, ...changeWord(editor, (word) => word.toLowerCase()) }),
  capitalize: (editor) => keep({ ...editor, ...changeWord(editor, capitalized) }),
  undo: (editor) => undo(editor),

  up: (editor, history) => {
    const above = lineAbove(editor);
    return above === undefined ? recall(editor, history, -1) : keep({ ...editor, cursor: above });
  },
  down: (editor, history) => {
    const below = lineBelow(editor);
    return below === undefined ? recall(editor, history, 1) : keep({ ...editor, cursor: below });
  },
  historyPrevious: (editor, history) => recall(editor, history, -1),
  historyNext: (editor, history) => recall(editor, history, 1),
  historyFirst: (editor, history) => recall(editor, history, -history.length),
  historyLast: (editor, history) => recall(editor, history, history.length),
  search: (editor, history) => {
    const before = { text: editor.text, cursor: editor.cursor };
    return keep({ ...editor, search: { query: '', index: history.length, before } });
  },
  cancelSearch: (editor) => keep(editor),
};

function keep(editor: Editor): EditResult {
  return { editor: { ...editor, last: 'other' }, outcome: undefined };
}

function outcome(what: EditOutcome): Command {
  return (editor) => ({ editor: { ...editor, last: 'other' }, outcome: what });
}

function move(motion: Motion): Command {
  return (editor) => keep({ ...editor, cursor: motion(editor) });
}

/** Consecutive kills form one kill, in the order of the text. */
function kill(motion: Motion): Command {
  return (editor) => {
    const to = motion(editor);
    const { buffer, cut } = cutTo(editor, to);
    if (cut === '') return keep(editor);
    const [newest = '', ...earlier] = editor.kills;
    const joined = to < editor.cursor ? cut + newest : newest + cut;
    const kills = editor.last === 'kill' ? [joined, ...earlier] : [cut, ...editor.kills];
    return {
      editor: { ...editor, ...buffer, kills: kills.slice(0, maxKills), last: 'kill' },
      outcome: undefined,
    };
  };
}

function yank(editor: Editor, kills: readonly string[]): EditResult {
  const [newest] = kills;
  if (newest === undefined) return { editor, outcome: 'bell' };
  return { editor: { ...editor, ...insertText(editor, newest), kills, last: 'yank' }, outcome: undefined };
}

/** Replaces the yanked text by the previous kill. */
function yankEarlier(editor: Editor): EditResult {
  const [newest = '', ...earlier] = editor.kills;
  if (editor.last !== 'yank' || earlier.length === 0) return { editor, outcome: 'bell' };
  const { buffer } = cutTo(editor, editor.cursor - newest.length);
  return yank({ ...editor, ...buffer }, [...earlier, newest]);
}

function undo(editor: Editor): EditResult {
  const previous = editor.undo.at(-1);
  if (previous === undefined) return { editor, outcome: 'bell' };
  return keep({ ...editor, ...previous, undo: editor.undo.slice(0, -1) });
}

function recall(editor: Editor, history: History, distance: number): EditResult {
  const from = editor.recalled?.index ?? history.length;
  const index = Math.max(0, Math.min(history.length, from + distance));
  if (index === from) return { editor, outcome: distance === 0 ? undefined : 'bell' };
  const draft = editor.recalled?.draft ?? editor.text;
  if (index === history.length) return keep({ ...editor, ...replaceText(draft), recalled: undefined });
  return keep({ ...editor, ...replaceText(history[index] ?? ''), recalled: { index, draft } });
}

function capitalized(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase();
}

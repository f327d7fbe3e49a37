/**
 * The sequences that terminals send for keys, and the command of each key. The names on the right of `keyBindings` are the
 * commands of commands.ts.
 */

import type { CommandName } from './commands.ts';

/** A key press, a piece of typed text, or a paste. */
export type Key =
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'paste'; readonly text: string };

/** Control characters by code; the others are `ctrl-<letter>`. */
export const controlKeys: Readonly<Record<number, string>> = {
  0x00: 'ctrl-space',
  0x08: 'backspace',
  0x09: 'tab',
  0x0a: 'enter',
  0x0d: 'enter',
  0x1c: 'ctrl-backslash',
  0x1d: 'ctrl-]',
  0x1e: 'ctrl-^',
  0x1f: 'ctrl-_',
  0x7f: 'backspace',
};

/** Keys by the final letter of `ESC [ ... letter` and `ESC O letter`. */
export const letterKeys: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  Z: 'shift-tab',
};

/** Keys by the number in `ESC [ number ~`. */
export const numberKeys: Readonly<Record<number, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'page-up',
  6: 'page-down',
  7: 'home',
  8: 'end',
};

/** Keys by the character in `ESC [ character u`, which terminals send where the usual sequence is ambiguous. */
export const characterKeys: Readonly<Record<number, string>> = {
  9: 'tab',
  13: 'enter',
  27: 'escape',
  127: 'backspace',
};

/** The modifier parameter (`ESC [ 1 ; modifier letter`) minus one is a set of bits. */
export const modifierBits: readonly (readonly [bit: number, prefix: string])[] = [
  [4, 'ctrl-'],
  [2, 'alt-'],
  [1, 'shift-'],
];

export const keyBindings: Readonly<Record<string, CommandName>> = {
  enter: 'submit',
  'alt-enter': 'newline',
  tab: 'complete',
  'ctrl-c': 'interrupt',
  'ctrl-d': 'deleteOrEnd',
  'ctrl-l': 'clearScreen',
  'alt-o': 'otherRequest',

  left: 'left',
  'ctrl-b': 'left',
  right: 'right',
  'ctrl-f': 'right',
  home: 'lineStart',
  'ctrl-a': 'lineStart',
  end: 'lineEnd',
  'ctrl-e': 'lineEnd',
  'ctrl-left': 'wordLeft',
  'alt-left': 'wordLeft',
  'alt-b': 'wordLeft',
  'ctrl-right': 'wordRight',
  'alt-right': 'wordRight',
  'alt-f': 'wordRight',
  'ctrl-home': 'textStart',
  'ctrl-end': 'textEnd',

  backspace: 'deleteLeft',
  delete: 'deleteRight',
  'ctrl-w': 'killBlankWordLeft',
  'alt-backspace': 'killWordLeft',
  'ctrl-delete': 'killWordRight',
  'alt-delete': 'killWordRight',
  'alt-d': 'killWordRight',
  'ctrl-k': 'killLineEnd',
  'ctrl-u': 'killLineStart',
  'ctrl-y': 'yank',
  'alt-y': 'yankEarlier',
  'ctrl-t': 'transpose',
  'alt-u': 'upperCase',
  'alt-l': 'lowerCase',
  'alt-c': 'capitalize',
  'ctrl-_': 'undo',

  up: 'up',
  'ctrl-p': 'up',
  down: 'down',
  'ctrl-n': 'down',
  'page-up': 'historyPrevious',
  'page-down': 'historyNext',
  'alt-<': 'historyFirst',
  'alt->': 'historyLast',
  'ctrl-r': 'search',
  'ctrl-g': 'cancelSearch',
};

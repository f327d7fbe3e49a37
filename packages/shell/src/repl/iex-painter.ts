/**
 * Colours what IEx prints. IEx colours its results only where the node's own standard output is a terminal, or by a setting
 * of the whole node, which would also colour the shells of others. So results are coloured here, for our shells only.
 *
 * IEx asks for the width of the terminal right before it prints a result, from the same process (Elixir 1.10 to 1.20): that
 * tells results from the output of the evaluated code. Pure.
 */

import { type Pid, termKey } from '@convoy/node/etf';
import type { OutputPainter } from '../io/output-painter.ts';

/** A longer text is left as it is. */
const maxPainted = 16 * 1024;

export class IexPainter implements OutputPainter {
  /** The process that asked for the width, and has not printed since. */
  #asked: string | undefined;

  noteWidthRequest(from: Pid): void {
    this.#asked = termKey(from);
  }

  paint(from: Pid, text: string): string {
    const isResult = this.#asked !== undefined && this.#asked === termKey(from);
    if (isResult) this.#asked = undefined;
    // The node colours its results by itself.
    if (text.length > maxPainted || text.includes('\u001b')) return text;
    if (text.startsWith('** (')) return paintLines(text, 31);
    return isResult && startsTerm.test(text) ? paintTerm(text) : text;
  }
}

/** The documentation that `h` prints also follows a question for the width. */
const startsTerm = /^[\p{L}\d:"'%{[(#<~&-]/u;

/** The colours of `IO.ANSI.syntax_colors/0`, as numbers of control sequences. */
const colours = { atom: 36, word: 35, number: 33, charlist: 33, string: 32 } as const;

/**
 * The parts of an inspected term, tried in this order. None of them scans text that another one scans again: the text is a
 * node's, which may send whatever takes longest. Parts without a name are not coloured.
 */
const part = new RegExp(
  [
    String.raw`(?<charlist>~c"(?:[^"\\]|\\.?)*"?|'(?:[^'\\]|\\.?)*'?)`,
    String.raw`~[a-zA-Z]+\[[^\]\n]{0,200}\]`,
    String.raw`#(?:PID|Reference|Port|Function)<[^>\n]{0,300}>`,
    String.raw`%[\p{Lu}][\p{L}\p{N}_.]*`,
    String.raw`(?<quoted>:?"(?:[^"\\]|\\.?)*"?(?::(?=\s))?)`,
    String.raw`(?<atom>:[\p{L}_][\p{L}\p{N}_@]*[?!]?|[\p{L}_][\p{L}\p{N}_@]*[?!]?:(?=\s)|\p{Lu}[\p{L}\p{N}_]*(?:\.\p{Lu}[\p{L}\p{N}_]*)*)`,
    String.raw`(?<word>(?:true|false|nil)(?![\p{L}\p{N}_?!]))`,
    String.raw`[\p{L}_][\p{L}\p{N}_@]*[?!]?`,
    String.raw`(?<number>-?\d[\d_]*(?:\.\d+(?:e[+-]?\d+)?)?)`,
    String.raw`[^\p{L}\p{N}_:"'%#~-]+`,
  ].join('|'),
  'suy',
);

function paintTerm(text: string): string {
  let painted = '';
  let at = 0;
  while (at < text.length) {
    part.lastIndex = at;
    const match = part.exec(text);
    const piece = match?.[0] ?? text.charAt(at);
    painted += paintLines(piece, colourOf(match?.groups ?? {}));
    at += piece.length;
  }
  return painted;
}

function colourOf(groups: Readonly<Record<string, string | undefined>>): number | undefined {
  const { quoted } = groups;
  if (quoted !== undefined) return /^:|:$/.test(quoted) ? colours.atom : colours.string;
  const name = (['charlist', 'atom', 'word', 'number'] as const).find((one) => groups[one] !== undefined);
  return name && colours[name];
}

/** Each line has its own colour sequence, because a prompt is drawn below the last one. */
function paintLines(text: string, colour: number | undefined): string {
  return colour === undefined ? text : text.replaceAll(/[^\n]+/g, `\u001b[${colour}m$&\u001b[39m`);
}

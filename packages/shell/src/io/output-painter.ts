/** Colours the output of one shell. Contract only; repl/ has the painters. */

import type { Pid } from '@convoy/node/etf';

export interface OutputPainter {
  /** A process has asked for the width of the terminal. */
  noteWidthRequest(from: Pid): void;
  /** What to print for the text that a process prints. */
  paint(from: Pid, text: string): string;
}

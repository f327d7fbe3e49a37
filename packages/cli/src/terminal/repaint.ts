/** Shows a text that changes: in place on a terminal, one below the other elsewhere. */

import { isDumbTerminal, printable, showsColours } from '../output.ts';

/** What `createRepaint` writes to. */
export interface RepaintStream {
  readonly isTTY?: boolean;
  readonly rows?: number;
  readonly columns?: number;
  hasColors?(): boolean;
  write(text: string): unknown;
}

const [home, clearLine, clearBelow, clearScreen] = ['\u001b[H', '\u001b[K', '\u001b[J', '\u001b[2J'];

/** Returns a function that shows a text in the place of the last one. */
export function createRepaint(
  stream: RepaintStream,
  env: NodeJS.ProcessEnv = process.env,
): (text: string) => void {
  let isFirst = true;
  return (text) => {
    const safe = printable(text, showsColours(stream, env));
    if (stream.isTTY !== true || isDumbTerminal(env)) stream.write(isFirst ? `${safe}\n` : `\n${safe}\n`);
    else {
      // A line that wraps would move those below it. Some terminals have no size: 0.
      const lines = fitting(safe.split('\n'), stream.rows || 24).map((line) =>
        line.slice(0, stream.columns || 80),
      );
      stream.write(
        `${isFirst ? clearScreen : ''}${home}${lines.map((line) => `${line}${clearLine}\n`).join('')}${clearBelow}`,
      );
    }
    isFirst = false;
  };
}

/** As many lines as a screen of `rows` rows shows with the cursor below them. */
function fitting(lines: readonly string[], rows: number): readonly string[] {
  if (lines.length < rows) return lines;
  const shown = lines.slice(0, Math.max(rows - 2, 1));
  return [...shown, `(${lines.length - shown.length} more)`];
}

/** How a line of a log is written to a file: one line of JSON, an array, as short as it can be. Pure. */

import { type LogLine, logLineSchema } from '../protocol/index.ts';

/** A line as it is stored. */
export interface StoredLine {
  readonly line: LogLine;
  /** Where its text ends in the file that the node prints to, if it prints to one; see `ProviderLogLine`. */
  readonly position?: number | undefined;
}

/** The line of the file, with its line end. */
export function encodeLine({ line, position }: StoredLine): string {
  const { seq, at, stream, text, level, meta, dropped } = line;
  const rest = [level, meta, dropped, position];
  while (rest.length > 0 && rest.at(-1) === undefined) rest.pop();
  return `${JSON.stringify([seq, at, stream, text, ...rest])}\n`;
}

/** The line that was stored; `undefined` for what is damaged. */
export function decodeLine(text: string): StoredLine | undefined {
  try {
    const fields: unknown = JSON.parse(text);
    if (!Array.isArray(fields)) return undefined;
    const [seq, at, stream, shown, level, meta, dropped, position] = fields as unknown[];
    const line = logLineSchema.safeParse({
      ...{ seq, at, stream, text: shown },
      ...given({ level, meta, dropped }),
    });
    if (!line.success) return undefined;
    return typeof position === 'number' ? { line: line.data, position } : { line: line.data };
  } catch {
    return undefined;
  }
}

/** A field that was left out is `null` in an array. */
function given(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
  );
}

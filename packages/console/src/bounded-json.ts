/**
 * Parses JSON from clients, with bounds that are checked first: deeply nested JSON, or JSON with very many values, costs a
 * parser and a schema far more than it costs the sender. The console's own messages nest four levels and contain a few
 * dozen values.
 */

import { ConsoleError } from './errors.ts';

const maxDepth = 16;
const maxValues = 4096;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;

const remedy = 'See GET /api/openapi.json and docs/guide/console.md for the expected format.';

/** Parses `text`, with at most `most` values. Throws CONSOLE_BAD_REQUEST, in whose message `what` names the text. */
export function parseBoundedJson(text: string, what: string, most = maxValues): unknown {
  const excess = excessOf(text, most);
  if (excess !== undefined) {
    throw new ConsoleError('CONSOLE_BAD_REQUEST', `${what} ${excess}`, { remedy });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new ConsoleError('CONSOLE_BAD_REQUEST', `${what} is not valid JSON`, { remedy, cause });
  }
}

/** How `text` exceeds the bounds; `undefined` if it does not. Skips the content of strings. */
function excessOf(text: string, most: number): string | undefined {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = endOfString(text, at);
      continue;
    }
    // `[` and `{` differ only in this bit, and so do `]` and `}`.
    const bracket = code | 0x20;
    if (bracket === 0x7b) depth += 1;
    if (bracket === 0x7d) depth -= 1;
    if (bracket === 0x7b || code === comma) values += 1;
    if (depth > maxDepth) return `is nested deeper than ${maxDepth} levels`;
    if (values > most) return `contains more than ${most} values`;
  }
  return undefined;
}

/** Index of the closing quote of the string that starts at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let slashes = end - 1;
    while (text.charCodeAt(slashes) === backslash) slashes -= 1;
    if ((end - slashes) % 2 === 1) return end;
  }
  return text.length;
}

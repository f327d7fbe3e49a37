/**
 * JSON of a client, bounded before it is parsed: what nests deep or holds very many values costs a parser and a schema
 * far more than it costs the sender. Our own messages nest four levels and hold a few dozen values.
 */

import { ConsoleError } from './errors.ts';

const maxDepth = 16;
const maxValues = 4096;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;

/** The value of `text`. Throws CONSOLE_BAD_REQUEST, with `what` for the name of the text. */
export function parseBoundedJson(text: string, what: string): unknown {
  const excess = excessOf(text);
  if (excess !== undefined) {
    throw new ConsoleError('CONSOLE_BAD_REQUEST', `${what} ${excess}`, {
      remedy: 'See GET /api/openapi.json and docs/guide/console.md for the expected format.',
    });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new ConsoleError('CONSOLE_BAD_REQUEST', `${what} is not valid JSON`, { cause });
  }
}

/** Counts what is outside of strings; looks at no character inside of them. */
function excessOf(text: string): string | undefined {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = endOfString(text, at);
      continue;
    }
    // `[` and `{`, then `]` and `}`, are the same but for this bit.
    const bracket = code | 0x20;
    if (bracket === 0x7b) depth += 1;
    if (bracket === 0x7d) depth -= 1;
    if (bracket === 0x7b || code === comma) values += 1;
    if (depth > maxDepth) return `nests deeper than ${maxDepth} levels`;
    if (values > maxValues) return `holds more than ${maxValues} values`;
  }
  return undefined;
}

/** Where the string that starts at `start` ends. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let slashes = end - 1;
    while (text.charCodeAt(slashes) === backslash) slashes -= 1;
    if ((end - slashes) % 2 === 1) return end;
  }
  return text.length;
}

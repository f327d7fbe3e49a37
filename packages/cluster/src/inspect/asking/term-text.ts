/** Terms that people write, in Erlang or as JSON. They are read here, so that every node gets the same term; nothing is evaluated. Pure. */

import { DecodeError, EncodeError } from '@convoy/node';
import { assertTerm, parseJson, parseTerm, type Term } from '@convoy/node/etf';
import { InspectError } from '../../errors.ts';
import { text } from './options.ts';

/** More characters are not read. */
export const maxTermCharacters: number = 64 * 1024;

/** A term in Erlang syntax: `{user,<<"anna">>}`. Throws INSPECT_BAD_OPTION with the place of the mistake. */
export function erlangTerm(option: string, value: string): Term {
  return readTerm(option, { value, parse: parseTerm, example: '{user,<<"anna">>}', language: 'Erlang' });
}

/** A term as JSON. Throws INSPECT_BAD_OPTION. */
export function jsonTerm(option: string, value: string): Term {
  return readTerm(option, { value, parse: parseJson, example: '{"user": "anna"}', language: 'JSON' });
}

function readTerm(
  option: string,
  {
    value,
    parse,
    example,
    language,
  }: {
    readonly value: string;
    readonly parse: (text: string) => Term;
    readonly example: string;
    readonly language: string;
  },
): Term {
  const written = text(option, value, maxTermCharacters);
  try {
    const term = parse(written);
    // JSON may have keys that are too long for atoms, and halves of characters.
    assertTerm(term);
    return term;
  } catch (cause) {
    if (!(cause instanceof DecodeError) && !(cause instanceof EncodeError)) throw cause;
    throw new InspectError('INSPECT_BAD_OPTION', `${option} is not a term in ${language}: ${cause.message}`, {
      cause,
      remedy: cause.remedy ?? `Write a term without variables or calls, for instance ${example}.`,
    });
  }
}

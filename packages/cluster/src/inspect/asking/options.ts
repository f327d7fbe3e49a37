/** Checks what callers ask for, before any node is asked. Pure. */

import { InspectError } from '../../errors.ts';

/** An option that is a number of something: an integer from `least` to `most`. */
export function count(
  option: string,
  value: number | undefined,
  { least, most, otherwise }: { readonly least: number; readonly most: number; readonly otherwise: number },
): number {
  const number = value ?? otherwise;
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new InspectError(
    'INSPECT_BAD_OPTION',
    `${option} is ${number}, which is not an integer from ${least} to ${most}`,
    { value, remedy: `Set ${option} to an integer from ${least} to ${most}.` },
  );
}

/** An option that is one of a few words. */
export function oneOf<Word extends string>(
  option: string,
  value: Word | undefined,
  words: readonly [Word, ...Word[]],
): Word {
  const word = value ?? words[0];
  if (words.includes(word)) return word;
  throw new InspectError('INSPECT_BAD_OPTION', `${option} is ${quoted(word)}, which is not known`, {
    value,
    remedy: `Set ${option} to ${words.map(quoted).join(', ')}.`,
  });
}

/** The words of an option that is text, at most `most` characters long. */
export function text(option: string, value: string, most: number): string {
  if (value !== '' && value.length <= most) return value;
  throw new InspectError(
    'INSPECT_BAD_OPTION',
    `${option} has ${value.length} characters, and may have 1 to ${most}`,
    { value: value.slice(0, most), remedy: `Set ${option} to a shorter text.` },
  );
}

/** Names of the nodes to ask, each once. */
export function nodeList(value: readonly string[]): string[] {
  const nodes = Array.from(new Set(value));
  if (nodes.length > 0 && nodes.length <= maxNodes) return nodes;
  throw new InspectError(
    'INSPECT_BAD_OPTION',
    `nodes has ${nodes.length} nodes, and may have 1 to ${maxNodes}`,
    {
      value,
      remedy: `Ask 1 to ${maxNodes} nodes at once.`,
    },
  );
}

const maxNodes = 100;

/** What a filter looks for, in lower case; `false` for everything. */
export function needle(filter: string | undefined): string | false {
  return filter === undefined ? false : text('filter', filter, 200).toLowerCase();
}

/** A pid as its own node prints it. */
export function localPid(value: string): string {
  if (/^<0\.\d{1,10}\.\d{1,10}>$/.test(value)) return value;
  throw new InspectError('INSPECT_BAD_OPTION', `${quoted(value)} is not a pid of the node that is asked`, {
    value,
    remedy: 'Write it as that node prints it, for instance <0.85.0>.',
  });
}

function quoted(value: string): string {
  return JSON.stringify(value.slice(0, 100));
}

/** How long a question may take unless told otherwise, at most ten minutes. */
export function timeout(value: number | undefined, otherwise: number): number {
  return count('timeoutMs', value, { least: 1, most: 600_000, otherwise });
}

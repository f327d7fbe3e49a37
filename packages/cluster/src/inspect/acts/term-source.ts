/** Terms that people write for acts, in the language that they choose. */

import { atomName, type Term } from '@convoy/node/etf';
import { InspectError } from '../../errors.ts';
import { askNode } from '../asking/ask-node.ts';
import type { Asker } from '../asking/asker.ts';
import { oneOf, text } from '../asking/options.ts';
import { onEach } from '../asking/several.ts';
import { erlangTerm, jsonTerm, maxTermCharacters } from '../asking/term-text.ts';
import type { InspectProblem } from '../read/answer.ts';
import { elementsOf, textOf } from '../read/read-term.ts';
import { elixirBody } from './act-program.ts';

/** The language of a term. */
export type TermSyntax = 'erlang' | 'elixir' | 'json';

/** A term, or why no node could read it. */
export type ReadTerm = { readonly term: Term } | { readonly problem: InspectProblem };

/** A term as it was written. */
export interface TermSource {
  /** The option that it is in, for errors. */
  readonly option: string;
  readonly value: string;
  /** Default `erlang`. */
  readonly syntax: TermSyntax | undefined;
}

const parseMs = 5000;

/**
 * Reads the term once, so that all nodes get the same. Elixir is read by the first of `nodes` that has it. Throws INSPECT_BAD_OPTION for
 * text that is not a literal.
 */
export async function termOf(
  asker: Asker,
  nodes: readonly string[],
  { source, signal }: { readonly source: TermSource; readonly signal: AbortSignal | undefined },
): Promise<ReadTerm> {
  const { option, value } = source;
  switch (oneOf('syntax', source.syntax, ['erlang', 'elixir', 'json'])) {
    case 'erlang':
      return { term: erlangTerm(option, value) };
    case 'json':
      return { term: jsonTerm(option, value) };
    case 'elixir':
      return readElixir(asker, nodes, { source, signal });
  }
}

async function readElixir(
  asker: Asker,
  nodes: readonly string[],
  { source, signal }: { readonly source: TermSource; readonly signal: AbortSignal | undefined },
): Promise<ReadTerm> {
  const { option, value } = source;
  const bindings = { Source: text(option, value, maxTermCharacters) };
  let problem: InspectProblem = {
    kind: 'unsupported',
    message: `None of the nodes has Elixir, which reads ${option}.`,
    remedy: 'Write it in Erlang or as JSON.',
  };
  for (const node of nodes) {
    const ask = (name: string) =>
      askNode(asker, { node: name, body: elixirBody, bindings, timeoutMs: parseMs, signal });
    const [asked] = await onEach([node], ask);
    if (asked === undefined) continue;
    const { answer } = asked;
    if (answer.state === 'unavailable') {
      if (answer.problem.kind !== 'unsupported') ({ problem } = answer);
      continue;
    }
    const term = elixirTerm(answer.value, option);
    if (term !== undefined) return term;
  }
  return { problem };
}

function elixirTerm(answer: Term, option: string): { readonly term: Term } | undefined {
  const [tag, value] = elementsOf(answer);
  switch (tag === undefined ? undefined : atomName(tag)) {
    case 'term':
      return { term: value };
    case 'bad':
      throw badElixir(option, `is not a term in Elixir: ${textOf(value, 400) ?? ''}`);
    case 'not_literal':
      throw badElixir(option, `has ${textOf(value, 400) ?? 'something'}, which is not a literal`);
    default:
      return undefined;
  }
}

function badElixir(option: string, problem: string): InspectError {
  return new InspectError('INSPECT_BAD_OPTION', `${option} ${problem}`, {
    remedy: 'Write a term without variables or calls, for instance {:user, "anna"}.',
  });
}

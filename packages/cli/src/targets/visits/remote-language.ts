/** Detects which language a node runs, and parses and formats terms in its syntax. */

import { DecodeError, RemoteError } from '@convoy/node';
import type { NodeLanguage } from '@convoy/node/names';
import { atom, atomName, inspect, parseJson, parseTerm, type Term, toJson, Tuple } from '@convoy/node/etf';
import { oneOf } from '../../options/config.ts';
import { CliError } from '../../errors.ts';
import { describeError } from '../../output.ts';
import type { Visit } from './visitor.ts';
import { printableJson } from '../../output.ts';

/** A language that a node runs. */
export type Language = NodeLanguage;

/** Asks the node which language it runs: Elixir if Elixir's modules can be loaded, TypeScript if it has no module `code`. */
export async function languageOf({ node, target, timeoutMs }: Visit): Promise<Language> {
  try {
    const answer = await node.rpc(target, 'code', 'ensure_loaded', [atom('Elixir.Kernel')], { timeoutMs });
    return answer instanceof Tuple && atomName(answer.at(0)) === 'module' ? 'elixir' : 'erlang';
  } catch (error) {
    if (describeError(error).code === 'REMOTE_UNDEF') return 'typescript';
    throw error;
  }
}

const kindByCode: Readonly<Record<string, string>> = {
  REMOTE_ERROR: 'error',
  REMOTE_EXIT: 'exit',
  REMOTE_THROW: 'throw',
};

/** Runs `work`. A remote error gets the message that Elixir formats for it, `** (RuntimeError) ...`, if the node has Elixir. */
export async function explained<Result>(visit: Visit, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (failure) {
    const text = failure instanceof RemoteError ? await bannerOf(failure, visit) : undefined;
    if (text === undefined || !(failure instanceof RemoteError)) throw failure;
    const { code, reason, remoteStack: stack } = failure;
    throw new RemoteError(code, `on ${visit.target}: ${text}`, { reason, stack });
  }
}

async function bannerOf(failure: RemoteError, visit: Visit): Promise<string | undefined> {
  const kind = kindByCode[failure.code];
  if (kind === undefined) return undefined;
  const args = [atom(kind), failure.reason as Term, (failure.remoteStack ?? []) as Term];
  const { node, target, timeoutMs } = visit;
  const options = { timeoutMs, mapping: { binaries: 'string' } } as const;
  try {
    const text = await node.rpc(target, 'Elixir.Exception', 'format_banner', args, options);
    return typeof text === 'string' ? text : undefined;
  } catch {
    // The node has no Elixir, or cannot format the error: keep the message as it is.
    return undefined;
  }
}

/** Values of `--format`. */
export const formats = ['elixir', 'erlang', 'json'] as const;
/** How a term is printed. */
export type Format = (typeof formats)[number];

/** The format of `--format`, else the syntax of the node's language. Terms of TypeScript nodes are printed as Elixir. */
export function formatFor(option: string | undefined, language: Language): Format {
  if (option !== undefined) return oneOf(option, formats, '--format');
  return language === 'erlang' ? 'erlang' : 'elixir';
}

/** A term as text. */
export function formatTerm(term: Term, format: Format): string {
  return format === 'json' ? printableJson(toJson(term)) : inspect(term, { syntax: format });
}

/** Parses the arguments of a call, which are Erlang terms or JSON. Throws CLI_BAD_OPTION. */
export function parseArguments(texts: readonly string[], isJson: boolean): Term[] {
  return texts.map(isJson ? parseJsonArgument : parseErlang);
}

function parseJsonArgument(text: string): Term {
  try {
    return parseJson(text);
  } catch (cause) {
    const isNumber = cause instanceof DecodeError && !(cause.cause instanceof SyntaxError);
    throw new CliError(
      'CLI_BAD_OPTION',
      `${text} is not a valid JSON argument: ${describeError(cause).message}`,
      {
        cause,
        remedy: isNumber
          ? 'Integers may have any size; floats are limited to 64 bits.'
          : 'Strings need quotes of their own: \'"text"\'.',
      },
    );
  }
}

function parseErlang(text: string): Term {
  try {
    return parseTerm(text);
  } catch (cause) {
    throw new CliError(
      'CLI_BAD_OPTION',
      `${text} is not a valid Erlang term: ${describeError(cause).message}`,
      {
        cause,
        remedy: 'Write terms as Erlang does, e.g. \'[1, two, <<"three">>]\', or use --json-args.',
      },
    );
  }
}

/** The module for a name as Elixir writes it: `Elixir.Enum` for `Enum`, `lists` for `:lists`. */
export function moduleName(text: string): string {
  if (text.startsWith(':')) return text.slice(1);
  return /^[A-Z]/.test(text) && !text.startsWith('Elixir.') ? `Elixir.${text}` : text;
}

/** What the functions of Erlang's tools are here: one entry per module, name and arity, in the terms of a call. */

import { ErlangError } from '../../errors.ts';
import { atom, atomName, Pid, type Term, type Tuple, tuple } from '../../etf/index.ts';
import type { FunctionCall, notServed } from '../calls/exposed-functions.ts';

/** Runs a function of a tool with the arguments of the call. */
export type ToolFunction = (
  call: FunctionCall,
  ...args: readonly Term[]
) => Term | Promise<Term> | typeof notServed;

/** Functions by `name/arity`. */
export type ToolModule = Readonly<Record<string, ToolFunction>>;

/** Modules by name. */
export type ToolModules = Readonly<Record<string, ToolModule>>;

/** `error(badarg)`, by which Erlang refuses an argument. */
export function badArgument(): ErlangError {
  return new ErlangError('ERLANG_ERROR', atom('badarg'));
}

/** `exit(Reason)`. */
export function exitWith(reason: Term): ErlangError {
  return new ErlangError('ERLANG_EXIT', reason);
}

/** The name of an atom. Throws `badarg` for any other term. */
export function nameOf(term: Term): string {
  const name = atomName(term);
  if (name === undefined) throw badArgument();
  return name;
}

/** A pid of `node`. Throws `badarg` for any other term, as the functions of Erlang that take local processes. */
export function localPid(term: Term, node: string): Pid {
  if (!(term instanceof Pid) || term.node !== node) throw badArgument();
  return term;
}

/** `{Name, Value}`. */
export function entry(name: string, value: Term): Tuple {
  return tuple(atom(name), value);
}

/** A string of Erlang: a list of code points. */
export function charlist(text: string): Term {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0);
}

/** The nearest integer, as a number if it is safe. */
export function integer(value: number | bigint): Term {
  if (typeof value === 'number') return Math.round(value);
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

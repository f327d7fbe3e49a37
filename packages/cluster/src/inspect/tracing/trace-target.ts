/** Reads the name of a function as people write it, in Erlang or in Elixir. Pure. */

import { InspectError } from '../../errors.ts';

/** A function, or all functions of that name. */
export interface TraceTarget {
  /** The atom's name: `lists`, `Elixir.Shop.Cart`. */
  readonly module: string;
  readonly function: string;
  /** Default: every arity. */
  readonly arity?: number | undefined;
}

const maxAtomLength = 255;
const erlang =
  /^(?<module>'[^']+'|[\p{L}_][\p{L}\p{N}_@.]*):(?<name>'[^']+'|[^'"\s/:]+)(?:\/(?<arity>\d{1,3}))?$/u;
const elixir =
  /^(?<module>:"[^"]+"|:[\p{L}_][\p{L}\p{N}_@]*|\p{Lu}[\p{L}\p{N}_]*(?:\.\p{Lu}[\p{L}\p{N}_]*)*)\.(?<name>"[^"]+"|[\p{Ll}_][\p{L}\p{N}_]*[?!]?)(?:\/(?<arity>\d{1,3}))?$/u;

/**
 * Reads `shop_cart:add/2`, `'my mod':add/2`, `Shop.Cart.add/2`, `Shop.Cart:add/2` or `:lists.map/2`, each with or without the arity.
 * Throws INSPECT_BAD_OPTION.
 */
export function parseTraceTarget(text: string): TraceTarget {
  const { module = '', name = '', arity } = (erlang.exec(text) ?? elixir.exec(text))?.groups ?? {};
  const count = arity === undefined ? undefined : Number(arity);
  const target = { module: moduleOf(module), function: unquoted(name) };
  const names = [target.module, target.function];
  if (names.every((one) => one !== '' && one.length <= maxAtomLength) && (count ?? 0) <= maxAtomLength) {
    return count === undefined ? target : { ...target, arity: count };
  }
  throw new InspectError(
    'INSPECT_BAD_OPTION',
    `${JSON.stringify(text.slice(0, 100))} is not the name of a function`,
    {
      value: text.slice(0, 600),
      remedy: 'Write it as shop_cart:add/2 or Shop.Cart.add/2, or without the arity for all of that name.',
    },
  );
}

/** A function as its own language writes it: `lists:map/2`, `Shop.Cart.add/2`. */
export function traceTargetText({ module, function: name, arity }: TraceTarget): string {
  const of = arity === undefined ? '' : `/${arity}`;
  if (!module.startsWith('Elixir.')) return `${module}:${name}${of}`;
  return `${module.slice('Elixir.'.length)}.${name}${of}`;
}

function moduleOf(word: string): string {
  if (word.startsWith(':')) return unquoted(word.slice(1));
  if (/^\p{Lu}/u.test(word) && !word.startsWith('Elixir.')) return `Elixir.${word}`;
  return unquoted(word);
}

function unquoted(word: string): string {
  return /^(['"]).*\1$/su.test(word) ? word.slice(1, -1) : word;
}

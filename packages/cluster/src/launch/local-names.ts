/** Node names on this computer: which names are valid, and the first free one of a kind. Pure. */

import { ProviderError } from '../errors.ts';
import { maxNameLength, nameForm } from '../forms/launch-limits.ts';
import type { ProviderNodeKind } from './provider.ts';

const prefixes: Readonly<Record<ProviderNodeKind, string>> = {
  typescript: 'ts',
  elixir: 'elixir',
  erlang: 'erlang',
};

/** The requested name if it is free; without one, the first free `ts-1`, `ts-2`, ... of its kind. `taken` are names without host. */
export function chooseName(
  request: { readonly kind: ProviderNodeKind; readonly name?: string | undefined },
  taken: ReadonlySet<string>,
): string {
  const { kind, name } = request;
  if (name === undefined) return firstFree(prefixes[kind], taken);
  if (!nameForm.test(name) || name.length > maxNameLength) {
    throw new ProviderError('PROVIDER_BAD_NAME', `"${name}" is not a valid node name`, {
      remedy: 'Use at most 63 letters, digits, - and _, starting with a letter.',
    });
  }
  if (!taken.has(name)) return name;
  const free = firstFree(name.replace(/-\d+$/, ''), taken);
  throw new ProviderError('PROVIDER_NAME_TAKEN', `a node named ${name} already exists`, {
    node: name,
    remedy: `Choose another name, e.g. ${free}, or stop that node first.`,
  });
}

function firstFree(prefix: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const name = `${prefix}-${number}`;
    if (!taken.has(name)) return name;
  }
}

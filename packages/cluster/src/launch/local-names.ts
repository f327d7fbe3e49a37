/** Names of nodes on this computer: what a name may be, and the first free one of a kind. Pure. */

import { ProviderError } from '../errors.ts';
import type { ProviderNodeKind } from './provider.ts';

const prefixes: Readonly<Record<ProviderNodeKind, string>> = {
  typescript: 'ts',
  elixir: 'elixir',
  erlang: 'erlang',
};

const nameForm = /^[a-z][a-z0-9_-]{0,62}$/i;

/** `name` itself when it is free, else the first free `ts-1`, `ts-2`, ... of its kind. `taken` are names without host. */
export function chooseName(
  request: { readonly kind: ProviderNodeKind; readonly name?: string | undefined },
  taken: ReadonlySet<string>,
): string {
  const { kind, name } = request;
  if (name === undefined) return firstFree(prefixes[kind], taken);
  if (!nameForm.test(name)) {
    throw new ProviderError('PROVIDER_BAD_NAME', `"${name}" cannot be a node name`, {
      remedy: 'Start with a letter and use letters, digits, - and _ only, at most 63.',
    });
  }
  if (!taken.has(name)) return name;
  const free = firstFree(name.replace(/-\d+$/, ''), taken);
  throw new ProviderError('PROVIDER_NAME_TAKEN', `there is a node named ${name} already`, {
    node: name,
    remedy: `Choose another name, e.g. ${free}, or stop that node first.`,
  });
}

function firstFree(prefix: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const name = `${prefix}-${number}`;
    if (!taken.has(name)) return name;
  }
}

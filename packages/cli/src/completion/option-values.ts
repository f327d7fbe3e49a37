/** The values of options and arguments that have a fixed set of them, for completion. What is accepted is decided where they are read. */

import { nodeKinds } from '@convoy/node/names';

/** By the option's long flag. */
export const optionValues: Readonly<Record<string, readonly string[]>> = {
  '--color': ['blue', 'green', 'amber', 'red', 'violet', 'teal', 'pink', 'grey'],
  '--epmd': ['auto', 'system', 'embedded', 'none'],
  '--format': ['elixir', 'erlang', 'json'],
  '--kind': ['auto', 'iex', 'erl', 'ts'],
  '--proto': ['inet', 'inet6', 'tls', 'tls6'],
  '--provider': ['local', 'ssh', 'railway'],
  '--runtime': ['elixir', 'erlang', 'ts'],
  '--simulate': ['railway'],
  '--sort': ['memory', 'queue', 'reductions'],
  '--ssh': ['library', 'system'],
  '--syntax': ['erlang', 'elixir', 'json'],
  '--tls-verify': ['peer', 'none'],
};

/** By the name of the argument in the usage of its command. */
export const argumentValues: Readonly<Record<string, readonly string[]>> = {
  kind: [...nodeKinds],
  shell: ['bash', 'zsh', 'fish'],
};

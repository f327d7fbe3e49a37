/** Detects the shell of a node: IEx if it can be loaded, otherwise erl; the TypeScript shell on Convoy nodes. */

import { RemoteError } from '@convoy/node';
import { atom, atomName, Tuple } from '@convoy/node/etf';
import { ShellError } from '../errors.ts';
import { erlRepl } from './erl.ts';
import { iexRepl } from './iex.ts';
import type { Repl, ReplHost, ReplKind } from './repl.ts';
import { typescriptRepl } from './typescript.ts';

const repls: Readonly<Record<ReplKind, Repl>> = { iex: iexRepl, erl: erlRepl, ts: typescriptRepl };

/** The shell of a kind that a node is known to have. */
export function replOf(kind: ReplKind): Repl {
  return repls[kind];
}

/** The shell of the requested kind, or the best one that the node has. */
export async function findRepl(host: ReplHost, kind: ReplKind | 'auto'): Promise<Repl> {
  const found = await probeNode(host, kind);
  if (kind === 'auto' || kind === found) return repls[found];
  if (kind === 'erl' && found === 'iex') return erlRepl;
  throw new ShellError(
    'SHELL_UNAVAILABLE',
    `${host.target} has no ${names[kind]}; it offers ${names[found]}`,
    { target: host.target, value: kind, remedy: `Use ${found} or auto.` },
  );
}

const names: Readonly<Record<ReplKind, string>> = { iex: 'IEx', erl: 'Erlang shell', ts: 'TypeScript shell' };

/** Tries the TypeScript shell first: a Convoy node logs calls that it does not serve, and an Erlang node does not. */
async function probeNode(host: ReplHost, wanted: ReplKind | 'auto'): Promise<ReplKind> {
  const isErlangWanted = wanted === 'iex' || wanted === 'erl';
  if (!isErlangWanted && (await succeeds(host, 'convoy_shell', 'kind'))) return 'ts';
  try {
    return await probeErlang(host);
  } catch (error) {
    // A node that does not know the module `code` is not an Erlang node.
    if (error instanceof RemoteError) return 'ts';
    throw error;
  }
}

async function succeeds(host: ReplHost, module: string, fn: string): Promise<boolean> {
  try {
    await host.call({ module, function: fn, args: [] });
    return true;
  } catch (error) {
    if (error instanceof RemoteError) return false;
    throw error;
  }
}

/**
 * Checks the module `Elixir.IEx`, not `iex`: since Elixir 1.17 the latter is part of Elixir itself, even without IEx.
 */
async function probeErlang(host: ReplHost): Promise<ReplKind> {
  const loaded = await host.call({ module: 'code', function: 'ensure_loaded', args: [atom('Elixir.IEx')] });
  return loaded instanceof Tuple && atomName(loaded.at(0)) === 'module' ? 'iex' : 'erl';
}

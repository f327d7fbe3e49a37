/**
 * The entry point `@convoy/shell/evaluator`: the TypeScript shell of a node, which `openShell` finds on nodes that are not
 * Erlang nodes. Once it is installed, anyone who knows the cookie can run code in this process, as on every Erlang node.
 */

import type { Node } from '@convoy/node';
import { atom, atomOf, Pid, type Term, termKey, tuple } from '@convoy/node/etf';
import { chardataToText } from '../io/chardata.ts';
import { ShellServer } from './shell-server.ts';

/** Options of `installShell`. */
export interface InstallShellOptions {
  /** Additional global names for the code of the shells, e.g. the services of the program. */
  readonly scope?: Readonly<Record<string, unknown>>;
  /** Maximum number of open shells. Default 16. */
  readonly maxShells?: number;
  /**
   * How long code may run without an `await`, in milliseconds, before it is stopped. It blocks the whole node during that
   * time, including ticks. Default 20000.
   */
  readonly blockLimitMs?: number;
}

/** Exposes `convoy_shell:kind/0`, `start/1` and `complete/2`. Returns a function that undoes it; open shells stay open. */
export function installShell(node: Node, options: InstallShellOptions = {}): () => void {
  const { scope = {}, maxShells = 16, blockLimitMs = 20_000 } = options;
  const shells = new Map<string, ShellServer>();
  return node.exposeWithContext('convoy_shell', {
    kind: () => atom('typescript'),
    start: (call) => {
      if (shells.size >= maxShells) return tuple(atom('error'), atom('system_limit'));
      // The shell links to its group leader: one on a third node would make this node dial that node.
      if (call.groupLeader.node !== call.peer) return tuple(atom('error'), atom('enotsup'));
      const server: ShellServer = new ShellServer({
        node,
        leader: call.groupLeader,
        scope,
        blockLimitMs,
        onEnd: () => void shells.delete(termKey(server.pid)),
      });
      shells.set(termKey(server.pid), server);
      return server.pid;
    },
    complete: (_call, shell: Term, before: Term) => {
      const text = chardataToText(before, 'unicode') ?? '';
      const found = shell instanceof Pid ? shells.get(termKey(shell)) : undefined;
      const { insert, names } = found?.complete(text) ?? { insert: '', names: [] };
      const verdict = atomOf(insert === '' && names.length === 0 ? 'no' : 'yes');
      return tuple(verdict, insert, [...names]);
    },
  });
}

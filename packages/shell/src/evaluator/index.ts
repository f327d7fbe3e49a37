/**
 * The TypeScript shell of a node: what `openShell` finds on nodes that are no Erlang nodes. Anyone who knows the cookie
 * can then run code in this process, as on every Erlang node.
 */
import type { Node } from '@convoy/node';
import { atom, atomOf, Pid, type Term, termKey, tuple } from '@convoy/node/etf';
import { chardataToText } from '../io/chardata.ts';
import { ShellServer } from './shell-server.ts';

export interface InstallShellOptions {
  /** More names for the code of the shells, e.g. the services of the program. */
  readonly scope?: Readonly<Record<string, unknown>>;
  /** Shells open at once. Default 16. */
  readonly maxShells?: number;
  /**
   * Longest time code may run without an `await`, in milliseconds, before it is stopped. Meanwhile the whole node
   * stands still, ticks included. Default 20000.
   */
  readonly blockLimitMs?: number;
}

/** Exposes `convoy_shell:kind/0`, `start/1` and `complete/2`. Returns what takes them back; open shells go on. */
export function installShell(node: Node, options: InstallShellOptions = {}): () => void {
  const { scope = {}, maxShells = 16, blockLimitMs = 20_000 } = options;
  const shells = new Map<string, ShellServer>();
  return node.exposeWithContext('convoy_shell', {
    kind: () => atom('typescript'),
    start: (call) => {
      if (shells.size >= maxShells) return tuple(atom('error'), atom('system_limit'));
      // The shell links to its group leader: one of a third node would have this node dial that.
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

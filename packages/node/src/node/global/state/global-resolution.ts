/**
 * Settles a name that both of two joining meshes have registered: the resolver that came with the name decides between
 * the two processes. This node can run kernel's three built-in resolvers; any other fun runs on the node of its process.
 */

import { atom, equals, ExportFun, tuple, type Pid, type Term } from '../../../etf/index.ts';
import type { GlobalName, GlobalOp } from './global-messages.ts';
import type { GlobalNameTable } from './global-names.ts';

/** Keeps the process on the node with the smaller name and kills the other: OTP's default. */
export const defaultResolver: ExportFun = new ExportFun('global', 'random_exit_name', 3);

export interface ResolutionPort {
  readonly self: string;
  /** Asks the node of `ours.pid`. Resolves with the pid that keeps the name, or any other term if neither does. */
  ask(ours: GlobalName, theirs: GlobalName): Promise<Term>;
}

/** The result of a comparison: `ops` for our mesh, `resolved` for theirs. */
export interface Comparison {
  readonly ops: readonly GlobalOp[];
  readonly resolved: readonly GlobalOp[];
}

/** Compares a peer's names with ours. Only the node with the smaller name settles conflicts. */
export async function compareNames(
  port: ResolutionPort,
  peer: { node: string; names: readonly GlobalName[] },
  table: GlobalNameTable,
): Promise<Comparison> {
  const ops: GlobalOp[] = [];
  const resolved: GlobalOp[] = [];
  for (const theirs of peer.names) {
    const ours = table.find(theirs.name);
    if (ours === undefined) {
      ops.push({ kind: 'insert', entry: theirs });
      continue;
    }
    if (equals(ours.pid, theirs.pid) || port.self > peer.node) continue;
    const winner = await settle(port, ours, theirs);
    if (winner === theirs) ops.push({ kind: 'insert', entry: theirs });
    else if (winner === ours) resolved.push({ kind: 'insert', entry: ours });
    else {
      ops.push({ kind: 'delete', name: theirs.name });
      resolved.push({ kind: 'delete', name: theirs.name });
    }
  }
  return { ops, resolved };
}

async function settle(
  port: ResolutionPort,
  ours: GlobalName,
  theirs: GlobalName,
): Promise<GlobalName | undefined> {
  let answer: Term;
  try {
    answer = await port.ask(ours, theirs);
  } catch {
    // A process whose node cannot be asked loses its name; kernel decides the same.
    return theirs;
  }
  if (equals(answer, ours.pid)) return ours;
  return equals(answer, theirs.pid) ? theirs : undefined;
}

/** How a resolver acts on the two processes. */
export interface ResolverActions {
  kill(pid: Pid): void;
  notify(pid: Pid, message: Term): void;
}

/** Runs one of kernel's resolvers; `undefined` when `method` is not one of them. */
export function runResolver(
  method: Term,
  conflict: { name: Term; a: Pid; b: Pid },
  actions: ResolverActions,
): { winner: Term } | undefined {
  if (!(method instanceof ExportFun) || method.module !== 'global') return undefined;
  const { name, a, b } = conflict;
  const [keeper, loser] = a.node < b.node ? [a, b] : [b, a];
  switch (method.function) {
    case 'random_exit_name':
      actions.kill(loser);
      return { winner: keeper };
    case 'random_notify_name':
      actions.notify(loser, tuple(atom('global_name_conflict'), name));
      return { winner: keeper };
    case 'notify_all_name':
      actions.notify(a, tuple(atom('global_name_conflict'), name, b));
      actions.notify(b, tuple(atom('global_name_conflict'), name, a));
      return { winner: atom('none') };
    default:
      return undefined;
  }
}

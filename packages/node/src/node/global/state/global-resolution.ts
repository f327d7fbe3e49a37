/**
 * What happens to a name that two meshes have both given away: the two processes are put to the resolver that came
 * with the name. Ours to run are kernel's three ready-made resolvers; any other fun lives on the node of its process.
 */
import { atom, equals, ExportFun, tuple, type Pid, type Term } from '../../../etf/index.ts';
import type { GlobalName, GlobalOp } from './global-messages.ts';
import type { NameTable } from './name-table.ts';

/** Keeps the process on the node with the smaller name and kills the other: what OTP does unless told otherwise. */
export const defaultResolver: ExportFun = new ExportFun('global', 'random_exit_name', 3);

export interface ResolutionPort {
  readonly self: string;
  /** Asks the node of `ours.pid`. Gives the pid that keeps the name, or any other term for nobody; throws if unreachable. */
  ask(ours: GlobalName, theirs: GlobalName): Promise<Term>;
}

/** What a comparison comes to: `ops` for our mesh, `resolved` for theirs. */
export interface Comparison {
  readonly ops: readonly GlobalOp[];
  readonly resolved: readonly GlobalOp[];
}

/** Compares a peer's names with ours. Conflicts are settled by the node with the smaller name only. */
export async function compareNames(
  port: ResolutionPort,
  peer: { node: string; names: readonly GlobalName[] },
  table: NameTable,
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
    // Whoever cannot be asked does not keep its name; kernel decides the same.
    return theirs;
  }
  if (equals(answer, ours.pid)) return ours;
  return equals(answer, theirs.pid) ? theirs : undefined;
}

/** How a resolver reaches the two processes. */
export interface ResolverActions {
  kill(pid: Pid): void;
  notify(pid: Pid, message: Term): void;
}

/** Runs one of kernel's resolvers; `undefined` when `method` is none of them. */
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

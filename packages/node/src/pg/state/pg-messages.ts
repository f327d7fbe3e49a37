/**
 * The messages between the scopes of two nodes, as pg.erl sends and accepts them. Pure; a term of any other shape becomes
 * `undefined`, never an exception, because these terms come from peers.
 *
 * There are two dialects. OTP 23 to 28 send `{discover, Pid}`, `sync`, `join` and `leave`. OTP 29 announces itself with
 * `{discover, Pid, 1}` and then sends `local_data` and `update` to peers that did the same, and the first dialect to all
 * others. This node reads both and sends only the first, which every release accepts: `{discover, Pid, 1}` ends the scope
 * of OTP 23 to 25.
 */

import { asTermMap } from '../../etf/terms.ts';
import { atom, atomName, Pid, type Term, Tuple, tuple } from '../../etf/index.ts';

/** Processes of one group; a process that joined several times is there as often. */
export interface Membership {
  readonly group: Term;
  readonly pids: readonly Pid[];
}

/** What one message changes, in order. */
export interface GroupChange {
  readonly group: Term;
  readonly joined: readonly Pid[];
  readonly left: readonly Pid[];
}

/** A message of the scope process `scope` of another node. */
export type PgMessage =
  /** Wants to know the local members. */
  | { readonly kind: 'discover'; readonly scope: Pid }
  /** All local members of that node, instead of what was known of it. */
  | { readonly kind: 'sync'; readonly scope: Pid; readonly groups: readonly Membership[] }
  | { readonly kind: 'change'; readonly scope: Pid; readonly changes: readonly GroupChange[] };

/**
 * The most pairs of a process and a group in one `leave`. A process that ends leaves all its groups, and a group can be left by
 * many processes; many processes that leave many groups at once have no use, only a cost that is the product of both.
 */
const maxLeavePairs = 262_144;

/** Reads a message to a scope; `undefined` for any other term. */
export function parsePgMessage(term: Term): PgMessage | undefined {
  if (!(term instanceof Tuple)) return undefined;
  const label = atomName(term.at(0));
  if (label === '$gen_cast') return term.length === 2 ? parseCast(term.at(1)) : undefined;
  const scope = term.at(1);
  if (!(scope instanceof Pid)) return undefined;
  switch (label) {
    case 'discover':
      return term.length === 2 || term.length === 3 ? { kind: 'discover', scope } : undefined;
    case 'join':
      return term.length === 4 ? parseJoin(scope, term) : undefined;
    case 'leave':
      return term.length === 4 ? parseLeave(scope, term) : undefined;
    case 'update':
      return term.length === 3 ? changeOf(scope, parseUpdates(term.at(2))) : undefined;
    default:
      return undefined;
  }
}

function parseCast(term: Term): PgMessage | undefined {
  if (!(term instanceof Tuple)) return undefined;
  const scope = term.at(1);
  if (!(scope instanceof Pid)) return undefined;
  const label = atomName(term.at(0));
  if (label === 'sync' && term.length === 3) return syncOf(scope, parseGroups(term.at(2)));
  if (label !== 'local_data' || term.length !== 4) return undefined;
  const map = asTermMap(term.at(3));
  return map === undefined ? undefined : syncOf(scope, all([...map], toMembership));
}

function parseJoin(scope: Pid, term: Tuple): PgMessage | undefined {
  const joined = pidsOf(term.at(3));
  return joined && { kind: 'change', scope, changes: [{ group: term.at(2), joined, left: [] }] };
}

function parseLeave(scope: Pid, term: Tuple): PgMessage | undefined {
  const left = pidsOf(term.at(2));
  const groups = term.at(3);
  if (left === undefined || !Array.isArray(groups)) return undefined;
  if (left.length > 1 && left.length * groups.length > maxLeavePairs) return undefined;
  const changes = (groups as readonly Term[]).map((group) => ({ group, joined: [], left }));
  return { kind: 'change', scope, changes };
}

function parseUpdates(term: Term): readonly GroupChange[] | undefined {
  if (!Array.isArray(term)) return undefined;
  return all(term as readonly Term[], (entry) => {
    if (!(entry instanceof Tuple) || entry.length !== 3) return undefined;
    const joined = pidsOf(entry.at(1));
    const left = pidsOf(entry.at(2));
    return joined && left && { group: entry.at(0), joined, left };
  });
}

function parseGroups(term: Term): readonly Membership[] | undefined {
  if (!Array.isArray(term)) return undefined;
  return all(term as readonly Term[], (entry) =>
    entry instanceof Tuple && entry.length === 2 ? toMembership(entry.elements) : undefined,
  );
}

function toMembership([group, members]: readonly Term[]): Membership | undefined {
  const pids = pidsOf(members);
  return pids && { group, pids };
}

function syncOf(scope: Pid, groups: readonly Membership[] | undefined): PgMessage | undefined {
  return groups && { kind: 'sync', scope, groups };
}

function changeOf(scope: Pid, changes: readonly GroupChange[] | undefined): PgMessage | undefined {
  return changes && { kind: 'change', scope, changes };
}

/** A pid, or a list of pids. */
function pidsOf(term: Term): readonly Pid[] | undefined {
  if (term instanceof Pid) return [term];
  if (!Array.isArray(term)) return undefined;
  const pids = term as readonly Term[];
  return pids.every((pid) => pid instanceof Pid) ? pids : undefined;
}

/** The results for all items, or `undefined` if one of them has none. */
function all<Item, Result>(
  items: readonly Item[],
  read: (item: Item) => Result | undefined,
): readonly Result[] | undefined {
  const results: Result[] = [];
  for (const item of items) {
    const result = read(item);
    if (result === undefined) return undefined;
    results.push(result);
  }
  return results;
}

/** `{discover, Pid}`, sent to the name of a scope, or to a scope process that is still unknown. */
export function discoverMessage(us: Pid): Term {
  return tuple(atom('discover'), us);
}

/** The cast `{sync, Pid, [{Group, [Pid]}]}`, which tells all local members. */
export function syncMessage(us: Pid, groups: readonly Membership[]): Term {
  const entries = groups.map(({ group, pids }) => tuple(group, pids));
  return tuple(atom('$gen_cast'), tuple(atom('sync'), us, entries));
}

/** `{join, Pid, Group, PidOrPids}`. */
export function joinMessage(us: Pid, group: Term, pids: readonly Pid[]): Term {
  return tuple(atom('join'), us, group, pidOrPids(pids));
}

/** `{leave, Pid, PidOrPids, [Group]}`. */
export function leaveMessage(us: Pid, pids: readonly Pid[], groups: readonly Term[]): Term {
  return tuple(atom('leave'), us, pidOrPids(pids), groups);
}

/** One process goes without a list, as `pg:join(Group, Pid)` sends it. */
function pidOrPids(pids: readonly Pid[]): Term {
  const [first] = pids;
  return pids.length === 1 && first !== undefined ? first : pids;
}

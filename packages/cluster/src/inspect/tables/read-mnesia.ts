/** Reads the Mnesia tables of a node. Pure. */

import { atomName, type Term } from '@convoy/node/etf';
import type { InspectProblem } from '../read/answer.ts';
import { countOf, elementsOf, fieldsOf, given, isWord, listOf, nameOf, textOf } from '../read/read-term.ts';
import { maxMnesiaTables } from './mnesia-program.ts';
import { readRows, type TableContent } from './read-tables.ts';

/** A Mnesia table. */
export interface MnesiaTable {
  readonly table: string;
  readonly type?: string;
  /** How it is kept on this node; missing if it is on other nodes only. */
  readonly storage?: 'ram' | 'disc' | 'disc-only' | 'external';
  /** Rows; missing if the table is on other nodes only. */
  readonly size?: number;
  /** In memory, or in the file of a table that is on disc only. */
  readonly bytes?: number;
  /** Nodes with a copy, by how they keep it. */
  readonly copies: {
    readonly ram: readonly string[];
    readonly disc: readonly string[];
    readonly discOnly: readonly string[];
  };
  /** The node it is read from: missing if none of its nodes is running. */
  readonly readFrom?: string;
  readonly attributes: readonly string[];
  readonly recordName?: string;
  /** Whether each node has rows of its own. */
  readonly isLocalContent: boolean;
}

/** Mnesia on a node. */
export interface MnesiaOverview {
  /** `yes`, `starting`, `stopping`, `no`. */
  readonly status: string;
  readonly version?: string;
  readonly directory?: string;
  /** Whether the schema is on disc. */
  readonly isOnDisc?: boolean;
  readonly nodes: readonly string[];
  readonly runningNodes: readonly string[];
  readonly transactions: {
    readonly commits?: number;
    readonly failures?: number;
    readonly restarts?: number;
  };
  /** All tables. */
  readonly total: number;
  /** The first 500, by name. */
  readonly tables: readonly MnesiaTable[];
}

const maxNodes = 200;

/** Reads the answer to `mnesiaBody`; a problem if Mnesia does not run, `undefined` if it is not an answer. */
export function readMnesia(answer: Term, node: string): MnesiaOverview | InspectProblem | undefined {
  if (isWord(answer, 'not_running')) return notRunning(node);
  const [system, wordsize, total, tables] = elementsOf(answer);
  const [bytes, all] = [countOf(wordsize), countOf(total)];
  if (bytes === undefined || all === undefined) return undefined;
  const items = fieldsOf(system);
  const isOnDisc = items.get('use_dir');
  return {
    status: nameOf(items.get('is_running')) ?? 'unknown',
    ...given({
      version: textIn(items, 'version'),
      directory: textIn(items, 'directory'),
      isOnDisc: typeof isOnDisc === 'boolean' ? isOnDisc : undefined,
    }),
    nodes: namesOf(items.get('db_nodes')),
    runningNodes: namesOf(items.get('running_db_nodes')),
    transactions: given({
      commits: countOf(items.get('transaction_commits')),
      failures: countOf(items.get('transaction_failures')),
      restarts: countOf(items.get('transaction_restarts')),
    }),
    total: all,
    tables: listOf(tables, maxMnesiaTables).flatMap((one) => tableOf(one, bytes) ?? []),
  };
}

/** Reads the answer to `mnesiaRowsBody`, as `readRows` does. */
export function readMnesiaRows(
  answer: Term,
  options: { readonly node: string; readonly table: string; readonly limit: number },
): TableContent | InspectProblem | undefined {
  if (isWord(answer, 'not_running')) return notRunning(options.node);
  if (isWord(answer, 'gone')) {
    return { kind: 'gone', message: `Mnesia on ${options.node} has no table ${options.table}.` };
  }
  if (isWord(answer, 'unreachable')) {
    return { kind: 'failed', message: `No node that has the table ${options.table} is running.` };
  }
  return readRows(answer, options);
}

function notRunning(node: string): InspectProblem {
  return { kind: 'gone', message: `Mnesia is not running on ${node}.` };
}

const storages: Readonly<Record<string, NonNullable<MnesiaTable['storage']>>> = {
  ram_copies: 'ram',
  disc_copies: 'disc',
  disc_only_copies: 'disc-only',
};

function tableOf(term: Term, wordsize: number): MnesiaTable | undefined {
  const [table, info] = elementsOf(term);
  const name = nameOf(table);
  const items = fieldsOf(info);
  if (name === undefined) return undefined;
  const storage = storageOf(items.get('storage_type'));
  const isHere = storage !== undefined;
  const memory = isHere ? countOf(items.get('memory')) : undefined;
  const readFrom = nameOf(items.get('where_to_read'));
  return {
    table: name,
    ...given({
      type: nameOf(items.get('type')),
      storage,
      size: isHere ? countOf(items.get('size')) : undefined,
      bytes: memory === undefined ? undefined : memory * (storage === 'disc-only' ? 1 : wordsize),
      readFrom: readFrom === 'nowhere' ? undefined : readFrom,
      recordName: nameOf(items.get('record_name')),
    }),
    copies: {
      ram: namesOf(items.get('ram_copies')),
      disc: namesOf(items.get('disc_copies')),
      discOnly: namesOf(items.get('disc_only_copies')),
    },
    attributes: namesOf(items.get('attributes')),
    isLocalContent: items.get('local_content') === true,
  };
}

function storageOf(term: Term): MnesiaTable['storage'] | undefined {
  const name = atomName(term);
  if (term === undefined || name === 'unknown') return undefined;
  return (name === undefined ? undefined : storages[name]) ?? 'external';
}

function namesOf(term: Term): string[] {
  return listOf(term, maxNodes).flatMap((one) => nameOf(one) ?? []);
}

function textIn(items: ReadonlyMap<string, Term>, name: string): string | undefined {
  const term = items.get(name);
  return term === undefined ? undefined : textOf(term, 500);
}

/** What panels ask: the routes of the inside of nodes, and the acts there. */

import type { AnswerOf, ProcessSortView, routes } from '@convoy/console/protocol';
import { ask } from '../../console-link/api-client.ts';
import type { Answered } from './poll.ts';

type Table = typeof routes;
type ValueIn<Answer> = Answer extends { readonly state: 'answered'; readonly value: infer Value }
  ? Value
  : never;
/** The value in the answers of a route. */
export type ValueOf<Key extends keyof Table> = ValueIn<AnswerOf<Table[Key]>>;

export type Overview = ValueOf<'GET /api/nodes/:name/overview'>;
export type History = AnswerOf<Table['GET /api/nodes/:name/history']>;
export type ProcessList = ValueOf<'GET /api/nodes/:name/processes'>;
export type ProcessDetails = ValueOf<'GET /api/nodes/:name/processes/:pid'>;
export type Applications = ValueOf<'GET /api/nodes/:name/applications'>;
export type SupervisionTree = ValueOf<'GET /api/nodes/:name/applications/:application/tree'>;
export type TableList = ValueOf<'GET /api/nodes/:name/tables'>;
export type TableRows = ValueOf<'GET /api/nodes/:name/tables/:table/rows'>;
export type ActOutcome = ValueOf<'POST /api/nodes/:name/processes/:pid/kill'>;

export type TableSort = 'memory' | 'size';

export function askOverview(node: string): Promise<Answered<Overview>> {
  return ask('GET /api/nodes/:name/overview', { params: { name: node } });
}

/** The last hour, which the console has: it asks no node. */
export async function askHistory(node: string): Promise<Answered<History>> {
  const value = await ask('GET /api/nodes/:name/history', { params: { name: node } });
  return { state: 'answered', value, cost: { questions: 0 } };
}

export interface ProcessQuery {
  readonly sort: ProcessSortView;
  readonly limit: number;
  readonly filter: string;
}

export function askProcesses(node: string, query: ProcessQuery): Promise<Answered<ProcessList>> {
  const { sort, limit, filter } = query;
  return ask('GET /api/nodes/:name/processes', {
    params: { name: node },
    query: { sort, limit: String(limit), filter: filter === '' ? undefined : filter },
  });
}

export function askProcess(node: string, pid: string): Promise<Answered<ProcessDetails>> {
  return ask('GET /api/nodes/:name/processes/:pid', { params: { name: node, pid } });
}

/** The same with the state of the process, which makes it do something. */
export function askState(node: string, pid: string): Promise<Answered<ProcessDetails>> {
  return ask('GET /api/nodes/:name/processes/:pid', {
    params: { name: node, pid },
    query: { state: 'true' },
  });
}

export function askApplications(node: string): Promise<Answered<Applications>> {
  return ask('GET /api/nodes/:name/applications', { params: { name: node } });
}

export function askTree(node: string, application: string): Promise<Answered<SupervisionTree>> {
  return ask('GET /api/nodes/:name/applications/:application/tree', {
    params: { name: node, application },
  });
}

export function askTables(
  node: string,
  { sort, limit }: { readonly sort: TableSort; readonly limit: number },
): Promise<Answered<TableList>> {
  return ask('GET /api/nodes/:name/tables', {
    params: { name: node },
    query: { sort, limit: String(limit) },
  });
}

/** Which rows of a table are wanted. */
export interface RowsQuery {
  readonly table: string;
  readonly limit: number;
  /** An Erlang term: only the rows with this key. Empty for the first rows. */
  readonly key: string;
}

export function askRows(node: string, { table, limit, key }: RowsQuery): Promise<Answered<TableRows>> {
  return ask('GET /api/nodes/:name/tables/:table/rows', {
    params: { name: node, table },
    query: { limit: String(limit), key: key === '' ? undefined : key },
  });
}

export function killProcess(node: string, pid: string): Promise<Answered<ActOutcome>> {
  return ask('POST /api/nodes/:name/processes/:pid/kill', { params: { name: node, pid } });
}

export function collectGarbage(node: string, pid: string): Promise<Answered<ActOutcome>> {
  return ask('POST /api/nodes/:name/processes/:pid/collect', { params: { name: node, pid } });
}

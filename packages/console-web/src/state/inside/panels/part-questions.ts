/** What the panels of ports, names, modules and Mnesia ask. */

import { ask } from '../../../console-link/api-client.ts';
import type { Answered } from '../poll.ts';
import type { RowsQuery, TableRows, ValueOf } from '../questions.ts';

export type PortList = ValueOf<'GET /api/nodes/:name/ports'>;
export type PortRow = PortList['rows'][number];
export type PortAddress = NonNullable<PortRow['local']>;
export type Names = ValueOf<'GET /api/nodes/:name/names'>;
export type GroupScopes = ValueOf<'GET /api/nodes/:name/groups'>;
export type ModuleList = ValueOf<'GET /api/nodes/:name/modules'>;
export type ModuleDetails = ValueOf<'GET /api/nodes/:name/modules/:module'>;
export type CodeComparison = ValueOf<'GET /api/clusters/:id/code'>;
export type MnesiaOverview = ValueOf<'GET /api/nodes/:name/mnesia'>;

/** What a list asks for in the same words. */
export interface ListQuery {
  /** Empty for everything. */
  readonly filter: string;
  readonly limit: number;
}

function given(text: string): string | undefined {
  return text === '' ? undefined : text;
}

export type PortSort = 'queue' | 'input' | 'output';

export interface PortQuery extends ListQuery {
  readonly sort: PortSort;
  /** Only those with this port number at either end. */
  readonly port: number | undefined;
}

export function askPorts(
  node: string,
  { sort, limit, port, filter }: PortQuery,
): Promise<Answered<PortList>> {
  return ask('GET /api/nodes/:name/ports', {
    params: { name: node },
    query: {
      sort,
      limit: String(limit),
      port: port === undefined ? undefined : String(port),
      filter: given(filter),
    },
  });
}

export function askNames(node: string, { filter, limit }: ListQuery): Promise<Answered<Names>> {
  return ask('GET /api/nodes/:name/names', {
    params: { name: node },
    query: { filter: given(filter), limit: String(limit) },
  });
}

export function askGroups(node: string, { filter, limit }: ListQuery): Promise<Answered<GroupScopes>> {
  return ask('GET /api/nodes/:name/groups', {
    params: { name: node },
    query: { filter: given(filter), limit: String(limit) },
  });
}

export function askModules(
  node: string,
  { filter, limit, isOldOnly }: ListQuery & { readonly isOldOnly: boolean },
): Promise<Answered<ModuleList>> {
  return ask('GET /api/nodes/:name/modules', {
    params: { name: node },
    query: { filter: given(filter), limit: String(limit), old: isOldOnly ? 'true' : undefined },
  });
}

/** One module: with the documentation of a function, or with the processes that run its old code. */
export function askModule(
  node: string,
  query: {
    readonly module: string;
    /** `map/2`; empty for none. */
    readonly doc?: string;
    /** How many processes are asked whether they run the old code. */
    readonly oldCodeProcesses?: number;
  },
): Promise<Answered<ModuleDetails>> {
  const { module, doc = '', oldCodeProcesses } = query;
  return ask('GET /api/nodes/:name/modules/:module', {
    params: { name: node, module },
    query: {
      doc: given(doc),
      oldCodeProcesses: oldCodeProcesses === undefined ? undefined : String(oldCodeProcesses),
    },
  });
}

/** Which nodes of a cluster run different code. */
export function askCode(cluster: string): Promise<Answered<CodeComparison>> {
  return ask('GET /api/clusters/:id/code', { params: { id: cluster } });
}

export function askMnesia(node: string): Promise<Answered<MnesiaOverview>> {
  return ask('GET /api/nodes/:name/mnesia', { params: { name: node } });
}

export function askMnesiaRows(node: string, { table, limit, key }: RowsQuery): Promise<Answered<TableRows>> {
  return ask('GET /api/nodes/:name/mnesia/:table/rows', {
    params: { name: node, table },
    query: { limit: String(limit), key: given(key) },
  });
}

/** Ports, names, groups, modules and Mnesia of a node that a command looks into, whichever way its questions go. */

import { type Asker, createInspector, createOperator } from '@convoy/cluster/inspect';
import type {
  GroupScopeView,
  MnesiaOverviewView,
  ModuleDetailsView,
  ModuleListView,
  NodeNamesView,
  PortListView,
} from '@convoy/console/protocol';
import { CliError } from '../../errors.ts';
import type { ConsoleClient } from '../console-client.ts';
import { splitNodeId } from '../console-nodes.ts';
import type { Answer, TableContentView } from './answer.ts';

/** Which of many are listed. */
export interface Listed {
  readonly limit: number;
  readonly filter?: string | undefined;
}

/** Which ports are listed. */
export interface ListedPorts extends Listed {
  readonly sort: 'queue' | 'input' | 'output';
  readonly port?: number | undefined;
}

/** Which rows of a table are shown. */
export interface ListedRows {
  readonly limit: number;
  readonly key?: string | undefined;
}

/** What is asked about one module besides what it exports. */
export interface AskedModule {
  readonly doc?: string | undefined;
  readonly oldCodeProcesses?: number | undefined;
}

/** A message for a process. */
export interface SentMessage {
  readonly to: string;
  readonly message: string;
  readonly syntax: 'erlang' | 'elixir' | 'json';
}

/** A value as Erlang text. */
export interface ShownValueView {
  readonly text: string;
  readonly bytes?: number | undefined;
  readonly hash?: number | undefined;
}

/** The questions, and what is sent to processes. */
export interface InspectedParts {
  ports(listed: ListedPorts): Promise<Answer<PortListView>>;
  names(listed: Listed): Promise<Answer<NodeNamesView>>;
  groups(listed: Listed): Promise<Answer<GroupScopeView[]>>;
  modules(listed: Listed & { readonly oldOnly: boolean }): Promise<Answer<ModuleListView>>;
  module(module: string, asked: AskedModule): Promise<Answer<ModuleDetailsView>>;
  mnesia(): Promise<Answer<MnesiaOverviewView>>;
  mnesiaRows(table: string, listed: ListedRows): Promise<Answer<TableContentView>>;
  send(message: SentMessage): Promise<Answer<string>>;
  call(message: SentMessage): Promise<Answer<ShownValueView>>;
}

/** Asks the node itself. */
export function partsDirectly(
  asker: Asker,
  node: string,
  common: { readonly timeoutMs: number | undefined },
): InspectedParts {
  const [inspector, operator] = [createInspector(asker), createOperator(asker)];
  return {
    ports: (listed) => inspector.ports(node, { ...common, ...listed }),
    names: (listed) => inspector.names(node, { ...common, ...listed }),
    groups: (listed) => inspector.groups(node, { ...common, ...listed }),
    modules: (listed) => inspector.modules(node, { ...common, ...listed }),
    module: (module, asked) => inspector.module(node, module, { ...common, ...asked }),
    mnesia: () => inspector.mnesia(node, common),
    mnesiaRows: (table, listed) => inspector.mnesiaRows(node, table, { ...common, ...listed }),
    send: async (message) => only(await operator.send([node], { ...common, ...message })),
    call: async (message) => only(await operator.call([node], { ...common, ...message })),
  };
}

/** Asks the console. `cluster` is the id of the node's cluster. */
export function partsThroughConsole(
  ask: ConsoleClient,
  { name, cluster }: { readonly name: string; readonly cluster: string },
): InspectedParts {
  const params = { name };
  const nodes = [splitNodeId(name).name];
  return {
    ports: ({ sort, limit, port, filter }) =>
      ask('GET /api/nodes/:name/ports', {
        params,
        query: { sort, limit: String(limit), port: textOf(port), filter },
      }),
    names: ({ limit, filter }) =>
      ask('GET /api/nodes/:name/names', { params, query: { limit: String(limit), filter } }),
    groups: ({ limit, filter }) =>
      ask('GET /api/nodes/:name/groups', { params, query: { limit: String(limit), filter } }),
    modules: ({ limit, filter, oldOnly }) =>
      ask('GET /api/nodes/:name/modules', {
        params,
        query: { limit: String(limit), filter, old: oldOnly ? 'true' : 'false' },
      }),
    module: (module, { doc, oldCodeProcesses }) =>
      ask('GET /api/nodes/:name/modules/:module', {
        params: { name, module },
        query: { doc, oldCodeProcesses: textOf(oldCodeProcesses) },
      }),
    mnesia: () => ask('GET /api/nodes/:name/mnesia', { params }),
    mnesiaRows: (table, { limit, key }) =>
      ask('GET /api/nodes/:name/mnesia/:table/rows', {
        params: { name, table },
        query: { limit: String(limit), key },
      }),
    send: async (message) =>
      only(
        await ask('POST /api/clusters/:id/send', { params: { id: cluster }, body: { nodes, ...message } }),
      ),
    call: async (message) =>
      only(
        await ask('POST /api/clusters/:id/call', { params: { id: cluster }, body: { nodes, ...message } }),
      ),
  };
}

/** The answer of the only node that was asked. */
function only<One>(answers: readonly { readonly answer: One }[]): One {
  const [first] = answers;
  if (first === undefined)
    throw new CliError('CLI_NO_ANSWER', 'the console has not asked the node', {
      remedy: 'Run the command again; the log of the console may have more.',
    });
  return first.answer;
}

function textOf(number: number | undefined): string | undefined {
  return number === undefined ? undefined : String(number);
}

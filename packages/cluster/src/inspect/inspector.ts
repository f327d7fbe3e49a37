/** All questions about the inside of a node, by one who carries them there. */

import type { InspectOptions } from './asking/ask-node.ts';
import type { Asker } from './asking/asker.ts';
import { askOverview, type OverviewOptions } from './overview/overview.ts';
import type { NodeOverview } from './overview/read-overview.ts';
import {
  askProcess,
  askProcesses,
  type ProcessesOptions,
  type ProcessOptions,
} from './processes/processes.ts';
import type { ProcessDetails } from './processes/read-details.ts';
import type { ProcessList } from './processes/read-list.ts';
import { askComparison, askFingerprint, type CodeComparison } from './modules/code.ts';
import { askModule, askModules, type ModuleOptions, type ModulesOptions } from './modules/modules.ts';
import type { CodeFingerprint } from './modules/read-code.ts';
import type { ModuleDetails } from './modules/read-module.ts';
import type { ModuleList } from './modules/read-modules.ts';
import { askGroups, askNames, type GroupsOptions, type NamesOptions } from './names/names.ts';
import type { GroupScope, NodeNames } from './names/read-names.ts';
import { askPorts, type PortsOptions } from './ports/ports.ts';
import type { PortList } from './ports/read-ports.ts';
import type { InspectAnswer } from './read/answer.ts';
import { askMnesia, askMnesiaRows } from './tables/mnesia.ts';
import type { MnesiaOverview } from './tables/read-mnesia.ts';
import type { TableContent, TableList } from './tables/read-tables.ts';
import { askRows, askTables, type RowsOptions, type TablesOptions } from './tables/tables.ts';
import type { StartedApplication, TreeNode } from './trees/read-tree.ts';
import { askApplications, askTree, type TreeOptions } from './trees/trees.ts';

/**
 * Questions about the inside of nodes. Each is one remote call, bounded on the node in time, memory and size, and answers for itself:
 * a node that is slow, refuses or has no such function makes its own answer `unavailable`, with the reason. They reject with
 * INSPECT_BAD_OPTION, with the reason of `signal`, and as `cluster.ask` does with MEMBERS_UNKNOWN_NODE, MEMBERS_NO_ENTRY and
 * MEMBERS_CLOSED.
 */
export interface Inspector {
  /** Memory, load, limits, versions and applications of a node. A TypeScript node answers what it has of these. */
  overview(node: string, options?: OverviewOptions): Promise<InspectAnswer<NodeOverview>>;
  /** The processes that work most, or have most memory or the longest queues. */
  processes(node: string, options?: ProcessesOptions): Promise<InspectAnswer<ProcessList>>;
  /** One process, by its pid as its node prints it: `<0.85.0>`. */
  process(node: string, pid: string, options?: ProcessOptions): Promise<InspectAnswer<ProcessDetails>>;
  /** The started applications, by name. */
  applications(node: string, options?: InspectOptions): Promise<InspectAnswer<StartedApplication[]>>;
  /** The processes of an application, as its supervisors have them. */
  supervisionTree(node: string, application: string, options?: TreeOptions): Promise<InspectAnswer<TreeNode>>;
  /** The largest ETS tables. */
  ets(node: string, options?: TablesOptions): Promise<InspectAnswer<TableList>>;
  /** The first rows of a table that is not private, or those with a key, by what `ets` says in `table`. */
  rows(node: string, table: string, options?: RowsOptions): Promise<InspectAnswer<TableContent>>;
  /** The Mnesia tables that a node knows: `gone` if Mnesia is not running there. */
  mnesia(node: string, options?: InspectOptions): Promise<InspectAnswer<MnesiaOverview>>;
  /** The first rows of a Mnesia table, or those with a key, without a lock; also of a table that is on other nodes only. */
  mnesiaRows(node: string, table: string, options?: RowsOptions): Promise<InspectAnswer<TableContent>>;
  /** Ports and sockets: who has them, where they lead, how much went through them. */
  ports(node: string, options?: PortsOptions): Promise<InspectAnswer<PortList>>;
  /** Registered names, and those of `global`. */
  names(node: string, options?: NamesOptions): Promise<InspectAnswer<NodeNames>>;
  /** The scopes of `pg` and their largest groups, with members on all nodes. */
  groups(node: string, options?: GroupsOptions): Promise<InspectAnswer<GroupScope[]>>;
  /** Loaded modules, by name. */
  modules(node: string, options?: ModulesOptions): Promise<InspectAnswer<ModuleList>>;
  /** One loaded module: exports, attributes, and if asked for documentation and who runs its old code. */
  module(node: string, module: string, options?: ModuleOptions): Promise<InspectAnswer<ModuleDetails>>;
  /** One value for all code that a node has loaded. */
  codeFingerprint(node: string, options?: InspectOptions): Promise<InspectAnswer<CodeFingerprint>>;
  /** Which of these nodes, at most 100, run different code. */
  compareCode(nodes: readonly string[], options?: InspectOptions): Promise<CodeComparison>;
}

/**
 * Looks inside nodes without installing anything there. `asker` is a `WatchedCluster`, which asks through its entry, or
 * `askDirectly(node)`.
 *
 * @example
 * const inspector = createInspector(cluster);
 * const answer = await inspector.processes('app@10.0.0.5', { sort: 'memory', limit: 10 });
 * if (answer.state === 'answered') for (const { pid, name, memoryBytes } of answer.value.rows) console.log(pid, name, memoryBytes);
 */
export function createInspector(asker: Asker): Inspector {
  return {
    overview: (node, options) => askOverview(asker, node, options),
    processes: (node, options) => askProcesses(asker, node, options),
    process: (node, pid, options) => askProcess(asker, node, { pid, options }),
    applications: (node, options) => askApplications(asker, node, options),
    supervisionTree: (node, application, options) => askTree(asker, node, { application, options }),
    ets: (node, options) => askTables(asker, node, options),
    rows: (node, table, options) => askRows(asker, node, { table, options }),
    mnesia: (node, options) => askMnesia(asker, node, options),
    mnesiaRows: (node, table, options) => askMnesiaRows(asker, node, { table, options }),
    ports: (node, options) => askPorts(asker, node, options),
    names: (node, options) => askNames(asker, node, options),
    groups: (node, options) => askGroups(asker, node, options),
    modules: (node, options) => askModules(asker, node, options),
    module: (node, module, options) => askModule(asker, node, { module, options }),
    codeFingerprint: (node, options) => askFingerprint(asker, node, options),
    compareCode: (nodes, options) => askComparison(asker, nodes, options),
  };
}

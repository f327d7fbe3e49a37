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
import type { InspectAnswer } from './read/answer.ts';
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
  /** The first rows of a table that is not private, by what `ets` says in `table`. */
  rows(node: string, table: string, options?: RowsOptions): Promise<InspectAnswer<TableContent>>;
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
  };
}

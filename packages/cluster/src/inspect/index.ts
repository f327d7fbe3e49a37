/** The door `@convoy/cluster/inspect`: looking inside a node, with nothing installed there. */

export { InspectError, type InspectErrorCode, MembersError, type MembersErrorCode } from '../errors.ts';
export type { InspectOptions } from './asking/ask-node.ts';
export { type Asker, askDirectly } from './asking/asker.ts';
export { createInspector, type Inspector } from './inspector.ts';
export type { OverviewOptions } from './overview/overview.ts';
export type { NodeOverview, Usage } from './overview/read-overview.ts';
export type { SchedulerUse } from './overview/scheduler-use.ts';
export type { ProcessesOptions, ProcessOptions, ProcessSort } from './processes/processes.ts';
export type { Excerpt, ProcessDetails, StackFrame } from './processes/read-details.ts';
export type { ProcessList, ProcessRow } from './processes/read-list.ts';
export {
  type InspectAnswer,
  type InspectCost,
  type InspectPart,
  type InspectProblem,
  type InspectProblemKind,
  isProblem,
} from './read/answer.ts';
export type { TableContent, TableList, TableRow } from './tables/read-tables.ts';
export type { RowsOptions, TablesOptions } from './tables/tables.ts';
export type { ChildrenSource, StartedApplication, TreeNode } from './trees/read-tree.ts';
export type { TreeOptions } from './trees/trees.ts';

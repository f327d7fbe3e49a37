/** What is asked about the inside of nodes. */

export type { InspectCostView, InspectProblemView } from './answer.ts';
export type { HistorySample, NodeOverviewView } from './overview.ts';
export type { ProcessDetailsView, ProcessListView, ProcessRowView, ProcessSortView } from './processes.ts';
export { inspectRoutes } from './inspect-routes.ts';
export type { MessageRequest, RpcRequest } from './messages.ts';
export type { MnesiaOverviewView } from './mnesia.ts';
export type { CodeComparisonView, ModuleDetailsView, ModuleListView } from './modules.ts';
export type { GroupScopeView, NameListView, NodeNamesView } from './names.ts';
export { inspectPartRoutes } from './part-routes.ts';
export type { PortListView } from './ports.ts';
export type { TableRowView } from './tables.ts';
export type { StartedApplicationView, TreeNodeView } from './trees.ts';

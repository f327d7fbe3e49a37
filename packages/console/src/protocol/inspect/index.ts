/** What is asked about the inside of nodes. */

export type { InspectCostView, InspectProblemView } from './answer.ts';
export type { HistorySample, NodeOverviewView } from './overview.ts';
export type { ProcessDetailsView, ProcessListView, ProcessRowView, ProcessSortView } from './processes.ts';
export { inspectRoutes } from './inspect-routes.ts';
export type { TableRowView } from './tables.ts';
export type { StartedApplicationView, TreeNodeView } from './trees.ts';

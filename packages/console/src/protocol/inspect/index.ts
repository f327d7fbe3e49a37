/** What is asked about the inside of nodes. */

export {
  inspectAnswerSchema,
  type InspectCostView,
  inspectCostSchema,
  type InspectProblemView,
  inspectProblemSchema,
} from './answer.ts';
export {
  type HistorySample,
  historySampleSchema,
  nodeHistorySchema,
  nodeOverviewSchema,
  type NodeOverviewView,
} from './overview.ts';
export {
  type ProcessDetailsView,
  processDetailsSchema,
  type ProcessListView,
  processListSchema,
  type ProcessRowView,
  processRowSchema,
  type ProcessSortView,
  processSortSchema,
} from './processes.ts';
export { inspectRoutes } from './inspect-routes.ts';
export { type TableRowView, tableRowSchema } from './tables.ts';
export {
  type StartedApplicationView,
  startedApplicationSchema,
  type TreeNodeView,
  treeNodeSchema,
} from './trees.ts';

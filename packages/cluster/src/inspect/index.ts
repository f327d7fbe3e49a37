/** The door `@convoy/cluster/inspect`: looking inside a node, with nothing installed there. */

export { InspectError, type InspectErrorCode, MembersError, type MembersErrorCode } from '../errors.ts';
export type { CallOptions, RpcOptions, SendOptions } from './acts/messages.ts';
export { createOperator, type Operator } from './acts/operator.ts';
export type { CollectOutcome, KillOutcome, ShownValue } from './acts/read-acts.ts';
export type { TermSyntax } from './acts/term-source.ts';
export type { InspectOptions } from './asking/ask-node.ts';
export { type Asker, askDirectly } from './asking/asker.ts';
export type { NodeAnswer } from './asking/several.ts';
export { createInspector, type Inspector } from './inspector.ts';
export type { CodeComparison } from './modules/code.ts';
export type { ModuleOptions, ModulesOptions } from './modules/modules.ts';
export type { CodeFingerprint, ModuleDifference } from './modules/read-code.ts';
export type { FunctionDoc, ModuleDetails, OldCodeUse } from './modules/read-module.ts';
export type { ModuleList, ModuleRow } from './modules/read-modules.ts';
export type { GroupsOptions, NamesOptions } from './names/names.ts';
export type { GroupScope, NameList, NameRow, NodeNames, ProcessGroup } from './names/read-names.ts';
export type { OverviewOptions } from './overview/overview.ts';
export type { NodeOverview, Usage } from './overview/read-overview.ts';
export type { SchedulerUse } from './overview/scheduler-use.ts';
export type { PortSort, PortsOptions } from './ports/ports.ts';
export type { PortAddress, PortList, PortRow } from './ports/read-ports.ts';
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
export type { ClusterProcess } from './read/read-term.ts';
export type { MnesiaOverview, MnesiaTable } from './tables/read-mnesia.ts';
export type { TableContent, TableList, TableRow } from './tables/read-tables.ts';
export type { RowsOptions, TablesOptions } from './tables/tables.ts';
export { type CallTrace, type OnTraceEvents, traceCalls, type TracingNode } from './tracing/trace-calls.ts';
export type { TraceEvent } from './tracing/read-events.ts';
export type { TraceEnd, TraceEndReason } from './tracing/read-trace.ts';
export type { TraceOptions } from './tracing/trace-options.ts';
export { parseTraceTarget, type TraceTarget, traceTargetText } from './tracing/trace-target.ts';
export type { ChildrenSource, StartedApplication, TreeNode } from './trees/read-tree.ts';
export type { TreeOptions } from './trees/trees.ts';

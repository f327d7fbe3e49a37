/** A node that a command looks into, whichever way its questions go: through the console that knows the node, or to the node itself. */

import type {
  ClusterView,
  InspectProblemView,
  NodeOverviewView,
  ProcessDetailsView,
  ProcessListView,
  ProcessSortView,
  StartedApplicationView,
  TableRowView,
  TreeNodeView,
} from '@convoy/console/protocol';
import { CliError } from '../../errors.ts';
import type { Answer, Shown, TableContentView } from './answer.ts';
import type { InspectedParts, ListedRows } from './inspected-parts.ts';

export type { Answer, Shown, TableContentView } from './answer.ts';

/** Which processes are listed. */
export interface ListedProcesses {
  readonly sort: ProcessSortView;
  readonly limit: number;
  readonly filter?: string | undefined;
  /** Time between two sweeps, in milliseconds, for reductions per second. */
  readonly windowMs?: number | undefined;
}

/** The tables of a node. */
export interface TableListView {
  readonly total: number;
  readonly rows: readonly TableRowView[];
}

/** What has become of a process that was to be killed. */
export interface KillActView {
  readonly wasAlive: boolean;
  /** Whether it is gone. A process inside a native function ends later. */
  readonly hasEnded?: boolean | undefined;
}

/** What has become of a garbage collection. */
export interface CollectActView {
  readonly wasAlive: boolean;
  /** Memory of the process in bytes, before and after. */
  readonly memoryBefore?: number | undefined;
  readonly memoryAfter?: number | undefined;
}

/** The node, and the questions to it. */
export interface InspectedNode extends InspectedParts {
  /** Its id, or its full name if no console is asked. */
  readonly node: string;
  /** Its cluster, if the console knows it. */
  readonly cluster: Pick<ClusterView, 'id' | 'label' | 'production'> | undefined;
  overview(): Promise<Answer<NodeOverviewView>>;
  processes(listed: ListedProcesses): Promise<Answer<ProcessListView>>;
  process(pid: string, isStateAsked: boolean): Promise<Answer<ProcessDetailsView>>;
  applications(): Promise<Answer<StartedApplicationView[]>>;
  tree(application: string): Promise<Answer<TreeNodeView>>;
  tables(sort: 'memory' | 'size', limit: number): Promise<Answer<TableListView>>;
  rows(table: string, listed: ListedRows): Promise<Answer<TableContentView>>;
  kill(pid: string): Promise<Answer<KillActView>>;
  collectGarbage(pid: string): Promise<Answer<CollectActView>>;
}

/** Remedies in the terms of the command. */
const remedies = {
  slow: 'The node may be very busy. Ask for less (--limit, --filter), or wait for longer (--timeout, without a console).',
  'too-large': 'Ask for less: --limit, --filter.',
  unreachable: '`convoy doctor NODE` finds the cause.',
} as const;

/** The remedy of a problem, in the terms of the command. */
export function remedyOf({ kind, remedy }: Shown<InspectProblemView>): string | undefined {
  return kind === 'slow' || kind === 'too-large' || kind === 'unreachable' ? remedies[kind] : remedy;
}

/** The value of an answer. Throws CLI_NO_ANSWER with the reason if there is none. */
export function valueOf<Value>(answer: Answer<Value>): Shown<Value> {
  if (answer.state === 'answered') return answer.value;
  const { kind, message } = answer.problem;
  // An error says what failed without a full stop.
  throw new CliError('CLI_NO_ANSWER', message.replace(/\.$/, ''), { kind, remedy: remedyOf(answer.problem) });
}

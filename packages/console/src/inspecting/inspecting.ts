/**
 * Looking into the nodes of a console: finds who asks a node, lets one answer serve all pages that ask the same, keeps what nodes are asked
 * within 2 % of their schedulers, and remembers the last hour of each.
 */

import {
  type CollectOutcome,
  createInspector,
  createOperator,
  type InspectAnswer,
  type Inspector,
  type KillOutcome,
  type NodeAnswer,
  type NodeOverview,
  type Operator,
  type OverviewOptions,
  type ProcessDetails,
  type ProcessesOptions,
  type ProcessList,
  type ProcessOptions,
  type RowsOptions,
  type StartedApplication,
  type TableContent,
  type TableList,
  type TablesOptions,
  type TreeNode,
  type TreeOptions,
} from '@convoy/cluster/inspect';
import { ConsoleError } from '../errors.ts';
import type { HistorySample, NodeView } from '../protocol/index.ts';
import { clusterAsker, type ClusterAskerOptions, nodesOf } from './cluster-asker.ts';
import { type ClusterCode, comparableNodes, compareCode } from './cluster-code.ts';
import { findAsker } from './node-asker.ts';
import type { NodeHistories } from './node-histories.ts';
import { type DatedAnswer, SharedQuestions } from './shared-questions.ts';
import { sampleOf, shownAnswer, shownError } from './shown-answer.ts';

/** Options of `Inspecting`. */
export interface InspectingOptions extends ClusterAskerOptions {
  readonly histories: NodeHistories;
}

/** The kind of a question, and what distinguishes it from others of its kind. */
type Key = readonly [kind: string, ...rest: (string | object)[]];

type Ask<Value> = (inspector: Inspector, name: string) => Promise<InspectAnswer<Value>>;

/**
 * The questions to nodes, by their ids. They reject with CONSOLE_NOT_FOUND, CONSOLE_NODE_NOT_UP, CONSOLE_TOO_MANY and INSPECT_BAD_OPTION;
 * everything else that goes wrong is an answer.
 */
export class Inspecting {
  readonly #options: InspectingOptions;
  readonly #questions = new SharedQuestions();

  constructor(options: InspectingOptions) {
    this.#options = options;
  }

  overview(id: string, options: OverviewOptions): Promise<DatedAnswer<NodeOverview>> {
    return this.ask(id, ['overview', options], async (inspector, name) => {
      const answer = await inspector.overview(name, options);
      if (answer.state === 'answered') this.#options.histories.note(id, sampleOf(answer.value));
      return answer;
    });
  }

  /** The last hour of a node, also of one that has ended. Throws CONSOLE_NOT_FOUND. */
  history(id: string): HistorySample[] {
    if (this.#options.registry.find(id) !== undefined) return this.#options.histories.samples(id);
    throw new ConsoleError('CONSOLE_NOT_FOUND', `this console has no node ${id}`, {
      remedy: 'GET /api/nodes lists the nodes.',
    });
  }

  processes(id: string, options: ProcessesOptions): Promise<DatedAnswer<ProcessList>> {
    return this.ask(id, ['processes', options], (inspector, name) => inspector.processes(name, options));
  }

  process(id: string, pid: string, options: ProcessOptions): Promise<DatedAnswer<ProcessDetails>> {
    const key: Key = ['process', pid, options];
    return this.ask(id, key, (inspector, name) => inspector.process(name, pid, options));
  }

  applications(id: string): Promise<DatedAnswer<StartedApplication[]>> {
    return this.ask(id, ['applications'], (inspector, name) => inspector.applications(name));
  }

  tree(id: string, application: string, options: TreeOptions): Promise<DatedAnswer<TreeNode>> {
    const key: Key = ['tree', application, options];
    return this.ask(id, key, (inspector, name) => inspector.supervisionTree(name, application, options));
  }

  tables(id: string, options: TablesOptions): Promise<DatedAnswer<TableList>> {
    return this.ask(id, ['tables', options], (inspector, name) => inspector.ets(name, options));
  }

  rows(id: string, table: string, options: RowsOptions): Promise<DatedAnswer<TableContent>> {
    const key: Key = ['rows', table, options];
    return this.ask(id, key, (inspector, name) => inspector.rows(name, table, options));
  }

  /** Which nodes of a cluster run different code. */
  compareCode(cluster: string): Promise<DatedAnswer<ClusterCode>> {
    const names = comparableNodes(this.#options, cluster);
    return this.#questions.ask({
      node: `the code of ${cluster}`,
      kind: 'code',
      key: JSON.stringify(names),
      ask: () => compareCode(this.#options, cluster, names),
    });
  }

  /** The nodes of a cluster that this console reaches itself. */
  nodesIn(cluster: string): NodeView[] {
    return nodesOf(this.#options, cluster);
  }

  /** Acts on several nodes of a cluster. Who may do it is decided by the caller. */
  async operate<Value>(
    cluster: string,
    act: (operator: Operator) => Promise<NodeAnswer<Value>[]>,
  ): Promise<NodeAnswer<Value>[]> {
    const answers = await act(createOperator(clusterAsker(this.#options, cluster)));
    for (const { id } of this.nodesIn(cluster)) this.#questions.forget(id);
    return answers.map(({ node, answer }) => ({ node, answer: shownAnswer(answer) }));
  }

  /** Throws CONSOLE_NOT_FOUND or CONSOLE_NODE_NOT_UP if the node cannot be asked. */
  check(id: string): void {
    findAsker(this.#options, id);
  }

  /** Ends a process. Who may do it is decided by the caller. */
  kill(id: string, pid: string): Promise<InspectAnswer<KillOutcome>> {
    return this.#act(id, (operator, name) => operator.kill(name, pid));
  }

  /** Has a process collect its garbage. Who may do it is decided by the caller. */
  collect(id: string, pid: string): Promise<InspectAnswer<CollectOutcome>> {
    return this.#act(id, (operator, name) => operator.collectGarbage(name, pid));
  }

  /** An act is done for each who asks for it, and what was known before is out of date. */
  async #act<Value>(
    id: string,
    act: (operator: Operator, name: string) => Promise<InspectAnswer<Value>>,
  ): Promise<InspectAnswer<Value>> {
    const { name, asker } = findAsker(this.#options, id);
    try {
      return shownAnswer(await act(createOperator(asker), name));
    } catch (error) {
      throw shownError(error, id);
    } finally {
      this.#questions.forget(id);
    }
  }

  /** Any other question: one answer serves all who ask with the same key. */
  ask<Value>(id: string, key: Key, ask: Ask<Value>): Promise<DatedAnswer<Value>> {
    // Also for a question whose answer is known: the node may have ended since.
    const { name, asker } = findAsker(this.#options, id);
    return this.#questions.ask({
      node: id,
      kind: key[0],
      key: JSON.stringify(key),
      ask: async () => {
        try {
          return shownAnswer(await ask(createInspector(asker), name));
        } catch (error) {
          throw shownError(error, id);
        }
      },
    });
  }
}

/** Compares the code that nodes run: by one sum for each node, and by modules only where these differ. */

import { atom, type Term } from '@convoy/node/etf';
import { askNode, type InspectOptions, readAnswer } from '../asking/ask-node.ts';
import type { Asker } from '../asking/asker.ts';
import { nodeList, timeout } from '../asking/options.ts';
import { onEach } from '../asking/several.ts';
import type { InspectAnswer, InspectCost, InspectProblem } from '../read/answer.ts';
import { fingerprintBody, sumsBody, versionsBody } from './module-program.ts';
import {
  type CodeFingerprint,
  type CodeSums,
  differenceOf,
  differingModules,
  type ModuleDifference,
  readFingerprint,
  readSums,
  readVersions,
  withAllNodes,
} from './read-code.ts';

/** Which of several nodes run different code. */
export interface CodeComparison {
  /** The nodes that were compared. */
  readonly nodes: readonly (CodeFingerprint & { readonly node: string })[];
  /** Modules that several nodes have loaded with different code, by name; at most 1000. */
  readonly modules: readonly ModuleDifference[];
  /** The number of such modules. */
  readonly differing: number;
  /** Why a node could not be compared, by node. */
  readonly problems: Readonly<Record<string, InspectProblem>>;
  /** Remote calls to all nodes together, and how long to wait before they are compared again. */
  readonly cost: Pick<InspectCost, 'questions' | 'restMs'>;
}

const maxDifferences = 1000;

export async function askFingerprint(
  asker: Asker,
  node: string,
  options: InspectOptions = {},
): Promise<InspectAnswer<CodeFingerprint>> {
  const timeoutMs = timeout(options.timeoutMs, 5000);
  const answer = await askNode(asker, { node, body: fingerprintBody, timeoutMs, signal: options.signal });
  return readAnswer(answer, node, readFingerprint);
}

/** Rejects as a question to one node does, except that a node that is unknown is one of the problems. */
export async function askComparison(
  asker: Asker,
  names: readonly string[],
  options: InspectOptions = {},
): Promise<CodeComparison> {
  const comparing = new Comparing(asker, options);
  const prints = await comparing.each(nodeList(names), (node) => askFingerprint(asker, node, options));
  const nodes = Array.from(prints, ([node, print]) => ({ node, ...print }));
  const groups = Map.groupBy(nodes, ({ fingerprint }) => fingerprint);
  const alike = new Map(
    Array.from(groups.values(), (group) => [group[0]?.node ?? '', group.map(({ node }) => node)] as const),
  );
  const sums = groups.size < 2 ? new Map<string, CodeSums>() : await comparing.sums(Array.from(alike.keys()));
  const candidates = differingModules(sums);
  const versions = await comparing.versions(Array.from(sums.keys()), candidates);
  const differences = candidates.flatMap((module) => differenceOf(module, { sums, versions }) ?? []);
  const modules = differences.slice(0, maxDifferences).map((one) => withAllNodes(one, alike));
  const { problems, cost } = comparing;
  return { nodes, modules, differing: differences.length, problems: Object.fromEntries(problems), cost };
}

/** Asks the nodes of a comparison, and remembers why some did not answer. */
class Comparing {
  readonly problems: Map<string, InspectProblem> = new Map();
  cost = { questions: 0, restMs: 0 };
  readonly #asker: Asker;
  readonly #options: InspectOptions;

  constructor(asker: Asker, options: InspectOptions) {
    this.#asker = asker;
    this.#options = options;
  }

  /** The values by node, of those that answered. */
  async each<Value>(
    nodes: readonly string[],
    ask: (node: string) => Promise<InspectAnswer<Value>>,
  ): Promise<Map<string, Value>> {
    const values = new Map<string, Value>();
    for (const { node, answer } of await onEach(nodes, ask)) {
      const { questions, restMs = 0 } = answer.cost;
      this.cost = {
        questions: this.cost.questions + questions,
        restMs: Math.max(this.cost.restMs, restMs),
      };
      if (answer.state === 'answered') values.set(node, answer.value);
      else this.problems.set(node, answer.problem);
    }
    return values;
  }

  async sums(nodes: readonly string[]): Promise<Map<string, CodeSums>> {
    return this.each(nodes, async (node) =>
      readAnswer(await this.#ask(node, { body: sumsBody }), node, readSums),
    );
  }

  async versions(
    nodes: readonly string[],
    modules: readonly string[],
  ): Promise<Map<string, ReadonlyMap<string, bigint>>> {
    if (modules.length === 0) return new Map();
    const names = modules.filter((module) => module.length <= 255);
    const bindings = { Modules: names.map((module) => atom(module)) };
    return this.each(nodes, async (node) =>
      readAnswer(await this.#ask(node, { body: versionsBody, bindings }), node, readVersions),
    );
  }

  #ask(
    node: string,
    question: { readonly body: string; readonly bindings?: Readonly<Record<string, Term>> },
  ): Promise<InspectAnswer<Term>> {
    const timeoutMs = timeout(this.#options.timeoutMs, 5000);
    return askNode(this.#asker, { node, ...question, timeoutMs, signal: this.#options.signal });
  }
}

/** Asks a node for its applications, and for the supervision tree of one. */

import { askNode, type InspectOptions, readAnswer } from '../asking/ask-node.ts';
import type { Asker } from '../asking/asker.ts';
import { count, text, timeout } from '../asking/options.ts';
import type { InspectAnswer } from '../read/answer.ts';
import { readApplications, readTree, type StartedApplication, type TreeNode } from './read-tree.ts';
import { applicationsBody, treeBody } from './tree-program.ts';

/** Options of `supervisionTree`. `timeoutMs` is 10000 by default. */
export interface TreeOptions extends InspectOptions {
  /** Levels below the root, up to 50. Default 20. */
  readonly maxDepth?: number | undefined;
  /** Children of one supervisor, up to 1000. Default 200. */
  readonly maxChildren?: number | undefined;
  /** Processes in the whole tree, up to 5000. Default 1000. */
  readonly maxProcesses?: number | undefined;
}

export async function askApplications(
  asker: Asker,
  node: string,
  options: InspectOptions = {},
): Promise<InspectAnswer<StartedApplication[]>> {
  const timeoutMs = timeout(options.timeoutMs, 5000);
  const answer = await askNode(asker, { node, body: applicationsBody, timeoutMs, signal: options.signal });
  return readAnswer(answer, node, (value) => readApplications(value, node));
}

export async function askTree(
  asker: Asker,
  node: string,
  { application, options = {} }: { readonly application: string; readonly options?: TreeOptions | undefined },
): Promise<InspectAnswer<TreeNode>> {
  const depth = count('maxDepth', options.maxDepth, { least: 1, most: 50, otherwise: 20 });
  const bindings = {
    Application: text('application', application, 255),
    Depth: depth,
    Room: count('maxProcesses', options.maxProcesses, { least: 1, most: 5000, otherwise: 1000 }),
    Width: count('maxChildren', options.maxChildren, { least: 1, most: 1000, otherwise: 200 }),
  };
  const timeoutMs = timeout(options.timeoutMs, 10_000);
  const answer = await askNode(asker, {
    node,
    body: treeBody,
    bindings,
    timeoutMs,
    signal: options.signal,
  });
  return readAnswer(answer, node, (value) => readTree(value, { node, application, depth }));
}

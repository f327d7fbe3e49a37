/** Reads the applications of a node, and the supervision tree of one. Pure. */

import { atomName, type Term } from '@convoy/node/etf';
import { failedPart } from '../asking/ask-node.ts';
import type { InspectProblem } from '../read/answer.ts';
import {
  countOf,
  elementsOf,
  functionOf,
  given,
  listOf,
  nameOf,
  pidTextOf,
  textOf,
} from '../read/read-term.ts';
import { maxApplications } from './tree-program.ts';

/** An application that has been started. */
export interface StartedApplication {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** The process at the top of its tree; missing for an application without processes. */
  readonly root?: string;
  /** Why the process at the top is not known. */
  readonly problem?: InspectProblem;
}

/** How the children of a supervisor are known. */
export type ChildrenSource =
  /** It named them. */
  | 'asked'
  /** It did not answer in time: these are the processes that it is linked to. */
  | 'slow'
  /** It has a long message queue, so it was not asked: these are linked to it. */
  | 'busy'
  /** It has more than a thousand children: these are some of those that are linked to it. */
  | 'huge'
  /** Too many others did not answer before, or it is not a supervisor after all: these are linked to it. */
  | 'unasked'
  /** The tree is deeper, or larger, than was asked for. */
  | 'cut';

/** A process in a supervision tree. */
export interface TreeNode {
  /** `<0.85.0>`; missing for a child that is not running. */
  readonly pid?: string;
  /** Its id in the supervisor, as Erlang text. */
  readonly id?: string;
  readonly name?: string;
  readonly initialCall?: string;
  readonly memoryBytes?: number;
  readonly messageQueueLength?: number;
  readonly kind: 'supervisor' | 'worker' | 'not-running';
  /** Only of a supervisor. */
  readonly source?: ChildrenSource;
  /** The number of children of a supervisor, more than `children` if the tree is cut. Missing if it is not known. */
  readonly childCount?: number;
  readonly children: readonly TreeNode[];
}

/** Reads the answer to `applicationsBody`; `undefined` if it is not one. */
export function readApplications(answer: Term, node: string): StartedApplication[] | undefined {
  if (!Array.isArray(answer)) return undefined;
  const all = listOf(answer, maxApplications).flatMap((one) => applicationOf(one, node) ?? []);
  return all.sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** Reads the answer to `treeBody`; `undefined` if it is not one. */
export function readTree(
  answer: Term,
  {
    node,
    application,
    depth,
  }: { readonly node: string; readonly application: string; readonly depth: number },
): TreeNode | InspectProblem | undefined {
  switch (answer === undefined ? undefined : atomName(answer)) {
    case 'not_started':
      return { kind: 'gone', message: `The application ${application} is not started on ${node}.` };
    case 'no_processes':
      return { kind: 'gone', message: `The application ${application} has no processes of its own.` };
    default:
      return treeNodeOf(answer, node, depth + 1);
  }
}

function applicationOf(term: Term, node: string): StartedApplication | undefined {
  const [name, version, description, outcome] = elementsOf(term);
  const text = nameOf(name);
  if (text === undefined) return undefined;
  const [tag, root] = elementsOf(outcome);
  const isKnown = tag !== undefined && atomName(tag) === 'ok';
  return {
    name: text,
    version: textOf(version, 80) ?? '',
    // The node has made text of a string, with its quotation marks.
    description: (textOf(description, 300) ?? '').replace(/^"(.*)"$/, '$1'),
    ...given({
      root: isKnown ? pidTextOf(root, node) : undefined,
      problem: isKnown ? undefined : failedPart(node, root),
    }),
  };
}

const sources: readonly string[] = ['asked', 'slow', 'busy', 'huge', 'unasked', 'cut'];
const maxChildren = 1000;

function treeNodeOf(term: Term, node: string, levels: number): TreeNode | undefined {
  const [pid, id, name, call, memory, queue, kind] = elementsOf(term);
  if (kind === undefined || levels < 0) return undefined;
  const [tag, how, count, children] = elementsOf(kind);
  const isSupervisor = tag !== undefined && atomName(tag) === 'supervisor';
  const isWorker = atomName(kind) === 'worker';
  const source = atomName(how) ?? '';
  const isRunning = isSupervisor || isWorker;
  return {
    ...given({
      pid: isRunning ? pidTextOf(pid, node) : undefined,
      id: id === undefined ? undefined : textOf(id, 200),
      name: Array.isArray(name) ? undefined : nameOf(name),
      initialCall: functionOf(call),
      memoryBytes: isRunning ? countOf(memory) : undefined,
      messageQueueLength: isRunning ? countOf(queue) : undefined,
      source: isSupervisor && sources.includes(source) ? (source as ChildrenSource) : undefined,
      childCount: isSupervisor ? countOf(count) : undefined,
    }),
    kind: isSupervisor ? 'supervisor' : isWorker ? 'worker' : 'not-running',
    children: listOf(children, maxChildren).flatMap((child) => treeNodeOf(child, node, levels - 1) ?? []),
  };
}

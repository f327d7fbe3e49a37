/** Bulk actions: what is done with several nodes at once. Failures are shown together, in one message. */

import type { NodeView, Problem } from '@convoy/console/protocol';
import { signal, type Signal } from '@preact/signals';
import { ask, problemFrom } from '../console-link/api-client.ts';
import { deleting, relaunching } from './actions.ts';
import { nodeTitle } from './clusters/node-titles.ts';
import { confirmChange } from './clusters/production.ts';
import { formatCount } from './page/format.ts';
import { showMessage, showProblem } from './page/toasts.ts';
import { askedOf } from './nodes/peering.ts';
import { openShell } from './shells/shells.ts';

/** Requests at a time: enough to be fast, few enough not to be the whole load of the console. */
const mostAtOnce = 4;

interface BulkProgress {
  /** What is being done: `Deleting`. */
  readonly label: string;
  readonly done: number;
  readonly total: number;
}

/** The action in progress. */
export const bulkProgress: Signal<BulkProgress | undefined> = signal(undefined);

interface Failure {
  readonly what: string;
  readonly problem: Problem;
}

interface BulkAction<Item> {
  /** What is being done, for the progress: `Deleting`. */
  readonly label: string;
  /** What could not be done, for the message: `could not be deleted`. */
  readonly failure: string;
  /** What an item is called: `node`. */
  readonly noun: string;
  readonly name: (item: Item) => string;
  readonly work: (item: Item) => Promise<unknown>;
}

/** Works on the items, a few at a time, and shows what has failed. Resolves with the number of items that succeeded. */
async function doAll<Item>(items: readonly Item[], action: BulkAction<Item>): Promise<number> {
  if (bulkProgress.value !== undefined) return 0;
  const failures: Failure[] = [];
  const waiting = [...items];
  let done = 0;
  bulkProgress.value = { label: action.label, done, total: items.length };
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      try {
        await action.work(item);
      } catch (error) {
        failures.push({ what: action.name(item), problem: problemFrom(error) });
      }
      done += 1;
      bulkProgress.value = { label: action.label, done, total: items.length };
    }
  };
  await Promise.all(Array.from({ length: mostAtOnce }, worker));
  bulkProgress.value = undefined;
  const shown = failureOf(failures, action, items.length);
  if (shown !== undefined) showProblem(shown);
  return items.length - failures.length;
}

function failureOf<Item>(
  failures: readonly Failure[],
  { failure, noun }: BulkAction<Item>,
  total: number,
): Problem | undefined {
  const [first] = failures;
  if (first === undefined) return undefined;
  if (total === 1) return first.problem;
  const names = failures.map(({ what }) => what).join(', ');
  return {
    ...first.problem,
    message: `${failures.length} of ${formatCount(total, noun)} ${failure} (${names}): ${first.problem.message}`,
  };
}

/** Works on a node while its id is in `set`, which marks its buttons as busy. */
async function whileIn(set: Signal<ReadonlySet<string>>, id: string, work: Promise<unknown>): Promise<void> {
  set.value = new Set([...set.value, id]);
  try {
    await work;
  } finally {
    set.value = new Set([...set.value].filter((one) => one !== id));
  }
}

function clustersOf(nodes: readonly NodeView[]): readonly string[] {
  return nodes.map(({ cluster }) => cluster);
}

/** Deletes launched nodes, and disconnects from attached ones. */
export async function removeNodes(nodes: readonly NodeView[]): Promise<void> {
  await doAll(nodes, {
    label: 'Deleting',
    failure: 'could not be deleted',
    noun: 'node',
    name: ({ id }) => nodeTitle(id),
    work: ({ id }) => whileIn(deleting, id, ask('DELETE /api/nodes/:name', { params: { name: id } })),
  });
}

/** Launches nodes that have ended again. */
export async function relaunchNodes(nodes: readonly NodeView[]): Promise<void> {
  const sentence = `${formatCount(nodes.length, 'node is', 'nodes are')} launched again.`;
  if (!(await confirmChange(clustersOf(nodes), { sentence, button: 'Launch' }))) return;
  await doAll(nodes, {
    label: 'Launching',
    failure: 'could not be launched again',
    noun: 'node',
    name: ({ id }) => nodeTitle(id),
    work: ({ id }) =>
      whileIn(relaunching, id, ask('POST /api/nodes/:name/relaunch', { params: { name: id } })),
  });
}

/** Stops running nodes and launches them again. */
export async function restartNodes(nodes: readonly NodeView[]): Promise<void> {
  const sentence = `${formatCount(nodes.length, 'node is', 'nodes are')} stopped and launched again; what is in memory is lost.`;
  if (!(await confirmChange(clustersOf(nodes), { sentence, button: 'Restart' }))) return;
  await doAll(nodes, {
    label: 'Restarting',
    failure: 'could not be restarted',
    noun: 'node',
    name: ({ id }) => nodeTitle(id),
    work: ({ id }) => ask('POST /api/nodes/:name/restart', { params: { name: id } }),
  });
}

/** Has the nodes of each pair connect to each other. */
export async function joinPairs(pairs: readonly (readonly [NodeView, NodeView])[]): Promise<void> {
  const sentence = `${formatCount(pairs.length, 'pair')} of nodes connect, and with them the nodes that each of them knows.`;
  if (!(await confirmChange(clustersOf(pairs.flat()), { sentence, button: 'Join' }))) return;
  const joined = await doAll(pairs, {
    label: 'Joining',
    failure: 'could not be joined',
    noun: 'pair',
    name: ([node, other]) => `${nodeTitle(node.id)} to ${nodeTitle(other.id)}`,
    work: ([node, other]) => {
      const { asked, peer } = askedOf(node, other);
      return ask('POST /api/nodes/:name/join', { params: { name: asked }, body: { peer } });
    },
  });
  if (joined > 0) showMessage(`Joined ${formatCount(joined, 'pair')} of nodes`);
}

export function openShells(nodes: readonly NodeView[]): void {
  for (const { id } of nodes) openShell(id);
}

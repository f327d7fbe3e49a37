/**
 * The nodes of a console as others with the same store see them: what is written for them, and what is made of what they
 * have written. Pure.
 */

import { parseBoundedJson } from '../bounded-json.ts';
import { type NodeOwner, type NodeView, nodeViewSchema } from '../protocol/index.ts';

/** More nodes of a console are not shown to others, and no more text than this. */
const maxNodes = 500;
const maxLength = 500_000;
const maxPeers = 50;
const maxValues = 100_000;

/** The nodes of this console, as JSON. Leaves out what changes all the time, what is long, and remedies, which are for this console. */
export function nodesForOthers(views: readonly NodeView[]): string {
  const parts: string[] = [];
  let length = 0;
  for (const view of views.slice(0, maxNodes)) {
    const part = JSON.stringify(forOthers(view));
    length += part.length + 1;
    if (length > maxLength) break;
    parts.push(part);
  }
  return `[${parts.join(',')}]`;
}

function forOthers(view: NodeView): NodeView {
  const { memoryBytes: _bytes, processes: _processes, osPid: _pid, problem, ...rest } = view;
  const { processHistory: _counts, runQueueHistory: _queues, loadHistory: _loads, ...kept } = rest;
  return {
    ...kept,
    steps: [],
    memoryHistory: [],
    lastOutput: [],
    peers: view.peers.slice(0, maxPeers),
    ...(problem === undefined ? {} : { problem: { code: problem.code, message: problem.message } }),
  };
}

/** What another console has written, without nodes that make no sense to this version. */
export function nodesOfOther(json: string): NodeView[] {
  let all: unknown;
  try {
    all = parseBoundedJson(json, 'the list of nodes', maxValues);
  } catch {
    return [];
  }
  if (!Array.isArray(all)) return [];
  return all.slice(0, maxNodes).flatMap((one: unknown) => nodeViewSchema.safeParse(one).data ?? []);
}

/** A node of another console, as this one shows it: with an id that none of its own can have, in a place of its own. */
export function sharedView(view: NodeView, owner: NodeOwner): NodeView {
  const { label } = owner;
  const where = view.cluster === 'local' ? `console:${label}` : `console:${label}/${view.cluster}`;
  const shown: NodeView = {
    ...view,
    id: `${owner.id}:${view.id}`,
    origin: 'shared',
    owner,
    place: { key: where, kind: 'console' },
    provider: where,
    cluster: where,
  };
  return owner.lastSeenAt === undefined ? shown : lastSeen(shown, owner);
}

/** The console of the node is gone, so that it is not known how the node is. */
function lastSeen(view: NodeView, { label, lastSeenAt = 0 }: NodeOwner): NodeView {
  const at = new Date(lastSeenAt).toISOString();
  return {
    ...view,
    status: 'unreachable',
    peers: [],
    problem: {
      code: 'CONSOLE_OTHER_CONSOLE',
      message: `the console ${label}, which has this node, was last seen at ${at}`,
      remedy: 'Start that console again. Until then it is not known how the node is.',
    },
  };
}

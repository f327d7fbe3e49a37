/** Actions on nodes. A failure is shown as a toast with its remedy; success shows in the nodes. */

import type { NodeView, Problem } from '@convoy/console/protocol';
import { isNodeKind, splitNodeName } from '@convoy/node/names';
import { signal, type Signal } from '@preact/signals';
import { ask, problemFrom } from '../console-link/api-client.ts';
import { goTo } from '../router.ts';
import { confirmChange } from './clusters/production.ts';
import { nodeTitle } from './clusters/node-titles.ts';
import { openDialog } from './page/dialogs.ts';
import { askedOf } from './nodes/peering.ts';
import { openShell } from './shells/shells.ts';
import { showProblem, showMessage } from './page/toasts.ts';

/** Ids of nodes with a delete request that has not been answered yet. */
export const deleting: Signal<ReadonlySet<string>> = signal(new Set());
/** Ids of nodes that are being launched again. */
export const relaunching: Signal<ReadonlySet<string>> = signal(new Set());

/** Resolves with what `work` resolves with. */
async function whileIn<Value, Result>(
  set: Signal<ReadonlySet<Value>>,
  value: Value,
  work: () => Promise<Result>,
): Promise<Result> {
  set.value = new Set([...set.value, value]);
  try {
    return await work();
  } finally {
    set.value = new Set([...set.value].filter((one) => one !== value));
  }
}

/** Resolves with the problem if the console refuses. */
async function refusalOf(work: () => Promise<unknown>): Promise<Problem | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return problemFrom(error);
  }
}

/** Removes a node. Resolves with whether it is gone; a refusal is shown as a toast. */
export async function removeNode(id: string): Promise<boolean> {
  const problem = await whileIn(deleting, id, () =>
    refusalOf(() => ask('DELETE /api/nodes/:name', { params: { name: id } })),
  );
  if (problem !== undefined) showProblem(problem);
  return problem === undefined;
}

/** Removes a node, after asking if it belongs to a cluster that is marked as production. */
export async function askToRemove({ id, cluster, origin }: NodeView): Promise<void> {
  const isAttached = origin === 'attached';
  const sentence = isAttached
    ? `The console disconnects from ${nodeTitle(id)}, which keeps running.`
    : `${nodeTitle(id)} is removed.`;
  if (await confirmChange([cluster], { sentence, button: isAttached ? 'Disconnect' : 'Remove' }))
    await removeNode(id);
}

export async function join(node: NodeView, other: NodeView): Promise<void> {
  const { asked, peer } = askedOf(node, other);
  const sentence = `${nodeTitle(asked)} connects to ${peer}; the nodes that they know may connect, too.`;
  if (!(await confirmChange([node.cluster], { sentence, button: 'Join' }))) return;
  try {
    await ask('POST /api/nodes/:name/join', { params: { name: asked }, body: { peer } });
    showMessage(`Asked ${nodeTitle(asked)} to connect to ${peer}`);
  } catch (error) {
    showProblem(problemFrom(error), { node: peer, from: asked });
  }
}

/** Disconnects two nodes. In a cluster that was attached, a dialog says beforehand what OTP will do. */
export async function askToDisconnect(node: NodeView, other: NodeView): Promise<void> {
  if (node.origin === 'member' || other.origin === 'member') {
    openDialog.value = { kind: 'disconnect', node: node.id, other: other.id };
    return;
  }
  const sentence = `${nodeTitle(node.id)} and ${other.name} end their connection.`;
  if (await confirmChange([node.cluster], { sentence, button: 'Disconnect' })) await disconnect(node, other);
}

export async function disconnect(node: NodeView, other: NodeView): Promise<void> {
  const { asked, peer } = askedOf(node, other);
  try {
    await ask('POST /api/nodes/:name/disconnect', { params: { name: asked }, body: { peer } });
    showMessage(`Asked ${nodeTitle(asked)} to disconnect from ${peer}`);
  } catch (error) {
    showProblem(problemFrom(error));
  }
}

/** What the form can put right. Anything else leaves the node as it is, to be launched again later. */
const correctable: ReadonlySet<string> = new Set(['CONSOLE_LAUNCH_UNKNOWN', 'PROVIDER_NAME_TAKEN']);

/** Launches a node that has ended again. The console knows the values of its variables; this page does not. */
export async function relaunch(node: NodeView): Promise<void> {
  const { id, name, kind, join, place } = node;
  if (!isNodeKind(kind) || relaunching.value.has(id)) return;
  const sentence = `${nodeTitle(id)} is launched again.`;
  if (!(await confirmChange([node.cluster], { sentence, button: 'Launch' }))) return;
  const problem = await whileIn(relaunching, id, () =>
    refusalOf(() => ask('POST /api/nodes/:name/relaunch', { params: { name: id } })),
  );
  if (problem === undefined) return;
  if (!correctable.has(problem.code)) return showProblem(problem);
  const request = { kind, join, place, name: splitNodeName(name).name };
  openDialog.value = { kind: 'launch', refused: { request, problem, replaces: id } };
}

/** Stops a running node and launches it again. Its platform may only say that it has been asked to; otherwise the status of the node tells. */
export async function restart({ id, cluster }: NodeView): Promise<void> {
  const title = nodeTitle(id);
  const sentence = `${title} is stopped and launched again; what it has in memory is lost.`;
  if (!(await confirmChange([cluster], { sentence, button: 'Restart' }))) return;
  try {
    const { state } = await ask('POST /api/nodes/:name/restart', { params: { name: id } });
    if (state === 'ready') showMessage(`${title} is being restarted`);
  } catch (error) {
    showProblem(problemFrom(error));
  }
}

export function showShell(id: string): void {
  openShell(id);
}

export function showLogs(id: string): void {
  goTo({ page: 'logs', node: id });
}

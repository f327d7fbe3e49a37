/** Actions on nodes. A failure is shown as a toast with its remedy; success shows in the nodes. */

import type { LaunchRequest, NodeKind, NodeView, Problem } from '@convoy/console/protocol';
import { splitNodeName } from '@convoy/node/names';
import { signal, type Signal } from '@preact/signals';
import { ask, problemFrom } from '../console-link/api-client.ts';
import { goTo } from '../router.ts';
import { openDialog } from './page/dialogs.ts';
import { capabilityOf, consoleInfo, nodes } from './nodes/nodes.ts';
import { askedOf } from './nodes/peering.ts';
import { openShell } from './shells/shells.ts';
import { showProblem, showMessage } from './page/toasts.ts';

/** Kinds with a launch request that has not been answered yet. */
export const launching: Signal<ReadonlySet<NodeKind>> = signal(new Set());
/** Nodes with a delete request that has not been answered yet. */
export const deleting: Signal<ReadonlySet<string>> = signal(new Set());

async function whileIn<Value>(
  set: Signal<ReadonlySet<Value>>,
  value: Value,
  work: () => Promise<unknown>,
): Promise<void> {
  set.value = new Set([...set.value, value]);
  try {
    await work();
  } finally {
    set.value = new Set([...set.value].filter((one) => one !== value));
  }
}

/** Asks the console to launch a node. Resolves with the problem if it refuses. */
export async function tryLaunch(request: LaunchRequest): Promise<Problem | undefined> {
  let problem: Problem | undefined;
  await whileIn(launching, request.kind, async () => {
    try {
      await ask('POST /api/nodes', { body: request });
    } catch (error) {
      problem = problemFrom(error);
    }
  });
  return problem;
}

/** Launches a node; a refusal is shown as a toast. */
export async function launch(request: LaunchRequest): Promise<void> {
  const problem = await tryLaunch(request);
  if (problem !== undefined) showProblem(problem);
}

/** Launches a node of this kind that joins the others, or opens the dialog if the kind is not available. */
export function launchOrExplain(kind: NodeKind): void {
  if (capabilityOf(kind)?.available === false) openDialog.value = { kind: 'launch', of: kind };
  else void launch({ kind, join: true });
}

/** Whether the console can launch another node. */
export function hasRoom(): boolean {
  const limit = consoleInfo.value?.nodeLimit ?? Number.POSITIVE_INFINITY;
  return nodes.value.filter((node) => node.origin === 'launched').length < limit;
}

/** Removes a node. Resolves with whether it is gone; a refusal is shown as a toast. */
export async function removeNode(name: string): Promise<boolean> {
  let isGone = false;
  await whileIn(deleting, name, async () => {
    try {
      await ask('DELETE /api/nodes/:name', { params: { name } });
      isGone = true;
    } catch (error) {
      showProblem(problemFrom(error));
    }
  });
  return isGone;
}

export async function join(node: NodeView, other: NodeView): Promise<void> {
  const { asked, peer } = askedOf(node, other);
  try {
    await ask('POST /api/nodes/:name/join', { params: { name: asked }, body: { peer } });
    showMessage(`Asked ${asked} to connect to ${peer}`);
  } catch (error) {
    showProblem(problemFrom(error), { node: peer, from: asked });
  }
}

export async function disconnect(node: NodeView, other: NodeView): Promise<void> {
  const { asked, peer } = askedOf(node, other);
  try {
    await ask('POST /api/nodes/:name/disconnect', { params: { name: asked }, body: { peer } });
    showMessage(`Asked ${asked} to disconnect from ${peer}`);
  } catch (error) {
    showProblem(problemFrom(error));
  }
}

/** Launches a node again after a failed launch or a crash. If the console refuses, the form shows what it refused and why. */
export async function relaunch(node: NodeView): Promise<void> {
  if (node.kind === 'unknown') return;
  const { kind, join, provider } = node;
  const request = { kind, join, provider, name: splitNodeName(node.name).name };
  if (!(await removeNode(node.name))) return;
  const problem = await tryLaunch(request);
  if (problem !== undefined) openDialog.value = { kind: 'launch', refused: { request, problem } };
}

export function canOpenShell(node: NodeView): boolean {
  return node.status === 'up';
}

export function showShell(name: string): void {
  openShell(name);
}

export function showLogs(name: string): void {
  goTo({ page: 'logs', node: name });
}

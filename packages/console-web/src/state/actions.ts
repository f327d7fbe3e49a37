/** Actions on nodes. A failure is shown as a toast with its remedy; success shows in the nodes. */

import type { LaunchRequest, NodeKind, NodeView } from '@convoy/console/protocol';
import { splitNodeName } from '@convoy/node/names';
import { signal, type Signal } from '@preact/signals';
import { ask, problemFrom } from '../console-link/api-client.ts';
import { goTo } from '../router.ts';
import { openDialog } from './page/dialogs.ts';
import { capabilityOf, consoleInfo, nodes } from './nodes/nodes.ts';
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

export async function launch(request: LaunchRequest): Promise<boolean> {
  let isAccepted = false;
  await whileIn(launching, request.kind, async () => {
    try {
      await ask('POST /api/nodes', { body: request });
      isAccepted = true;
    } catch (error) {
      showProblem(problemFrom(error));
    }
  });
  return isAccepted;
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

export async function removeNode(name: string): Promise<void> {
  await whileIn(deleting, name, async () => {
    try {
      await ask('DELETE /api/nodes/:name', { params: { name } });
    } catch (error) {
      showProblem(problemFrom(error));
    }
  });
}

export async function join(name: string, peer: string): Promise<void> {
  try {
    await ask('POST /api/nodes/:name/join', { params: { name }, body: { peer } });
    showMessage(`Asked ${name} to connect to ${peer}`);
  } catch (error) {
    showProblem(problemFrom(error), { node: peer, from: name });
  }
}

export async function disconnect(name: string, peer: string): Promise<void> {
  try {
    await ask('POST /api/nodes/:name/disconnect', { params: { name }, body: { peer } });
    showMessage(`Asked ${name} to disconnect from ${peer}`);
  } catch (error) {
    showProblem(problemFrom(error));
  }
}

/** Launches a node again after a failed launch or a crash. */
export async function relaunch(node: NodeView): Promise<void> {
  if (node.kind === 'unknown') return;
  const { kind, join, provider } = node;
  await removeNode(node.name);
  await launch({ kind, join, provider, name: splitNodeName(node.name).name });
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

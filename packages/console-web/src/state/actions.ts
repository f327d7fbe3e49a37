/** What people can have done to nodes. Failures become toasts with their remedy; success is seen in the nodes. */

import type { LaunchRequest, NodeKind, NodeView } from '@convoy/console/protocol';
import { splitNodeName } from '@convoy/node/names';
import { signal, type Signal } from '@preact/signals';
import { ask, problemFrom } from '../console-link/api-client.ts';
import { goTo } from '../router.ts';
import { openDialog } from './page/dialogs.ts';
import { capabilityOf, consoleInfo, nodes } from './nodes/nodes.ts';
import { openShell } from './shells/shells.ts';
import { complain, tell } from './page/toasts.ts';

/** Kinds whose launch has been asked for and not yet answered. */
export const launching: Signal<ReadonlySet<NodeKind>> = signal(new Set());
/** Nodes whose deletion has been asked for and not yet answered. */
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
      complain(problemFrom(error));
    }
  });
  return isAccepted;
}

/** One click: a node of this kind that joins the others; the dialog when the kind is not available here. */
export function launchOrExplain(kind: NodeKind): void {
  if (capabilityOf(kind)?.available === false) openDialog.value = { kind: 'launch', of: kind };
  else void launch({ kind, join: true });
}

/** Whether the console takes another launched node. */
export function hasRoom(): boolean {
  const limit = consoleInfo.value?.nodeLimit ?? Number.POSITIVE_INFINITY;
  return nodes.value.filter((node) => node.origin === 'launched').length < limit;
}

export async function removeNode(name: string): Promise<void> {
  await whileIn(deleting, name, async () => {
    try {
      await ask('DELETE /api/nodes/:name', { params: { name } });
    } catch (error) {
      complain(problemFrom(error));
    }
  });
}

export async function join(name: string, peer: string): Promise<void> {
  try {
    await ask('POST /api/nodes/:name/join', { params: { name }, body: { peer } });
    tell(`${name} is asked to connect to ${peer}`);
  } catch (error) {
    complain(problemFrom(error), { node: peer, from: name });
  }
}

export async function disconnect(name: string, peer: string): Promise<void> {
  try {
    await ask('POST /api/nodes/:name/disconnect', { params: { name }, body: { peer } });
    tell(`${name} is asked to disconnect from ${peer}`);
  } catch (error) {
    complain(problemFrom(error));
  }
}

/** The same node once more, after a launch that failed or a crash. */
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

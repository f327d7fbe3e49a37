/** Acts on clusters. What they change arrives over the live socket. */

import type {
  AttachClusterRequest,
  ClusterChangeRequest,
  DisconnectForecastView,
  Problem,
} from '@convoy/console/protocol';
import { signal, type Signal } from '@preact/signals';
import { ApiError, ask, problemFrom } from '../../console-link/api-client.ts';
import { openDialog } from '../page/dialogs.ts';
import { showMessage, showProblem } from '../page/toasts.ts';
import { clusterLabel, dropCluster, putCluster } from './clusters.ts';
import { confirmChange } from './production.ts';
import { showCluster, shownCluster } from './shown-cluster.ts';

type Outcome<Value> = Value | { readonly problem: Problem };

/** Starts to attach a cluster. Resolves with its id without waiting for the connection, or with the problem. */
export async function attachCluster(
  request: AttachClusterRequest,
): Promise<Outcome<{ readonly id: string }>> {
  try {
    const { id } = await ask('POST /api/clusters', { body: request });
    return { id };
  } catch (error) {
    return { problem: problemFrom(error) };
  }
}

/** Detaches a cluster, or gives up an attempt to attach it. Resolves with the problem if the console refuses. */
export async function detachCluster(id: string): Promise<Problem | undefined> {
  try {
    await ask('DELETE /api/clusters/:id', { params: { id } });
  } catch (error) {
    // It is gone already.
    if (!(error instanceof ApiError) || error.status !== 404) return problemFrom(error);
  }
  dropCluster(id);
  return undefined;
}

/** Detaches a cluster that the user has chosen to leave. */
export async function leaveCluster(id: string): Promise<void> {
  const label = clusterLabel(id);
  const wasShown = shownCluster.value?.id === id;
  const problem = await detachCluster(id);
  if (problem !== undefined) return showProblem(problem);
  if (wasShown) showCluster(undefined);
  showMessage(`Left ${label}. Its nodes keep running.`);
}

/** Changes the label, the colour or the mark of a cluster. Resolves with the problem if the console refuses. */
export async function changeCluster(id: string, change: ClusterChangeRequest): Promise<Problem | undefined> {
  try {
    putCluster(await ask('PATCH /api/clusters/:id', { params: { id }, body: change }));
    return undefined;
  } catch (error) {
    return problemFrom(error);
  }
}

/** Ids of clusters whose members are being joined again. */
export const reconnecting: Signal<ReadonlySet<string>> = signal(new Set());

/** Has all members of a cluster connect to each other again, and shows what that has achieved. */
export async function reconnectCluster(id: string): Promise<void> {
  if (reconnecting.value.has(id)) return;
  const change = {
    sentence: `All visible members of ${clusterLabel(id)} are asked to connect to each other.`,
    button: 'Join all again',
  };
  if (!(await confirmChange([id], change))) return;
  reconnecting.value = new Set([...reconnecting.value, id]);
  try {
    const result = await ask('POST /api/clusters/:id/reconnect', { params: { id } });
    openDialog.value = { kind: 'reconnected', cluster: id, result };
  } catch (error) {
    showProblem(problemFrom(error));
  } finally {
    reconnecting.value = new Set([...reconnecting.value].filter((one) => one !== id));
  }
}

/** What OTP will do when the node with the id `asked` ends its connection with `peer`. */
export async function forecastDisconnect(
  asked: string,
  peer: string,
): Promise<Outcome<DisconnectForecastView>> {
  try {
    return await ask('POST /api/nodes/:name/disconnect/forecast', {
      params: { name: asked },
      body: { peer },
    });
  } catch (error) {
    return { problem: problemFrom(error) };
  }
}

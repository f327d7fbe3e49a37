/** The hosts that the console reaches by SSH, as last loaded. They are polled while they are shown. */

import type { HostRequest, HostView, Problem } from '@convoy/console/protocol';
import { pause } from '@convoy/node/async';
import { signal, type Signal } from '@preact/signals';
import { ApiError, ask, problemFrom } from '../../console-link/api-client.ts';
import { showProblem, showMessage } from '../page/toasts.ts';

export const hosts: Signal<readonly HostView[]> = signal([]);

const pollMs = 200;

function put(host: HostView): void {
  const others = hosts.value.filter(({ id, name }) => id !== host.id && name !== host.name);
  hosts.value = [...others, host].sort((a, b) => a.name.localeCompare(b.name));
}

export async function loadHosts(): Promise<void> {
  try {
    hosts.value = await ask('GET /api/hosts');
  } catch {
    // The page already shows when the console does not answer.
  }
}

/** Starts to connect to a host. Resolves with its id without waiting for the connection, or with the problem. */
export async function connectTo(
  request: HostRequest,
): Promise<{ readonly id: string } | { readonly problem: Problem }> {
  try {
    const host = await ask('POST /api/hosts', { body: request });
    put(host);
    return { id: host.id };
  } catch (error) {
    return { problem: problemFrom(error) };
  }
}

/** Polls a host while it is shown. Returns a function that stops this. */
export function followHost(id: string): () => void {
  const ending = new AbortController();
  const poll = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        put(await ask('GET /api/hosts/:id', { params: { id } }));
      } catch (error) {
        // A console that does not answer may come back soon; a host that is not found is gone.
        if (!(error instanceof ApiError) || error.status !== 0) return;
      }
      await pause(pollMs, ending.signal).catch(() => undefined);
    }
  };
  void poll();
  return () => ending.abort();
}

/** Lists the nodes on a host again. */
export async function refreshHost(id: string): Promise<void> {
  try {
    put(await ask('POST /api/hosts/:id/refresh', { params: { id } }));
  } catch (error) {
    showProblem(problemFrom(error));
  }
}

/** Connects to a node on the host, with the cookie of its owner. */
export async function attach(id: string, node: string): Promise<void> {
  try {
    await ask('POST /api/hosts/:id/attach', { params: { id }, body: { node, cookie: 'owner' } });
    showMessage(`${node} is connected`);
  } catch (error) {
    showProblem(problemFrom(error), { node });
  }
}

export async function leaveHost(id: string): Promise<void> {
  try {
    await ask('DELETE /api/hosts/:id', { params: { id } });
    hosts.value = hosts.value.filter((host) => host.id !== id);
  } catch (error) {
    showProblem(problemFrom(error));
  }
}

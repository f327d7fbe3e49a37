/** The hosts that the console reaches by SSH, as far as this page has looked. Asked for while somebody watches. */

import type { HostRequest, HostView, Problem } from '@convoy/console/protocol';
import { signal, type Signal } from '@preact/signals';
import { ApiError, ask, problemFrom } from '../../console-link/api-client.ts';
import { complain, tell } from '../page/toasts.ts';

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
    // The page says by itself when the console does not answer.
  }
}

/** Connects to a host; resolves with its id as soon as the steps have begun, or with what is wrong. */
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

/** Follows a host while somebody looks at it. Returns what ends that. */
export function followHost(id: string): () => void {
  const ending = new AbortController();
  const turn = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        put(await ask('GET /api/hosts/:id', { params: { id } }));
      } catch (error) {
        // A console that does not answer may be back soon; a host that is not there is gone.
        if (!(error instanceof ApiError) || error.status !== 0) return;
      }
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  };
  void turn();
  return () => ending.abort();
}

export async function lookAgain(id: string): Promise<void> {
  try {
    put(await ask('POST /api/hosts/:id/look', { params: { id } }));
  } catch (error) {
    complain(problemFrom(error));
  }
}

/** Connects to a node that runs there, with the cookie of its owner. */
export async function attach(id: string, node: string): Promise<void> {
  try {
    await ask('POST /api/hosts/:id/attach', { params: { id }, body: { node, cookie: 'owner' } });
    tell(`${node} is connected`);
  } catch (error) {
    complain(problemFrom(error), { node });
  }
}

export async function leaveHost(id: string): Promise<void> {
  try {
    await ask('DELETE /api/hosts/:id', { params: { id } });
    hosts.value = hosts.value.filter((host) => host.id !== id);
  } catch (error) {
    complain(problemFrom(error));
  }
}

/** Railway as last loaded: the account, its environments, and those that are open for launching nodes. */

import type {
  Problem,
  RailwayControlRequest,
  RailwayEnvironmentView,
  RailwayPlaceRequest,
  RailwayPlaceView,
  RailwayView,
} from '@convoy/console/protocol';
import { signal, type Signal } from '@preact/signals';
import { ask, problemFrom } from '../../console-link/api-client.ts';
import { showProblem, showMessage } from '../page/toasts.ts';

/** `undefined` until it is loaded. */
export const railway: Signal<RailwayView | undefined> = signal(undefined);

type Outcome<Value> = Value | { readonly problem: Problem };

export async function loadRailway(): Promise<void> {
  try {
    railway.value = await ask('GET /api/railway');
  } catch {
    // The page already shows when the console does not answer.
  }
}

/** Connects Railway with a token, by default the console's own. Resolves with a problem, or with `undefined`. */
export async function connectRailway(token: string | undefined): Promise<Problem | undefined> {
  try {
    railway.value = await ask('POST /api/railway/login', { body: { token } });
    return undefined;
  } catch (error) {
    return problemFrom(error);
  }
}

export async function forgetToken(): Promise<void> {
  try {
    await ask('DELETE /api/railway/login');
  } catch (error) {
    showProblem(problemFrom(error));
  }
  await loadRailway();
}

export async function environmentsOf(project: string): Promise<Outcome<RailwayEnvironmentView[]>> {
  try {
    return await ask('GET /api/railway/projects/:id/environments', { params: { id: project } });
  } catch (error) {
    return { problem: problemFrom(error) };
  }
}

export async function openPlace(request: RailwayPlaceRequest): Promise<Outcome<RailwayPlaceView>> {
  try {
    const place = await ask('POST /api/railway/places', { body: request });
    await loadRailway();
    return place;
  } catch (error) {
    return { problem: problemFrom(error) };
  }
}

/** Lists the nodes of an environment again. */
export async function refreshPlace(id: string): Promise<void> {
  try {
    put(await ask('POST /api/railway/places/:id/refresh', { params: { id } }));
  } catch (error) {
    showProblem(problemFrom(error));
  }
}

const doneWords: Readonly<Record<RailwayControlRequest['action'], string>> = {
  adopt: 'is connected',
  restart: 'is being restarted',
  redeploy: 'is being redeployed',
  stop: 'is stopped',
  delete: 'is deleted',
};

export async function control(id: string, request: RailwayControlRequest): Promise<void> {
  try {
    put(await ask('POST /api/railway/places/:id/control', { params: { id }, body: request }));
    showMessage(`${request.node} ${doneWords[request.action]}`);
  } catch (error) {
    showProblem(problemFrom(error));
  }
}

/** Closes an environment. Its nodes keep running. */
export async function leavePlace(id: string): Promise<void> {
  try {
    await ask('DELETE /api/railway/places/:id', { params: { id } });
  } catch (error) {
    showProblem(problemFrom(error));
  }
  await loadRailway();
}

function put(place: RailwayPlaceView): void {
  const view = railway.value;
  if (view === undefined) return;
  railway.value = { ...view, places: view.places.map((one) => (one.id === place.id ? place : one)) };
}

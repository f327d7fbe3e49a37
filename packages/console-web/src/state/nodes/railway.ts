/** Railway as far as this page has looked: the account, its environments, and those that are open to launch in. */

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
import { complain, tell } from '../page/toasts.ts';

/** `undefined` until it was asked for. */
export const railway: Signal<RailwayView | undefined> = signal(undefined);

type Outcome<Value> = Value | { readonly problem: Problem };

export async function loadRailway(): Promise<void> {
  try {
    railway.value = await ask('GET /api/railway');
  } catch {
    // The page says by itself when the console does not answer.
  }
}

/** Without a token: with the one of the console. Resolves with what is wrong, or with nothing. */
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
    complain(problemFrom(error));
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

export async function lookAtPlace(id: string): Promise<void> {
  try {
    put(await ask('POST /api/railway/places/:id/look', { params: { id } }));
  } catch (error) {
    complain(problemFrom(error));
  }
}

const doneWords: Readonly<Record<RailwayControlRequest['action'], string>> = {
  adopt: 'is connected',
  restart: 'is being restarted',
  redeploy: 'is being deployed anew',
  stop: 'is stopped',
  delete: 'is deleted',
};

export async function control(id: string, request: RailwayControlRequest): Promise<void> {
  try {
    put(await ask('POST /api/railway/places/:id/control', { params: { id }, body: request }));
    tell(`${request.node} ${doneWords[request.action]}`);
  } catch (error) {
    complain(problemFrom(error));
  }
}

/** Its nodes go on. */
export async function leavePlace(id: string): Promise<void> {
  try {
    await ask('DELETE /api/railway/places/:id', { params: { id } });
  } catch (error) {
    complain(problemFrom(error));
  }
  await loadRailway();
}

function put(place: RailwayPlaceView): void {
  const view = railway.value;
  if (view === undefined) return;
  railway.value = { ...view, places: view.places.map((one) => (one.id === place.id ? place : one)) };
}

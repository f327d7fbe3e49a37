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
import {
  closeRailwayPlace,
  controlRailwayNode,
  fetchRailway,
  listRailwayEnvironments,
  logInToRailway,
  logOutOfRailway,
  lookAtRailwayPlace,
  openRailwayPlace,
  problemFrom,
} from '../../console-link/api-client.ts';
import { complain, tell } from '../page/toasts.ts';

/** `undefined` until it was asked for. */
export const railway: Signal<RailwayView | undefined> = signal(undefined);

type Outcome<Value> = Value | { readonly problem: Problem };

export async function loadRailway(): Promise<void> {
  try {
    railway.value = await fetchRailway();
  } catch {
    // The page says by itself when the console does not answer.
  }
}

/** Without a token: with the one of the console. Resolves with what is wrong, or with nothing. */
export async function connectRailway(token: string | undefined): Promise<Problem | undefined> {
  try {
    railway.value = await logInToRailway(token === undefined ? {} : { token });
    return undefined;
  } catch (error) {
    return problemFrom(error);
  }
}

export async function forgetToken(): Promise<void> {
  try {
    await logOutOfRailway();
  } catch (error) {
    complain(problemFrom(error));
  }
  await loadRailway();
}

export async function environmentsOf(project: string): Promise<Outcome<RailwayEnvironmentView[]>> {
  try {
    return await listRailwayEnvironments(project);
  } catch (error) {
    return { problem: problemFrom(error) };
  }
}

export async function openPlace(request: RailwayPlaceRequest): Promise<Outcome<RailwayPlaceView>> {
  try {
    const place = await openRailwayPlace(request);
    await loadRailway();
    return place;
  } catch (error) {
    return { problem: problemFrom(error) };
  }
}

export async function lookAtPlace(id: string): Promise<void> {
  try {
    put(await lookAtRailwayPlace(id));
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
    put(await controlRailwayNode(id, request));
    tell(`${request.node} ${doneWords[request.action]}`);
  } catch (error) {
    complain(problemFrom(error));
  }
}

/** Its nodes go on. */
export async function leavePlace(id: string): Promise<void> {
  try {
    await closeRailwayPlace(id);
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

/** Whether this browser may talk to the console, and the token that gets it in. */

import { computed, type ReadonlySignal, signal, type Signal } from '@preact/signals';
import { ApiError, logIn, logOut, problemFrom } from '../api-client.ts';
import { tokenFromAddress, tokenFromText } from '../login-token.ts';
import { isWelcomed, startConnection } from './connection.ts';
import { socketState } from './live-link.ts';
import { complain } from './toasts.ts';

export type SessionPhase = 'starting' | 'login' | 'in';

const isLoggingIn: Signal<boolean> = signal(true);
/** Why the last login failed. */
export const loginProblem: Signal<string | undefined> = signal(undefined);
export const isBusy: ReadonlySignal<boolean> = isLoggingIn;

export const sessionPhase: ReadonlySignal<SessionPhase> = computed(() => {
  if (socketState.value.kind === 'refused') return 'login';
  if (isWelcomed.value) return 'in';
  return 'starting';
});

/** Takes the token out of the address, so that neither history nor a copied link keeps it. */
function takeTokenFromAddress(): string | undefined {
  const { pathname, search, hash } = location;
  const found = tokenFromAddress(`${pathname}${search}${hash}`);
  if (found === undefined) return undefined;
  history.replaceState(null, '', `${location.origin}${found.rest}`);
  return found.token;
}

async function tryToken(token: string): Promise<void> {
  try {
    await logIn(token);
    loginProblem.value = undefined;
  } catch (error) {
    const { message } = problemFrom(error);
    const isWrong = error instanceof ApiError && (error.status === 401 || error.status === 400);
    loginProblem.value = isWrong ? 'That token is not the one of this console.' : message;
  }
}

export async function startSession(): Promise<void> {
  const token = takeTokenFromAddress();
  if (token !== undefined) await tryToken(token);
  isLoggingIn.value = false;
  startConnection();
}

export async function submitToken(text: string): Promise<void> {
  isLoggingIn.value = true;
  await tryToken(tokenFromText(text));
  isLoggingIn.value = false;
  if (loginProblem.value === undefined) startConnection();
}

/** Ends this browser's session; the console closes the socket, and the login page appears. */
export async function endSession(): Promise<void> {
  try {
    await logOut();
    location.reload();
  } catch (error) {
    complain(problemFrom(error));
  }
}

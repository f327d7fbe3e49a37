/** The session of this browser, and logging in with a token. */

import { computed, type ReadonlySignal, signal, type Signal } from '@preact/signals';
import { ApiError, ask, problemFrom } from '../console-link/api-client.ts';
import { tokenFromAddress, tokenFromText } from './login-token.ts';
import { followAddress } from '../router.ts';
import { isWelcomed, startConnection } from './connection.ts';
import { socketState } from '../console-link/live-link.ts';
import { problemWithAdvice } from './page/field-hints.ts';
import { showProblem } from './page/toasts.ts';

export type SessionPhase = 'starting' | 'login' | 'in';

const isLoggingIn: Signal<boolean> = signal(true);
/** Why the last login failed, with the remedy, which behind a proxy names the missing option. */
const failedLogin: Signal<string | undefined> = signal(undefined);
/** The problem on the login page: why a login failed, or why the console refuses this page. */
export const loginProblem: ReadonlySignal<string | undefined> = computed(() => {
  if (failedLogin.value !== undefined) return failedLogin.value;
  const state = socketState.value;
  const isForeign =
    state.kind === 'refused' && state.reason instanceof ApiError && state.reason.status === 403;
  return isForeign ? problemWithAdvice(problemFrom(state.reason)) : undefined;
});
export const isBusy: ReadonlySignal<boolean> = isLoggingIn;

export const sessionPhase: ReadonlySignal<SessionPhase> = computed(() => {
  if (socketState.value.kind === 'refused') return 'login';
  if (isWelcomed.value) return 'in';
  return 'starting';
});

/** Removes the token from the address, so that neither the history nor a copied link contains it. */
function takeTokenFromAddress(): string | undefined {
  const { pathname, search, hash } = location;
  const found = tokenFromAddress(`${pathname}${search}${hash}`);
  if (found === undefined) return undefined;
  history.replaceState(null, '', `${location.origin}${found.rest}`);
  followAddress();
  return found.token;
}

async function tryToken(token: string): Promise<void> {
  try {
    await ask('POST /api/session', { body: { token } });
    failedLogin.value = undefined;
  } catch (error) {
    const isWrong = error instanceof ApiError && (error.status === 401 || error.status === 400);
    failedLogin.value = isWrong
      ? 'This is not the token of this console.'
      : problemWithAdvice(problemFrom(error));
  }
}

export async function startSession(): Promise<void> {
  const token = takeTokenFromAddress();
  if (token !== undefined) await tryToken(token);
  isLoggingIn.value = false;
  startConnection();
  // Opening a link with `#token=` in a tab that already shows the page does not reload it.
  addEventListener('hashchange', () => {
    const late = takeTokenFromAddress();
    if (late !== undefined && sessionPhase.value !== 'in') void logInWith(late);
  });
}

export function submitToken(text: string): Promise<void> {
  return logInWith(tokenFromText(text));
}

async function logInWith(token: string): Promise<void> {
  isLoggingIn.value = true;
  await tryToken(token);
  isLoggingIn.value = false;
  if (failedLogin.value === undefined) startConnection();
}

/** Ends this browser's session. The console closes the socket, and the login page appears. */
export async function endSession(): Promise<void> {
  try {
    await ask('DELETE /api/session');
    location.reload();
  } catch (error) {
    showProblem(problemFrom(error));
  }
}

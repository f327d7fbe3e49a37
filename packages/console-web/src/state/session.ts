/** Whether this browser may talk to the console, and the token that gets it in. */

import type { Problem } from '@convoy/console/protocol';
import { computed, type ReadonlySignal, signal, type Signal } from '@preact/signals';
import { ApiError, ask, problemFrom } from '../console-link/api-client.ts';
import { tokenFromAddress, tokenFromText } from './login-token.ts';
import { isWelcomed, startConnection } from './connection.ts';
import { socketState } from '../console-link/live-link.ts';
import { complain } from './page/toasts.ts';

export type SessionPhase = 'starting' | 'login' | 'in';

const isLoggingIn: Signal<boolean> = signal(true);
/** Why the last login failed. */
const failedLogin: Signal<string | undefined> = signal(undefined);
/** What to tell on the login page: why a login failed, or why this page may do nothing at all. */
export const loginProblem: ReadonlySignal<string | undefined> = computed(() => {
  if (failedLogin.value !== undefined) return failedLogin.value;
  const state = socketState.value;
  const isForeign =
    state.kind === 'refused' && state.reason instanceof ApiError && state.reason.status === 403;
  return isForeign ? textOf(problemFrom(state.reason)) : undefined;
});
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
    await ask('POST /api/session', { body: { token } });
    failedLogin.value = undefined;
  } catch (error) {
    const isWrong = error instanceof ApiError && (error.status === 401 || error.status === 400);
    failedLogin.value = isWrong ? 'That is not the token of this console.' : textOf(problemFrom(error));
  }
}

/** With its remedy: behind a proxy it names the option that is missing. */
function textOf({ message, remedy }: Problem): string {
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}`.replace(/\.?$/, '.');
  return remedy === undefined ? sentence : `${sentence} ${remedy}`;
}

export async function startSession(): Promise<void> {
  const token = takeTokenFromAddress();
  if (token !== undefined) await tryToken(token);
  isLoggingIn.value = false;
  startConnection();
  // A link with `#token=` that is opened where the page is open already does not load it again.
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

/** Ends this browser's session; the console closes the socket, and the login page appears. */
export async function endSession(): Promise<void> {
  try {
    await ask('DELETE /api/session');
    location.reload();
  } catch (error) {
    complain(problemFrom(error));
  }
}

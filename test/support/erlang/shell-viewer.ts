/** Waits for text on the screen of a session, with a deadline. */

import type { ShellSession, ShellState } from '@convoy/shell';

const deadlineMs = 60_000;

/** Resolves with the text of the screen once it matches. Rejects with the text at the deadline. */
export function waitForScreen(
  session: ShellSession,
  pattern: RegExp,
  timeoutMs: number = deadlineMs,
): Promise<string> {
  return waitForSession(session, { timeoutMs, what: `something like ${pattern}` }, (text) =>
    pattern.test(text),
  );
}

export function waitForState(
  session: ShellSession,
  state: ShellState,
  timeoutMs: number = deadlineMs,
): Promise<string> {
  return waitForSession(session, { timeoutMs, what: `the state ${state}` }, () => session.state === state);
}

/** Types a line at the prompt. Resolves with the screen when the shell shows its prompt again. */
export async function run(session: ShellSession, line: string): Promise<string> {
  await waitForState(session, 'idle');
  session.input(`${line}\r`);
  return waitForState(session, 'idle');
}

async function waitForSession(
  session: ShellSession,
  wanted: { timeoutMs: number; what: string },
  isMet: (text: string) => boolean,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let isChecking = false;
  let isStale = false;
  // One check at a time, and another if output arrived meanwhile.
  const check = async (): Promise<void> => {
    isStale = true;
    if (isChecking) return;
    isChecking = true;
    while (isStale) {
      isStale = false;
      const text = await session.text();
      if (isMet(text)) resolve(text);
    }
    isChecking = false;
  };
  const stops = [session.onOutput(() => void check()), session.onState(() => void check())];
  const timer = setTimeout(() => {
    void session
      .text()
      .then((text) =>
        reject(new Error(`no ${wanted.what} after ${wanted.timeoutMs} ms; it shows:\n${text}`)),
      );
  }, wanted.timeoutMs);
  void check();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    for (const stop of stops) stop();
  }
}

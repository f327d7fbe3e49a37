/** Goes on with a shell that another session has left, or that lost the process of its session; see repl/anchor.ts. */

import { ShellError } from '../errors.ts';
import { Session } from './session.ts';
import { countSessions, maxSessions } from './shell-registry.ts';
import { parseHandle } from './shell-handle.ts';
import { closedError } from './notices.ts';
import type { SessionOptions, ShellSession } from './shell-session.ts';

/** Options of `resumeShell`. */
export interface ResumeShellOptions extends SessionOptions {
  /** `handle` of the earlier session. */
  readonly handle: string;
  /** `data` of the last snapshot of the earlier session, which is shown first. */
  readonly screen?: string;
}

/**
 * Goes on with an Erlang or Elixir shell. It waits on its node for `resumeMs` of the earlier session after the connection to it
 * was lost. Rejects with `ShellError` SHELL_CLOSED when there is no such shell any more, and with the errors of `node.connect`
 * when the node cannot be reached.
 */
export async function resumeShell(options: ResumeShellOptions): Promise<ShellSession> {
  const { node, target, signal, handle } = options;
  signal?.throwIfAborted();
  const waiting = parseHandle(handle, target);
  if (waiting === undefined) throw closedError(target);
  if (countSessions(node) >= maxSessions) {
    throw new ShellError('SHELL_LIMIT', `${maxSessions} shells are already open`, {
      target,
      remedy: 'Close one first.',
    });
  }
  await node.connect(target, { signal });
  const session = new Session(options);
  try {
    await session.resume(waiting, options.screen ?? '');
    signal?.throwIfAborted();
  } catch (error) {
    await session.close();
    throw error;
  }
  signal?.addEventListener('abort', () => void session.close(), { once: true });
  return session;
}

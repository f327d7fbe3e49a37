/** Opens shells; session.ts is an open shell. */

import { ShellError } from '../errors.ts';
import { Session } from './session.ts';
import { countSessions, maxSessions } from './shell-registry.ts';
import type { OpenShellOptions, ShellSession } from './shell-session.ts';

/**
 * Opens a shell on a node, with nothing installed there. Rejects with `ShellError` when the node does not have such a shell
 * or cannot start it, and with the errors of `node.connect` when the node cannot be reached.
 */
export async function openShell(options: OpenShellOptions): Promise<ShellSession> {
  const { node, target, signal } = options;
  signal?.throwIfAborted();
  if (countSessions(node) >= maxSessions) {
    throw new ShellError('SHELL_LIMIT', `${maxSessions} shells are already open`, {
      target,
      remedy: 'Close one first.',
    });
  }
  if (target !== node.name) await node.connect(target, { signal });
  const session = new Session(options);
  try {
    await session.open(options.kind);
    signal?.throwIfAborted();
  } catch (error) {
    await session.close();
    throw error;
  }
  signal?.addEventListener('abort', () => void session.close(), { once: true });
  return session;
}

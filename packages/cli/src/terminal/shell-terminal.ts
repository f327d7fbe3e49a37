/** Runs a shell of a node in this terminal. */

import { join } from 'node:path';
import type { Node } from '@convoy/node';
import { isDumbTerminal, showsColours } from '../output.ts';

/** The shell to open. */
export interface ShellRequest {
  readonly node: Node;
  readonly target: string;
  readonly kind: 'iex' | 'erl' | 'ts' | 'auto';
  /** The data directory, which keeps what is typed at the prompt. What a pipe sends is not kept. */
  readonly dataDir: string;
  /** Restores the terminal and ends the shell. */
  readonly signal?: AbortSignal | undefined;
}

/** Opens a shell and resolves when it has ended. */
export async function openShellIn({ node, target, kind, dataDir, signal }: ShellRequest): Promise<void> {
  const { attachTerminal, openHistory, openShell } = await import('@convoy/shell');
  const { stdin, stdout } = process;
  const [cols, rows] = stdout.isTTY ? [stdout.columns, stdout.rows] : [80, 24];
  // The console keeps the history of its shells in the same folder.
  const history = stdin.isTTY ? openHistory(join(dataDir, 'history')) : undefined;
  await using session = await openShell({ node, target, kind, cols, rows, history, signal });
  await attachTerminal(
    session,
    { stdin, stdout },
    { signal, colours: showsColours(stdout), dumb: isDumbTerminal() },
  );
}

/** Runs a shell of a node in this terminal. */

import type { Node } from '@convoy/node';
import { isDumbTerminal, showsColours } from '../output.ts';

/** The shell to open. */
export interface ShellRequest {
  readonly node: Node;
  readonly target: string;
  readonly kind: 'iex' | 'erl' | 'ts' | 'auto';
  /** Restores the terminal and ends the shell. */
  readonly signal?: AbortSignal | undefined;
}

/** Opens a shell and resolves when it has ended. */
export async function openShellIn({ node, target, kind, signal }: ShellRequest): Promise<void> {
  const { attachTerminal, openShell } = await import('@convoy/shell');
  const { stdin, stdout } = process;
  const [cols, rows] = stdout.isTTY ? [stdout.columns, stdout.rows] : [80, 24];
  await using session = await openShell({ node, target, kind, cols, rows, signal });
  await attachTerminal(
    session,
    { stdin, stdout },
    { signal, colours: showsColours(stdout), dumb: isDumbTerminal() },
  );
}

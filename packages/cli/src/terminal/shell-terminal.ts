/** Runs a shell of a node in this terminal. */

import type { Node } from '@convoy/node';

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
  const ending = { signal };
  await using session = await openShell({ node, target, kind, cols, rows, ...ending });
  await attachTerminal(session, { stdin, stdout }, ending);
}

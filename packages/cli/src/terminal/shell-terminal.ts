/** Opens a shell of a node in this terminal and stays until it ends. */

import type { Node } from '@convoy/node';

export interface ShellRequest {
  readonly node: Node;
  readonly target: string;
  readonly kind: 'iex' | 'erl' | 'ts' | 'auto';
  /** Gives the terminal back and ends the shell. */
  readonly signal?: AbortSignal | undefined;
}

export async function openShellIn({ node, target, kind, signal }: ShellRequest): Promise<void> {
  const { attachTerminal, openShell } = await import('@convoy/shell');
  const { stdin, stdout } = process;
  const [cols, rows] = stdout.isTTY ? [stdout.columns, stdout.rows] : [80, 24];
  const ending = { signal };
  await using session = await openShell({ node, target, kind, cols, rows, ...ending });
  await attachTerminal(session, { stdin, stdout }, ending);
}

/** What a session says itself. Pure. */

import { ShellError } from '../errors.ts';

/** A message from Convoy within the output of the node. */
export function notice(text: string): string {
  return `\u001b[2m[${text}]\u001b[0m\n`;
}

export function closedError(target: string): ShellError {
  return new ShellError('SHELL_CLOSED', `the shell on ${target} has ended`, {
    target,
    remedy: 'Open a new one.',
  });
}

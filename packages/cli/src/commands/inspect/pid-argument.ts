/** Pids as arguments of commands: as their node prints them, or without the brackets, which mean something to a shell. Pure. */

import { CliError } from '../../errors.ts';

/** Name and description of the argument, for commander. */
export const pidArgument = [
  '<pid>',
  "pid as its node prints it, in quotes: '<0.85.0>', or without the brackets: 0.85.0",
] as const;

/** The pid in brackets. Throws CLI_BAD_OPTION. */
export function pidOf(text: string): string {
  const [, digits] = /^<?(0\.\d{1,10}\.\d{1,10})>?$/.exec(text) ?? [];
  if (digits !== undefined) return `<${digits}>`;
  throw new CliError('CLI_BAD_OPTION', `${text.slice(0, 40)} is not a pid of a node`, {
    value: text.slice(0, 40),
    remedy: 'Write it as `convoy ps NODE` shows it, in quotes or without the brackets: 0.85.0.',
  });
}

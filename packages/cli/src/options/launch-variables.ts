/**
 * `--env NAME` and `--env NAME=VALUE`: what a node that is launched has in its environment. NAME alone takes the value from the
 * environment of this command; a value on the command line can be read by everybody on the machine. Which names and values are
 * taken is decided where the node is launched.
 */

import { CliError } from '../errors.ts';

export interface VariableFlags {
  readonly env?: readonly string[] | undefined;
}

export const envOption = [
  '--env <name>',
  'give the node this variable of your environment, or NAME=VALUE, which other users here can read; may be repeated',
  (value: string, before: readonly string[] = []): readonly string[] => [...before, value],
] as const;

/** Throws CLI_BAD_OPTION, without a value in it. */
export function readVariables(
  { env: texts = [] }: VariableFlags,
  env: NodeJS.ProcessEnv = process.env,
): Record<string, string> | undefined {
  if (texts.length === 0) return undefined;
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      const name = at === -1 ? text : text.slice(0, at);
      const value = at === -1 ? env[name] : text.slice(at + 1);
      if (value !== undefined) return [name, value];
      throw new CliError('CLI_BAD_OPTION', `--env ${name}: ${name} is not set in this environment`, {
        remedy: `Set and export it, or leave --env ${name} out.`,
      });
    }),
  );
}

/**
 * `--env NAME` and `--env NAME=VALUE`: environment variables of a launched node. NAME alone takes the value from the
 * environment of this command; a value on the command line is visible to every user of the machine. The launcher decides
 * which names and values are allowed.
 */

import { CliError } from '../errors.ts';

/** The flag for environment variables of a launched node. */
export interface VariableFlags {
  readonly env?: readonly string[] | undefined;
}

/** Name, description and parser of `--env`, for commander. */
export const envOption = [
  '--env <name>',
  'pass this variable of your environment to the node, or NAME=VALUE, which other users here can read; may be repeated',
  (value: string, before: readonly string[] = []): readonly string[] => [...before, value],
] as const;

/** The variables that the flags give, or `undefined` for none. Throws CLI_BAD_OPTION, whose text never contains a value. */
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
        remedy: `Set and export it, or omit --env ${name}.`,
      });
    }),
  );
}

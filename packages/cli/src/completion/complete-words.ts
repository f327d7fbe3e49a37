/**
 * Answers the completion scripts: the candidates for the last word. The library matches and formats them; the words come from the
 * definitions of the commands.
 */

import { RootCommand } from '@bomb.sh/tab';
import type { Argument, Command, Option } from 'commander';
import { print } from '../output.ts';
import { argumentValues, optionValues } from './option-values.ts';

/** What can be completed. */
export interface Vocabulary {
  /** The program; of its commands, the one that was typed has its options and arguments. */
  readonly program: Command;
  /** Names of nodes, for options and arguments that take one. */
  readonly nodes: readonly string[];
}

/** Tells the script to let the shell complete file names. */
const fileNames = ':0';

/** Prints the candidates for the last of `words`, which follow the name of the program. */
export function completeWords(words: readonly string[], { program, nodes }: Vocabulary): void {
  const [name, ...typed] = words;
  const command = program.commands.find((one) => one.name() === name && typed.length > 0);
  if (command !== undefined && isFileName(command, typed)) return print(fileNames);
  const root = new RootCommand();
  root.option('help', 'show help', 'h').option('version', 'print the version', 'v');
  for (const one of program.commands) {
    const known = root.command(one.name(), one.description());
    if (one !== command) continue;
    for (const option of visibleOptions(one)) addOption(known, option, nodes);
    for (const argument of one.registeredArguments) {
      const values = valuesOf(argument, nodes);
      known.argument(
        argument.name(),
        (complete) => values.forEach((value) => complete(value, '')),
        argument.variadic,
      );
    }
  }
  // For one dash the library has short options only.
  root.parse(words.map((word, index) => (word === '-' && index === words.length - 1 ? '--' : word)));
}

function visibleOptions(command: Command): readonly Option[] {
  return command.createHelp().visibleOptions(command);
}

function addOption(
  command: ReturnType<RootCommand['command']>,
  { flags, long, short, description, required, optional }: Option,
  nodes: readonly string[],
): void {
  if (long === undefined || long === null) return;
  const name = long.slice(2);
  const alias = short?.slice(1);
  if (!required && !optional) {
    command.option(name, description, alias);
    return;
  }
  const values = takesNode(flags) ? nodes : (optionValues[long] ?? []);
  command.option(name, description, (complete) => values.forEach((value) => complete(value, '')), alias);
}

function takesNode(flags: string): boolean {
  return /<node(?:\.\.\.)?>/.test(flags);
}

function valuesOf(argument: Argument, nodes: readonly string[]): readonly string[] {
  const name = argument.name();
  return ['node', 'a', 'b'].includes(name) ? nodes : (argumentValues[name] ?? []);
}

/** Whether the last word is the value of an option that takes a file or folder, or an argument that does. */
function isFileName(command: Command, typed: readonly string[]): boolean {
  const current = typed.at(-1) ?? '';
  const previous = typed.at(-2);
  const before =
    previous === undefined
      ? undefined
      : visibleOptions(command).find(({ long, short }) => previous === long || previous === short);
  const takesValue = before !== undefined && (before.required || before.optional);
  if (takesValue) return /<(?:file|folder)(?:\.\.\.)?>/.test(before.flags);
  const argument = command.registeredArguments[0]?.name() ?? '';
  return !current.startsWith('-') && ['file', 'module'].includes(argument);
}

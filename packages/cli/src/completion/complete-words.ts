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
  /** Ids of nodes, for options and arguments that take one. */
  readonly nodes: readonly string[];
  /** Ids of clusters, for options and arguments that take one. */
  readonly clusters: readonly string[];
}

/** Tells the script to let the shell complete file names. */
const fileNames = ':0';

/** Prints the candidates for the last of `words`, which follow the name of the program. */
export function completeWords(words: readonly string[], vocabulary: Vocabulary): void {
  const { program } = vocabulary;
  const [name, ...typed] = words;
  const command = program.commands.find((one) => one.name() === name && typed.length > 0);
  // `clusters set`: the command of the second word has options and arguments of its own, besides those of the first.
  const inner = command?.commands.find((one) => one.name() === typed[0] && typed.length > 1);
  const isFile = inner === undefined ? isFileName(command, typed) : isFileName(inner, typed.slice(1));
  if (isFile) return print(fileNames);
  const root = new RootCommand();
  root.option('help', 'show help', 'h').option('version', 'print the version', 'v');
  for (const one of program.commands) {
    const known = root.command(one.name(), one.description());
    if (one !== command) continue;
    addParts(known, one, vocabulary);
    for (const nested of one.commands) {
      const path = root.command(`${one.name()} ${nested.name()}`, nested.description());
      if (nested !== inner) continue;
      addParts(path, one, vocabulary);
      addParts(path, nested, vocabulary);
    }
  }
  // For one dash the library has short options only.
  root.parse(words.map((word, index) => (word === '-' && index === words.length - 1 ? '--' : word)));
}

type Known = ReturnType<RootCommand['command']>;

function addParts(known: Known, command: Command, vocabulary: Vocabulary): void {
  for (const option of visibleOptions(command)) addOption(known, option, vocabulary);
  for (const argument of command.registeredArguments) {
    const values = valuesOf(argument, vocabulary);
    known.argument(
      argument.name(),
      (complete) => values.forEach((value) => complete(value, '')),
      argument.variadic,
    );
  }
}

function visibleOptions(command: Command): readonly Option[] {
  return command.createHelp().visibleOptions(command);
}

function addOption(
  command: Known,
  { flags, long, short, description, required, optional }: Option,
  { nodes, clusters }: Vocabulary,
): void {
  if (long === undefined || long === null) return;
  const name = long.slice(2);
  const alias = short?.slice(1);
  if (!required && !optional) {
    command.option(name, description, alias);
    return;
  }
  const values = takes('node', flags)
    ? nodes
    : takes('cluster', flags)
      ? clusters
      : (optionValues[long] ?? []);
  command.option(name, description, (complete) => values.forEach((value) => complete(value, '')), alias);
}

function takes(what: 'node' | 'cluster', flags: string): boolean {
  return new RegExp(`<${what}(?:\\.\\.\\.)?>`).test(flags);
}

function valuesOf(argument: Argument, { nodes, clusters }: Vocabulary): readonly string[] {
  const name = argument.name();
  if (name === 'cluster') return clusters;
  return ['node', 'a', 'b'].includes(name) ? nodes : (argumentValues[name] ?? []);
}

/** Whether the last word is the value of an option that takes a file or folder, or an argument that does. */
function isFileName(command: Command | undefined, typed: readonly string[]): boolean {
  if (command === undefined) return false;
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

/** Checks the name of a node to start, before anything is asked or opened. The console has the same rules. */

import { CliError } from '../errors.ts';

const mostCharacters = 63;

/** Throws CLI_BAD_OPTION, which says what is wrong with the name. */
export function checkLaunchedName(name: string): void {
  const problem = problemOf(name);
  if (problem === undefined) return;
  throw new CliError('CLI_BAD_OPTION', problem.message, { value: name, remedy: problem.remedy });
}

interface NameProblem {
  readonly message: string;
  readonly remedy: string;
}

function problemOf(name: string): NameProblem | undefined {
  const named = `the name "${shortened(name)}"`;
  if (name === '') return { message: 'the name is empty', remedy: 'Omit it for a free one.' };
  if (name.includes('@')) {
    const remedy = 'Give only the part before the @; the host is added.';
    return { message: `${named} has a host`, remedy };
  }
  if (!/^[a-z]/i.test(name)) {
    return {
      message: `${named} does not start with a letter`,
      remedy: 'Start it with a letter from a to z.',
    };
  }
  const [wrong] = /[^A-Za-z0-9_-]/u.exec(name) ?? [];
  if (wrong !== undefined) {
    const what = /\s/.test(wrong) ? 'a space' : `"${wrong}"`;
    return { message: `${named} contains ${what}`, remedy: 'Use only letters from a to z, digits, - and _.' };
  }
  if (name.length <= mostCharacters) return undefined;
  const message = `${named} has ${name.length} characters`;
  return { message, remedy: `Use at most ${mostCharacters} characters.` };
}

function shortened(name: string): string {
  return name.length <= mostCharacters + 1 ? name : `${name.slice(0, mostCharacters)}...`;
}

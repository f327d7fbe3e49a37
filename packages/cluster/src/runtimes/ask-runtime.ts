/** Runs `erl` or `elixir` once to ask it about itself. */

import { execFile } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { childEnvironment } from '../child-environment.ts';
import {
  parseRuntimeAnswer,
  questionArguments,
  questionVariables,
  type RuntimeAnswer,
} from './runtime-question.ts';

/** What came of asking: the answer, why the program does not run, or nothing in time. */
export type RuntimeReply =
  | { readonly kind: 'answered'; readonly answer: RuntimeAnswer }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'silent' };

const timeoutMs = 15_000;

/** Never rejects. */
export function askRuntime(
  program: 'erl' | 'elixir',
  file: string,
  env: NodeJS.ProcessEnv,
): Promise<RuntimeReply> {
  return new Promise((resolve) => {
    const options = { env: { ...childEnvironment(env), ...questionVariables }, timeout: timeoutMs };
    const child = execFile(file, [...questionArguments[program]], options, (error, stdout, stderr) => {
      const answer = error === null ? parseRuntimeAnswer(stdout) : undefined;
      if (answer !== undefined) resolve({ kind: 'answered', answer });
      else if (error?.killed === true) resolve({ kind: 'silent' });
      else resolve({ kind: 'failed', reason: lastLine(stderr) ?? lastLine(stdout) ?? 'it prints nothing' });
    });
    child.stdin?.on('error', () => undefined).end();
  });
}

function lastLine(text: string): string | undefined {
  const lines = stripVTControlCharacters(text)
    .replaceAll(/\p{Cc}(?<!\n)/gu, '')
    .split('\n');
  return lines.findLast((line) => line.trim() !== '')?.slice(0, 200);
}

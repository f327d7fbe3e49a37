/** Asks a question at the terminal, to be answered with a line. */

import { createInterface } from 'node:readline/promises';

/** Whether someone can answer: standard input and standard error are terminals. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** The answer of the user; `undefined` if the input ended. Rejects when `signal` aborts. */
export async function askLine(question: string, signal?: AbortSignal): Promise<string | undefined> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  // The prompt reads Ctrl-C as a key.
  prompt.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const closed = new Promise<undefined>((resolve) => prompt.once('close', () => resolve(undefined)));
  try {
    return await Promise.race([prompt.question(question, signal === undefined ? {} : { signal }), closed]);
  } finally {
    prompt.close();
  }
}

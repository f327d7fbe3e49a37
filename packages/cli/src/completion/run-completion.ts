/** Runs `convoy complete -- WORDS`, which the completion scripts call while a line is typed. It never fails and never asks. */

import type { Command } from 'commander';
import { abortable } from '@convoy/node/async';
import { withSettings } from '../options/config.ts';
import { createConsoleClient } from '../targets/console-client.ts';
import { completeWords } from './complete-words.ts';

/** The user waits for the answer. */
const nodesTimeoutMs = 1000;

/** Prints the candidates for the last word. `createProgram` has the options of the command that it is given. */
export async function runCompletion(
  words: readonly string[],
  createProgram: (name: string | undefined) => Promise<Command>,
): Promise<void> {
  const typed = words[0] === 'help' && words.length > 1 ? words.slice(1) : words;
  const program = await createProgram(typed.length > 1 ? typed[0] : undefined);
  completeWords(typed, { program, nodes: typed.length > 1 ? await nodeNames(typed) : [] });
  // A console that does not answer must not keep the shell waiting.
  process.exit();
}

/** The names of the nodes of the running console; none without a console. */
async function nodeNames(words: readonly string[]): Promise<string[]> {
  const given = words[words.indexOf('--data-dir') + 1];
  const flags = words.includes('--data-dir') ? { dataDir: given } : {};
  try {
    const { dataDir } = await withSettings<{ dataDir?: string | undefined }>(flags, ['dataDir']);
    const nodes = createConsoleClient(dataDir)('GET /api/nodes');
    return (await abortable(nodes, AbortSignal.timeout(nodesTimeoutMs))).map(({ name }) => name);
  } catch {
    return [];
  }
}

/** Runs `convoy complete -- WORDS`, which the completion scripts call while a line is typed. It never fails and never asks. */

import type { Command } from 'commander';
import { abortable } from '@convoy/node/async';
import { withSettings } from '../options/config.ts';
import { createConsoleClient } from '../targets/console-client.ts';
import { completeWords } from './complete-words.ts';

/** The user waits for the answer. */
const answerTimeoutMs = 1000;

/** Prints the candidates for the last word. `createProgram` has the options of the command that it is given. */
export async function runCompletion(
  words: readonly string[],
  createProgram: (name: string | undefined) => Promise<Command>,
): Promise<void> {
  const typed = words[0] === 'help' && words.length > 1 ? words.slice(1) : words;
  const program = await createProgram(typed.length > 1 ? typed[0] : undefined);
  const { nodes, clusters } = typed.length > 1 ? await consoleIds(typed) : { nodes: [], clusters: [] };
  completeWords(typed, { program, nodes, clusters });
  // A console that does not answer must not keep the shell waiting.
  process.exit();
}

interface ConsoleIds {
  readonly nodes: readonly string[];
  readonly clusters: readonly string[];
}

/** The ids of the nodes and clusters of the running console; none without a console. */
async function consoleIds(words: readonly string[]): Promise<ConsoleIds> {
  const given = words[words.indexOf('--data-dir') + 1];
  const flags = words.includes('--data-dir') ? { dataDir: given } : {};
  try {
    const { dataDir } = await withSettings<{ dataDir?: string | undefined }>(flags, ['dataDir']);
    const ask = createConsoleClient(dataDir);
    const asked = Promise.all([ask('GET /api/nodes'), ask('GET /api/clusters')]);
    const [nodes, clusters] = await abortable(asked, AbortSignal.timeout(answerTimeoutMs));
    return { nodes: nodes.map(({ id }) => id), clusters: clusters.map(({ id }) => id) };
  } catch {
    return { nodes: [], clusters: [] };
  }
}

/** The TypeScript shell of a Convoy node with `installShell` (evaluator/). */

import { atomName, Pid, Tuple } from '@convoy/node/etf';
import type { PromptRules } from '../io/prompt-rules.ts';
import { type Completion, noCompletion } from '../line-editor/completion.ts';
import { parseCompletion } from './completion-terms.ts';
import type { ClosingHost, Repl, ReplHost } from './repl.ts';

const closeStepMs = 1000;

export const typescriptRepl: Repl = {
  kind: 'ts',
  start: startTypescript,
  promptRules: typescriptPromptRules,
  createPainter: () => Promise.resolve(undefined),
  complete: completeTypescript,
  // The shell is one process.
  findEvaluator: () => Promise.resolve(undefined),
  close: closeTypescript,
};

async function startTypescript(host: ReplHost): Promise<Pid> {
  const answer = await host.call({ module: 'convoy_shell', function: 'start', args: [[]], asSession: true });
  if (answer instanceof Pid) return answer;
  const isLimit = answer instanceof Tuple && atomName(answer.at(1)) === 'system_limit';
  throw new TypeError(isLimit ? 'its maximum number of shells is open' : 'it did not return a process');
}

function typescriptPromptRules(shell: Pid | undefined): PromptRules {
  return {
    isShellPrompt: (request, prompt, from) =>
      request.kind === 'get_line' &&
      /^(?:ts|\.\.\.)\(.*\)\d+> $/s.test(prompt) &&
      (shell === undefined || from.id === shell.id),
    isContinuation: (prompt) => prompt.startsWith('...'),
    continuationPrompt: (prompt) => prompt,
  };
}

async function completeTypescript(host: ReplHost, shell: Pid, before: string): Promise<Completion> {
  try {
    return parseCompletion(
      await host.call({ module: 'convoy_shell', function: 'complete', args: [shell, before] }),
    );
  } catch {
    // Completion is a convenience: if the node does not support it, there is none.
    return noCompletion;
  }
}

async function closeTypescript(host: ClosingHost): Promise<void> {
  host.exitSignal(host.shell, 'shutdown');
  await host.waitForEnd(closeStepMs);
  host.exitLinked(host.shell, 'shutdown');
}

/**
 * The Erlang shell (`shell:start/1`). It must never get an end of input: on OTP 23 and 25 that halts the node.
 */

import { atomName, Pid } from '@convoy/node/etf';
import type { PromptRules } from '../io/prompt-rules.ts';
import { type Completion, noCompletion } from '../line-editor/completion.ts';
import { textWidth } from '../cell-width.ts';
import { parseCompletion, reversedCharlist } from './completion-terms.ts';
import type { ClosingHost, Repl, ReplHost } from './repl.ts';

const closeStepMs = 1000;

export const erlRepl: Repl = {
  kind: 'erl',
  start: startErl,
  promptRules: () => erlPromptRules,
  createPainter: () => Promise.resolve(undefined),
  complete: completeErl,
  // It always ends with the shell.
  findEvaluator: () => Promise.resolve(undefined),
  close: closeErl,
};

async function startErl(host: ReplHost): Promise<Pid> {
  // `true` suppresses the hint to press Ctrl-G, which opens a menu of Erlang's own terminal.
  const shell = await host.call({ module: 'shell', function: 'start', args: [true], asSession: true });
  if (!(shell instanceof Pid)) throw new TypeError('shell:start/1 did not return a process');
  return shell;
}

/** Matches from the first digit only: trying every digit would take quadratic time. */
const numberedPrompt = /(?<!\d)\d+>\s*$/;

const erlPromptRules: PromptRules = {
  isShellPrompt: (request, prompt) =>
    request.kind === 'get_until' && atomName(request.module) === 'erl_scan' && numberedPrompt.test(prompt),
  isContinuation: () => false,
  continuationPrompt: (prompt) => `${' '.repeat(Math.max(0, textWidth(prompt) - 3))}.. `,
};

/** Since OTP 26 the second argument is required, and the shell's variables complete too. */
async function completeErl(host: ReplHost, _shell: Pid, before: string): Promise<Completion> {
  const reversed = reversedCharlist(before);
  const expand = { module: 'edlin_expand', function: 'expand', asSession: true };
  try {
    return parseCompletion(await host.call({ ...expand, args: [reversed, []] }));
  } catch {
    return completeOldErl(host, before);
  }
}

async function completeOldErl(host: ReplHost, before: string): Promise<Completion> {
  try {
    const args = [reversedCharlist(before)];
    return parseCompletion(
      await host.call({ module: 'edlin_expand', function: 'expand', args, asSession: true }),
    );
  } catch {
    // Completion is a convenience: if the node does not support it, there is none.
    return noCompletion;
  }
}

/** A busy shell ends with its link; an idle one waits for input and must be ended through its prompt. */
async function closeErl(host: ClosingHost): Promise<void> {
  if (host.answerPrompt({ error: 'terminated' })) await host.waitForEnd(closeStepMs);
  host.exitLinked(host.shell, 'shutdown');
}

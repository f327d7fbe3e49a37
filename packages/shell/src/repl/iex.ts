/**
 * IEx, without anything installed on the node. The function that starts it depends on the release: `iex:start/2` since
 * Elixir 1.17, `IEx.start/2` before. Its evaluator is a separate process that can outlive the shell, so it is remembered
 * and ended with the shell.
 */

import { atom, atomName, Pid, type Term, tuple, Tuple } from '@convoy/node/etf';
import type { OutputPainter } from '../io/output-painter.ts';
import type { PromptRules } from '../io/prompt-rules.ts';
import { type Completion, noCompletion } from '../line-editor/completion.ts';
import { parseCompletion, reversedCharlist } from './completion-terms.ts';
import { IexPainter } from './iex-painter.ts';
import type { ClosingHost, Repl, ReplHost } from './repl.ts';

/** How long to wait for a busy evaluator to stop, and for an idle shell to end by itself. */
const closeStepMs = 1000;

export const iexRepl: Repl = {
  kind: 'iex',
  start: startIex,
  promptRules: iexPromptRules,
  createPainter: createIexPainter,
  complete: completeIex,
  findEvaluator: findIexEvaluator,
  close: closeIex,
};

async function startIex(host: ReplHost): Promise<Pid> {
  // Loads `iex` first: function_exported/3 returns false for a module that is not loaded.
  await host.call({ module: 'code', function: 'ensure_loaded', args: [atom('iex')] });
  const isNew = await host.call({
    module: 'erlang',
    function: 'function_exported',
    args: [atom('iex'), atom('start'), 2],
  });
  // `register` lets `IEx.pry` in any process of the node find this shell.
  const options = [tuple(atom('register'), true)];
  const shell = await host.call(
    isNew === true
      ? {
          module: 'iex',
          function: 'start',
          args: [options, tuple(atom('elixir_utils'), atom('noop'), [])],
          asSession: true,
        }
      : {
          module: 'Elixir.IEx',
          function: 'start',
          args: [options, tuple(atom('Elixir.IEx'), atom('dont_display_result'), [])],
          asSession: true,
        },
  );
  if (!(shell instanceof Pid)) throw new TypeError('IEx did not return a process');
  return shell;
}

/** `iex(n@h)1> `, `...(n@h)1> `, `pry(1)> `, `dbg(...)`; up to 1.14 the requesting process cannot be identified as IEx. */
const promptPattern = /^(?:iex|pry|dbg|\.\.\.)\(.*\)\d*>\s*$/s;

function iexPromptRules(shell: Pid | undefined): PromptRules {
  return {
    isShellPrompt(request, prompt, from) {
      if (request.kind === 'get_until' && atomName(request.module) === 'Elixir.IEx.Server') return true;
      return (
        request.kind === 'get_line' &&
        (shell === undefined || from.node === shell.node) &&
        promptPattern.test(prompt)
      );
    },
    isContinuation: (prompt) => prompt.startsWith('...'),
    continuationPrompt: (prompt) => prompt.replace(/^[a-z]+(?=\()/, '...'),
  };
}

/** A node on which colours were turned off, by `IEx.configure(colors: [enabled: false])`, gets none. */
async function createIexPainter(host: ReplHost): Promise<OutputPainter | undefined> {
  const args = [atom('iex'), atom('colors'), []];
  const settings = await host.call({ module: 'application', function: 'get_env', args });
  const isOff = ([name, value]: readonly Term[]): boolean => atomName(name) === 'enabled' && value === false;
  const pairs = Array.isArray(settings) ? (settings as readonly Term[]) : [];
  const isAnyOff = pairs.some((pair) => pair instanceof Tuple && isOff(pair.elements));
  return isAnyOff ? undefined : new IexPainter();
}

async function completeIex(host: ReplHost, shell: Pid, before: string): Promise<Completion> {
  const reversed = reversedCharlist(before);
  const expand = { module: 'Elixir.IEx.Autocomplete', function: 'expand' };
  try {
    return parseCompletion(await host.call({ ...expand, args: [reversed, shell], asSession: true }));
  } catch {
    // Old releases have no shell argument: modules and functions complete, variables of the session do not.
    return completeWithoutShell(host, { ...expand, args: [reversed] });
  }
}

async function completeWithoutShell(
  host: ReplHost,
  call: { module: string; function: string; args: Term[] },
): Promise<Completion> {
  try {
    return parseCompletion(await host.call({ ...call, asSession: true }));
  } catch {
    // Completion is a convenience: if the node does not support it, there is none.
    return noCompletion;
  }
}

async function findIexEvaluator(host: ReplHost, shell: Pid): Promise<Pid | undefined> {
  const info = await host.call({
    module: 'erlang',
    function: 'process_info',
    args: [shell, atom('dictionary')],
  });
  const dictionary = info instanceof Tuple ? info.at(1) : [];
  if (!Array.isArray(dictionary)) return undefined;
  for (const pair of dictionary as readonly Term[]) {
    const [key, value] = pair instanceof Tuple ? pair.elements : [];
    if (atomName(key) === 'evaluator' && value instanceof Pid) return value;
  }
  return undefined;
}

/**
 * `eof` at the prompt ends IEx in every release, but a busy evaluator must be stopped first, and in some releases the
 * evaluator always survives: it is killed by its pid, which is harmless if it has already ended.
 */
async function closeIex(host: ClosingHost, evaluator: Pid | undefined): Promise<void> {
  if (!host.isIdle()) {
    host.exitSignal(host.shell, 'interrupt');
    await host.waitForIdle(closeStepMs);
  }
  if (host.answerPrompt('eof')) await host.waitForEnd(closeStepMs);
  host.exitLinked(host.shell, 'shutdown');
  if (evaluator !== undefined) host.exitSignal(evaluator, 'kill');
}

/** `convoy rpc NODE MODULE FUNCTION [ARGS...]`: calls a function on a node and prints its output and result. */

import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { describeError, groupedText, printResult, type Problem, writeTo } from '../output.ts';
import { confirmOnProduction, type ConfirmFlags, yesOption } from '../targets/clusters/confirm-change.ts';
import { type ReachOptions, withVisitor } from '../targets/visits/visitor.ts';
import { addExamples, addReachOptions, guarded, nodeArgument } from '../options/shared-options.ts';

interface RpcOptions extends ReachOptions, ConfirmFlags {
  readonly format?: string;
  readonly jsonArgs?: boolean;
  readonly also?: readonly string[];
}

/** What a node returned: a value for JSON and for people, or the reason why there is none. */
type Returned =
  | { readonly node: string; readonly result: unknown; readonly text: string }
  | { readonly node: string; readonly error: Problem };

async function runRpc(name: string, call: readonly string[], options: RpcOptions): Promise<void> {
  if (options.also !== undefined) return callEach([name, ...options.also], call, options);
  const { node, result, text } = await callOn(name, call, options);
  printResult(options, { node, result }, text);
}

/** Calls the function on each node, one after the other, and prints what they return; nodes that return the same stand together. */
async function callEach(
  names: readonly string[],
  call: readonly string[],
  options: RpcOptions,
): Promise<void> {
  const answers: Returned[] = [];
  for (const name of names) {
    try {
      answers.push(await callOn(name, call, options));
    } catch (error) {
      const problem = describeError(error);
      // Nothing was typed that another node would understand, or nothing is to be done at all.
      if (problem.code === 'CLI_BAD_OPTION' || problem.code === 'CLI_NOT_CONFIRMED') throw error;
      answers.push({ node: name, error: problem });
    }
  }
  const documents = answers.map((answer) =>
    'error' in answer ? answer : { node: answer.node, result: answer.result },
  );
  printResult(options, { answers: documents }, eachText(answers));
  if (answers.some((answer) => 'error' in answer)) process.exitCode = exitCodes.failed;
}

function eachText(answers: readonly Returned[]): string {
  const texts = answers.map((answer) => ({
    node: answer.node,
    text: 'error' in answer ? `${answer.error.message} [${answer.error.code}]` : answer.text,
  }));
  return groupedText(texts);
}

async function callOn(name: string, call: readonly string[], options: RpcOptions) {
  const [module = '', functionName = '', ...texts] = call;
  const { toJson } = await import('@convoy/node/etf');
  const { explained, formatFor, formatTerm, languageOf, moduleName, parseArguments } =
    await import('../targets/visits/remote-language.ts');
  const { startRemoteOutput } = await import('../targets/remote-output.ts');
  const args = parseArguments(texts, options.jsonArgs === true);
  return withVisitor(name, options, async (visit) => {
    const { node, target, timeoutMs } = visit;
    const what = `${module}:${functionName} on ${target}`;
    await confirmOnProduction({ verb: 'Call', what }, visit.cluster, options);
    const isJson = options.json === true || options.format === 'json';
    const language = isJson ? 'typescript' : await languageOf(visit);
    const format = formatFor(options.json === true ? 'json' : options.format, language);
    // With --json, standard output carries the document only.
    const output = options.json === true ? process.stderr : process.stdout;
    const groupLeader = startRemoteOutput(node, target, (text) => writeTo(output, text));
    const result = await explained(visit, () =>
      node.rpc(target, moduleName(module), functionName, args, { timeoutMs, groupLeader }),
    );
    return { node: target, result: toJson(result), text: formatTerm(result, format) };
  });
}

export function configureRpc(command: Command): void {
  command
    .argument(...nodeArgument)
    .argument('<module>', 'e.g. lists, Elixir.Enum or Enum')
    .argument('<function>', 'name of the function')
    .argument('[args...]', 'Erlang terms, or JSON with --json-args')
    .option(
      '--format <syntax>',
      'print the result as elixir, erlang or json (else as the language of the node)',
    )
    .option('--json-args', 'read the arguments as JSON')
    .option('--also <node...>', 'call it on these nodes too, and print what differs side by side')
    .option(...yesOption);
  addReachOptions(command);
  addExamples(
    command,
    "convoy rpc app@127.0.0.1 lists sum '[1, 2, 3]'",
    'convoy rpc app@127.0.0.1 String upcase \'<<"hi">>\'',
    "convoy rpc app@127.0.0.1 Enum sum '[1, 2, 3]' --json-args --format json",
    'convoy rpc app@10.0.0.5 application get_env shop currency --also app@10.0.0.6',
  );
  command.action(async () => {
    const [name = '', module = '', fn = '', args = []] = command.processedArgs as [
      string?,
      string?,
      string?,
      string[]?,
    ];
    const options = command.opts<RpcOptions>();
    await guarded(options, () => runRpc(name, [module, fn, ...args], options));
  });
}

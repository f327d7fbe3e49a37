/** `convoy rpc NODE MODULE FUNCTION [ARGS...]`: calls a function on a node and prints its output and result. */

import type { Command } from 'commander';
import { printResult, writeTo } from '../output.ts';
import { confirmOnProduction, type ConfirmFlags, yesOption } from '../targets/clusters/confirm-change.ts';
import { type ReachOptions, withVisitor } from '../targets/visits/visitor.ts';
import { addExamples, addReachOptions, guarded, nodeArgument } from '../options/shared-options.ts';

interface RpcOptions extends ReachOptions, ConfirmFlags {
  readonly format?: string;
  readonly jsonArgs?: boolean;
}

async function runRpc(name: string, call: readonly string[], options: RpcOptions): Promise<void> {
  const [module = '', functionName = '', ...texts] = call;
  const { toJson } = await import('@convoy/node/etf');
  const { explained, formatFor, formatTerm, languageOf, moduleName, parseArguments } =
    await import('../targets/visits/remote-language.ts');
  const { startRemoteOutput } = await import('../targets/remote-output.ts');
  const args = parseArguments(texts, options.jsonArgs === true);
  await withVisitor(name, options, async (visit) => {
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
    printResult(options, { node: target, result: toJson(result) }, formatTerm(result, format));
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
    .option(...yesOption);
  addReachOptions(command);
  addExamples(
    command,
    "convoy rpc app@127.0.0.1 lists sum '[1, 2, 3]'",
    'convoy rpc app@127.0.0.1 String upcase \'<<"hi">>\'',
    "convoy rpc app@127.0.0.1 Enum sum '[1, 2, 3]' --json-args --format json",
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

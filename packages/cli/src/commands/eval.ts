/** `convoy eval NODE EXPRESSION`: evaluates Elixir or Erlang on a node and prints its output and value. */

import type { Command } from 'commander';
import type { Term } from '@convoy/node/etf';
import { CliError } from '../errors.ts';
import { printResult, writeTo } from '../output.ts';
import { confirmOnProduction, type ConfirmFlags, yesOption } from '../targets/clusters/confirm-change.ts';
import type { Language } from '../targets/visits/remote-language.ts';
import { type ReachOptions, type Visit, withVisitor } from '../targets/visits/visitor.ts';
import { addExamples, addReachOptions, guarded, nodeArgument } from '../options/shared-options.ts';

interface EvalOptions extends ReachOptions, ConfirmFlags {
  readonly format?: string;
}

/** Calls a function of the node; its output comes to this command. */
type Call = (module: string, fn: string, args: Term[]) => Promise<Term>;

/** The value of `{ok, Value}` or `{ok, Value, End}`. Rejects with CLI_BAD_OPTION for `{error, {Where, Module, What}}`. */
async function parsed(answer: Term, call: Call): Promise<Term> {
  const { atomName, Tuple } = await import('@convoy/node/etf');
  const { chardataText } = await import('../targets/remote-output.ts');
  const [outcome, value = null] = answer instanceof Tuple ? answer.elements : [];
  if (atomName(outcome ?? null) === 'ok') return value;
  const [, module = null, what = null] = value instanceof Tuple ? value.elements : [];
  const why = await call(atomName(module) ?? 'erl_parse', 'format_error', [what]);
  throw new CliError('CLI_BAD_OPTION', `the expression is not valid Erlang: ${chardataText(why) ?? ''}`, {
    remedy: 'Correct it; the node has no Elixir, so it evaluates Erlang.',
  });
}

async function evaluateErlang(expression: string, call: Call): Promise<Term> {
  const { Tuple } = await import('@convoy/node/etf');
  const whole = expression.trimEnd().endsWith('.') ? expression : `${expression}.`;
  const characters = Array.from(whole, (character) => character.codePointAt(0) ?? 0);
  const tokens = await parsed(await call('erl_scan', 'string', [characters]), call);
  const forms = await parsed(await call('erl_parse', 'parse_exprs', [tokens]), call);
  const answer = await call('erl_eval', 'exprs', [forms, []]);
  return answer instanceof Tuple ? (answer.at(1) ?? null) : answer;
}

async function evaluate(expression: string, language: Language, call: Call): Promise<Term> {
  const { Tuple } = await import('@convoy/node/etf');
  if (language === 'erlang') return evaluateErlang(expression, call);
  if (language === 'elixir') {
    const answer = await call('Elixir.Code', 'eval_string', [expression]);
    return answer instanceof Tuple ? (answer.at(0) ?? null) : answer;
  }
  throw new CliError('CLI_NO_LANGUAGE', 'the node runs neither Elixir nor Erlang', {
    remedy: 'Use `convoy shell` for a TypeScript node, or `convoy rpc` to call the functions it exposes.',
  });
}

async function runEval(name: string, expression: string, options: EvalOptions): Promise<void> {
  const { toJson } = await import('@convoy/node/etf');
  const { explained, formatFor, formatTerm, languageOf } =
    await import('../targets/visits/remote-language.ts');
  const { startRemoteOutput } = await import('../targets/remote-output.ts');
  await withVisitor(name, options, async (visit: Visit) => {
    const { node, target, timeoutMs } = visit;
    await confirmOnProduction({ verb: 'Evaluate', what: `this on ${target}` }, visit.cluster, options);
    const language = await languageOf(visit);
    const output = options.json === true ? process.stderr : process.stdout;
    const groupLeader = startRemoteOutput(node, target, (text) => writeTo(output, text));
    const call: Call = (module, fn, args) => node.rpc(target, module, fn, args, { timeoutMs, groupLeader });
    const format = formatFor(options.format, language);
    const result = await explained(visit, () => evaluate(expression, language, call));
    printResult(options, { node: target, result: toJson(result) }, formatTerm(result, format));
  });
}

export function configureEval(command: Command): void {
  command
    .argument(...nodeArgument)
    .argument('<expression>', 'Elixir if the node has it, else Erlang')
    .option(
      '--format <syntax>',
      'print the value as elixir, erlang or json (else as the language of the node)',
    )
    .option(...yesOption);
  addReachOptions(command);
  addExamples(
    command,
    "convoy eval app@127.0.0.1 'Node.list() |> length()'",
    "convoy eval erl@127.0.0.1 'erlang:memory(total).'",
  );
  command.action((name: string, expression: string, options: EvalOptions) =>
    guarded(options, () => runEval(name, expression, options)),
  );
}

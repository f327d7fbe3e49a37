/** The commands that visit one node: ping, rpc, shell. */

import type { Command } from 'commander';
import { CliError } from '../errors.ts';
import { printResult } from '../output.ts';
import { type ReachOptions, timeoutOf, withVisitor } from '../visitor.ts';
import { guarded, withExample, withReachOptions } from './options.ts';

type Syntax = 'elixir' | 'erlang' | 'json';

interface RpcOptions extends ReachOptions {
  readonly format?: string;
  readonly jsonArgs?: boolean;
}

function registerPing(program: Command): void {
  const command = program
    .command('ping')
    .argument('<node>')
    .description('say whether a node is up and lets us in');
  withExample(withReachOptions(command), 'convoy ping app@127.0.0.1 --cookie-file ~/.erlang.cookie');
  command.action(async (target: string, options: ReachOptions) =>
    guarded(options, async () => {
      const started = performance.now();
      const milliseconds = await withVisitor(target, options, async () => performance.now() - started);
      const rounded = Math.round(milliseconds * 10) / 10;
      printResult(
        options,
        { node: target, answer: 'pong', milliseconds: rounded },
        `pong from ${target} in ${rounded} ms`,
      );
    }),
  );
}

async function argumentsOf(texts: readonly string[], options: RpcOptions): Promise<unknown[]> {
  const { parseTerm } = await import('@convoy/node/etf');
  return texts.map((text) => {
    if (options.jsonArgs !== true) return parseTerm(text);
    try {
      return JSON.parse(text) as unknown;
    } catch (cause) {
      throw new CliError('CLI_BAD_OPTION', `${text} is no JSON`, {
        cause,
        remedy: 'Strings need quotes: \'"text"\'.',
      });
    }
  });
}

function syntaxOf(format: string | undefined, module: string): Syntax {
  if (format === undefined)
    return module.startsWith('Elixir.') || /^[A-Z]/.test(module) ? 'elixir' : 'erlang';
  if (format === 'elixir' || format === 'erlang' || format === 'json') return format;
  throw new CliError('CLI_BAD_OPTION', `--format ${format} is not known`, {
    remedy: 'Use elixir, erlang or json.',
  });
}

async function runRpc(target: string, call: readonly string[], options: RpcOptions): Promise<void> {
  const [module = '', functionName = '', ...texts] = call;
  const { inspect, toJson } = await import('@convoy/node/etf');
  const syntax = syntaxOf(options.format, module);
  const erlangModule = /^[A-Z]/.test(module) && !module.startsWith('Elixir.') ? `Elixir.${module}` : module;
  const args = (await argumentsOf(texts, options)) as Parameters<typeof inspect>[0][];
  const result = await withVisitor(target, options, (node, peer) =>
    node.rpc(peer, erlangModule, functionName, args, { timeoutMs: timeoutOf(options) }),
  );
  const text = syntax === 'json' ? JSON.stringify(toJson(result)) : inspect(result, { syntax });
  printResult(options, { node: target, result: toJson(result) }, text);
}

function registerRpc(program: Command): void {
  const command = program
    .command('rpc')
    .argument('<node>')
    .argument('<module>', 'lists, Elixir.Enum or Enum')
    .argument('<function>')
    .argument('[args...]', 'Erlang terms, or JSON with --json-args')
    .description('call a function on a node and print what it returns')
    .option('--format <syntax>', 'elixir, erlang or json; by the module when left out')
    .option('--json-args', 'read the arguments as JSON');
  withExample(
    withReachOptions(command),
    "convoy rpc app@127.0.0.1 lists sum '[1, 2, 3]'",
    'convoy rpc app@127.0.0.1 String upcase \'<<"hi">>\'',
  );
  command.action(
    async (target: string, module: string, functionName: string, args: string[], options: RpcOptions) =>
      guarded(options, () => runRpc(target, [module, functionName, ...args], options)),
  );
}

async function runShell(target: string, options: ReachOptions & { readonly kind: string }): Promise<void> {
  const { attachTerminal, openShell } = await import('@convoy/shell');
  const { kind } = options;
  if (kind !== 'auto' && kind !== 'iex' && kind !== 'erl' && kind !== 'ts') {
    throw new CliError('CLI_BAD_OPTION', `--kind ${kind} is not known`, {
      remedy: 'Use iex, erl, ts or auto.',
    });
  }
  await withVisitor(target, options, async (node, peer) => {
    const { columns = 80, rows = 24 } = process.stdout;
    await using session = await openShell({ node, target: peer, kind, cols: columns, rows });
    await attachTerminal(session, { stdin: process.stdin, stdout: process.stdout });
  });
}

function registerShell(program: Command): void {
  const command = program
    .command('shell')
    .argument('<node>')
    .description('a real IEx, erl or TypeScript shell on a node; nothing is installed there')
    .option('--kind <kind>', 'iex, erl, ts, or auto: what the node has', 'auto');
  withExample(
    withReachOptions(command),
    'convoy shell app@127.0.0.1',
    'convoy shell app@127.0.0.1 --kind erl',
  );
  command.action(async (target: string, options: ReachOptions & { readonly kind: string }) =>
    guarded(options, () => runShell(target, options)),
  );
}

export function registerReach(program: Command): void {
  registerPing(program);
  registerRpc(program);
  registerShell(program);
}

/** The commands that ask the running console: launch, stop, list, logs, join, part. */

import type { Command } from 'commander';
import type { LaunchView, LogLine, NodeView } from '@convoy/console/protocol';
import { type ConsoleClient, createConsoleClient } from '../console-client.ts';
import { withSettings } from '../config.ts';
import { CliError } from '../errors.ts';
import { formatTable, note, printResult } from '../output.ts';
import { guarded, withConsoleOptions, withExample } from './options.ts';

interface ConsoleOptions {
  readonly dataDir?: string;
  readonly json?: boolean;
}

async function clientOf(options: ConsoleOptions): Promise<ConsoleClient> {
  const { dataDir } = await withSettings(options, ['dataDir']);
  return createConsoleClient(dataDir);
}

function nodePath(name: string): string {
  return `/api/nodes/${encodeURIComponent(name)}`;
}

const kinds: Readonly<Record<string, string>> = {
  ts: 'typescript',
  typescript: 'typescript',
  elixir: 'elixir',
  erlang: 'erlang',
};

/** Follows a launch to its end, telling each step once. */
async function followLaunch(client: ConsoleClient, launch: LaunchView): Promise<LaunchView> {
  let told = 0;
  for (let view = launch; ; view = await client.get<LaunchView>(`/api/launches/${launch.id}`)) {
    for (const step of view.steps.slice(told)) {
      if (step.endedAt === undefined) break;
      told += 1;
      note(
        `${step.state === 'failed' ? 'FAILED' : 'ok'}  ${step.label}  ${step.endedAt - step.startedAt} ms`,
      );
    }
    if (view.state !== 'running') return view;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function registerLaunch(program: Command): void {
  const command = program
    .command('launch')
    .argument('<kind>', 'typescript (ts), elixir or erlang')
    .argument('[name]', 'the part before the @; a free one is picked when left out')
    .description('launch a node and wait until it answers')
    .option('--provider <name>', 'where: local', 'local')
    .option('--no-join', 'leave joining the other nodes to you');
  withExample(withConsoleOptions(command), 'convoy launch elixir', 'convoy launch ts worker --no-join');
  command.action(
    async (
      kind: string,
      name: string | undefined,
      options: ConsoleOptions & { join: boolean; provider: string },
    ) =>
      guarded(options, async () => {
        if (options.provider !== 'local') {
          throw new CliError('CLI_BAD_OPTION', `the provider ${options.provider} is not known`, {
            remedy: 'Use local.',
          });
        }
        const client = await clientOf(options);
        const body = {
          kind: kinds[kind] ?? kind,
          join: options.join,
          ...(name === undefined ? {} : { name }),
        };
        const view = await followLaunch(client, await client.post<LaunchView>('/api/nodes', body));
        if (view.state === 'ready') return printResult(options, view, view.node);
        throw new CliError('CLI_LAUNCH_FAILED', view.problem?.message ?? `${view.node} did not start`, {
          remedy: view.problem?.remedy,
        });
      }),
  );
}

function registerStop(program: Command): void {
  const command = program
    .command('stop')
    .argument('<node>')
    .description('stop a node that the console launched');
  withExample(withConsoleOptions(command), 'convoy stop elixir-1@127.0.0.1');
  command.action(async (name: string, options: ConsoleOptions) =>
    guarded(options, async () => {
      await (await clientOf(options)).delete(nodePath(name));
      printResult(options, { node: name, stopped: true }, `${name} is stopped`);
    }),
  );
}

function registerList(program: Command): void {
  const command = program
    .command('list')
    .description('the nodes of the console, and who is connected to whom');
  withExample(withConsoleOptions(command), 'convoy list --json');
  command.action(async (options: ConsoleOptions) =>
    guarded(options, async () => {
      const nodes = await (await clientOf(options)).get<NodeView[]>('/api/nodes');
      const rows = nodes.map((node) => [
        node.name,
        node.kind,
        node.status,
        node.version ?? '',
        node.peers.join(' '),
      ]);
      const table = formatTable([['NODE', 'KIND', 'STATUS', 'VERSION', 'PEERS'], ...rows]);
      printResult(
        options,
        nodes,
        nodes.length === 0 ? 'No nodes. Launch one with `convoy launch ts`.' : table,
      );
    }),
  );
}

function registerLogs(program: Command): void {
  const command = program
    .command('logs')
    .argument('<node>')
    .description('what a launched node printed')
    .option('--lines <count>', 'how many lines at most', '100');
  withExample(withConsoleOptions(command), 'convoy logs ts-1@127.0.0.1 --lines 20');
  command.action(async (name: string, options: ConsoleOptions & { lines: string }) =>
    guarded(options, async () => {
      const client = await clientOf(options);
      const lines = await client.get<LogLine[]>(
        `${nodePath(name)}/logs?lines=${encodeURIComponent(options.lines)}`,
      );
      printResult(options, lines, lines.map((line) => line.text).join('\n'));
    }),
  );
}

function registerPair(program: Command, verb: 'join' | 'part', description: string): void {
  const command = program.command(verb).argument('<a>').argument('<b>').description(description);
  withExample(withConsoleOptions(command), `convoy ${verb} ts-1@127.0.0.1 elixir-1@127.0.0.1`);
  command.action(async (a: string, b: string, options: ConsoleOptions) =>
    guarded(options, async () => {
      await (await clientOf(options)).post(`${nodePath(a)}/${verb}`, { peer: b });
      printResult(
        options,
        { a, b, [verb]: true },
        `${a} and ${b} are ${verb === 'join' ? 'connected' : 'disconnected'}`,
      );
    }),
  );
}

export function registerCluster(program: Command): void {
  registerLaunch(program);
  registerStop(program);
  registerList(program);
  registerLogs(program);
  registerPair(program, 'join', 'make two nodes connect, asked of the nodes themselves');
  registerPair(program, 'part', 'make two nodes disconnect');
}

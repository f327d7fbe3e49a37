/** `convoy launch KIND [NAME]`: has the console launch a node and waits until it answers. */

import type { Command } from 'commander';
import type { LaunchView } from '@convoy/console/protocol';
import { oneOf, withSettings } from '../config.ts';
import type { ConsoleClient } from '../console-client.ts';
import { CliError } from '../errors.ts';
import { note, printResult } from '../output.ts';
import { describeStep } from '../step-lines.ts';
import { clientOf, type ConsoleOptions } from './console-options.ts';
import { addConsoleOptions, addExamples, guarded } from './options.ts';

interface LaunchOptions extends ConsoleOptions {
  readonly provider?: string;
  readonly join: boolean;
}

const kinds = { ts: 'typescript', typescript: 'typescript', elixir: 'elixir', erlang: 'erlang' } as const;
const pollMs = 200;

/** Follows a launch to its end, telling each step once. */
async function followLaunch(client: ConsoleClient, launch: LaunchView): Promise<LaunchView> {
  let told = 0;
  for (let view = launch; ; view = await client.get<LaunchView>(`/api/launches/${launch.id}`)) {
    for (const step of view.steps.slice(told)) {
      const line = describeStep(step);
      if (line === undefined) break;
      told += 1;
      note(line);
    }
    if (view.state !== 'running') return view;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

async function runLaunch(kind: string, name: string | undefined, flags: LaunchOptions): Promise<void> {
  const options = await withSettings(flags, { provider: 'text' });
  oneOf(options.provider ?? 'local', ['local'], '--provider');
  const known = oneOf(kind, Object.keys(kinds) as (keyof typeof kinds)[], 'the kind');
  const client = await clientOf(options);
  const body = { kind: kinds[known], join: options.join, ...(name === undefined ? {} : { name }) };
  const view = await followLaunch(client, await client.post<LaunchView>('/api/nodes', body));
  if (view.state === 'ready') return printResult(options, view, view.node);
  throw new CliError('CLI_LAUNCH_FAILED', view.problem?.message ?? `${view.node} did not start`, {
    remedy: view.problem?.remedy ?? `\`convoy logs ${view.node}\` shows what it printed.`,
  });
}

export function configureLaunch(command: Command): void {
  command
    .argument('<kind>', 'typescript (ts), elixir or erlang')
    .argument('[name]', 'the part before the @; a free one is picked when left out')
    .option('--provider <name>', 'where: local (CONVOY_PROVIDER, else local)')
    .option('--no-join', 'leave joining the other nodes to you');
  addConsoleOptions(command);
  addExamples(command, 'convoy launch elixir', 'convoy launch ts worker --no-join');
  command.action((kind: string, name: string | undefined, options: LaunchOptions) =>
    guarded(options, () => runLaunch(kind, name, options)),
  );
}

/** `convoy launch KIND [NAME]`: has the console launch a node and waits until it answers. */

import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { HostView, LaunchRequest } from '@convoy/console/protocol';
import { oneOf, parseCount, withSettings } from '../../options/config.ts';
import type { ConsoleClient } from '../../targets/console-client.ts';
import { CliError } from '../../errors.ts';
import { printResult } from '../../output.ts';
import { checkLaunchedName } from '../../options/launched-name.ts';
import { envOption, readVariables, type VariableFlags } from '../../options/launch-variables.ts';
import { openRailway, type RailwayFlags } from '../../targets/railway-place.ts';
import { confirmIfProduction, type ConfirmFlags, yesOption } from '../../targets/clusters/confirm-change.ts';
import { followLaunch, followSteps } from '../../targets/followed-launch.ts';
import { clientOf, type ConsoleOptions } from '../../targets/console-options.ts';
import { addConsoleOptions, addExamples, guarded } from '../../options/shared-options.ts';

interface LaunchOptions extends ConsoleOptions, RailwayFlags, VariableFlags, ConfirmFlags {
  readonly provider?: string;
  readonly host?: string | undefined;
  readonly acceptNewHostKey?: boolean;
  readonly join: boolean;
  readonly keep?: boolean;
  readonly memoryMb?: string;
  readonly program?: string;
}

const kinds = { ts: 'typescript', typescript: 'typescript', elixir: 'elixir', erlang: 'erlang' } as const;
/** How the files that a kind of node can run end. */
const files: Readonly<Record<string, RegExp>> = { typescript: /\.[cm]?[jt]s$/, elixir: /\.exs$/ };

/** Has the console connect to a host, unless it already is, and resolves with the name of the provider there. */
async function openSshHost(ask: ConsoleClient, options: LaunchOptions): Promise<string> {
  const { host: target, acceptNewHostKey = false } = options;
  if (target === undefined) {
    throw new CliError('CLI_BAD_OPTION', '--provider ssh needs a host', {
      remedy: 'Add --host user@host.',
    });
  }
  const opened = await ask('POST /api/hosts', { body: { target, acceptNewHostKey } });
  const get = (): Promise<HostView> => ask('GET /api/hosts/:id', { params: { id: opened.id } });
  const host = await followSteps(opened, get, ({ state }) => state === 'connecting');
  if (host.state === 'up') return host.name;
  throw new CliError('CLI_LAUNCH_FAILED', host.problem?.message ?? `${host.name} cannot be reached`, {
    reason: host.problem?.code,
    remedy: host.problem?.remedy,
  });
}

/** Opens the place to launch in, and resolves with the name that the console has for its provider. */
async function openProvider(
  where: 'local' | 'ssh' | 'railway',
  ask: ConsoleClient,
  options: LaunchOptions,
): Promise<string> {
  if (where === 'ssh') return openSshHost(ask, options);
  return where === 'railway' ? openRailway(ask, options) : where;
}

/** What else a launch asks of the process. A file on this computer may be given relative to the current folder. */
function processRequest(
  { keep, memoryMb, program }: LaunchOptions,
  { where, kind }: { readonly where: string; readonly kind: string },
): Pick<LaunchRequest, 'keep' | 'memoryMb' | 'program'> {
  const isFile = program?.includes('/') === true || (program !== undefined && files[kind]?.test(program));
  return {
    keep,
    memoryMb: memoryMb === undefined ? undefined : parseCount(memoryMb, '--memory-mb', [128, 1_048_576]),
    program: isFile === true && where === 'local' ? resolve(program ?? '') : program,
  };
}

async function runLaunch(kind: string, name: string | undefined, flags: LaunchOptions): Promise<void> {
  const options = await withSettings(flags, ['provider']);
  const where = oneOf(options.provider ?? 'local', ['local', 'ssh', 'railway'], '--provider');
  const known = oneOf(kind, Object.keys(kinds) as (keyof typeof kinds)[], 'the kind');
  if (name !== undefined) checkLaunchedName(name);
  const variables = readVariables(options);
  const ask = await clientOf(options);
  const provider = await openProvider(where, ask, options);
  await confirmIfProduction(
    ask,
    { verb: 'Launch', what: `a node in ${provider}`, cluster: provider },
    options,
  );
  const asked = { ...processRequest(options, { where, kind: kinds[known] }), variables };
  const body = { kind: kinds[known], join: options.join, provider, name, ...asked };
  const launch = await ask('POST /api/nodes', { body });
  const view = await followLaunch(ask, launch);
  printResult(options, view, view.node);
}

export function configureLaunch(command: Command): void {
  command
    .argument('<kind>', 'typescript (ts), elixir or erlang')
    .argument('[name]', 'the part before the @ (else the console picks a free one)')
    .option('--provider <name>', 'where to launch: local, ssh or railway (CONVOY_PROVIDER, else local)')
    .option('--host <target>', 'with --provider ssh: user@host[:port][,next-hop...]')
    .option('--accept-new-host-key', 'with --provider ssh: trust a host that is in no known_hosts file')
    .option(
      '--project <project>',
      'with --provider railway: id or name of the project, if the token reaches several',
    )
    .option(
      '--environment <environment>',
      'with --provider railway: id or name of the environment, if there are several',
    )
    .option(
      '--image <kind=image...>',
      'with --provider railway: image or repository to deploy for a kind of node',
    )
    .option('--region <region>', 'with --provider railway: region of new services, e.g. europe-west4-drams3a')
    .option(
      '--token-file <file>',
      'with --provider railway: file that contains the token (else RAILWAY_TOKEN or RAILWAY_API_TOKEN)',
    )
    .option(...envOption)
    .option('--no-join', 'do not connect the node to the others')
    .option('--keep', 'let the node live on when the console stops (on Railway nodes always do)')
    .option(
      '--memory-mb <megabytes>',
      'memory limit of the node; of a TypeScript node, its JavaScript heap (not on Railway)',
    )
    .option(
      '--program <program>',
      'what the node runs: a module file (ts), an .exs file or Module.function (elixir), module:function (erlang), or the folder of a release',
    )
    .option(...yesOption);
  addConsoleOptions(command);
  addExamples(
    command,
    'convoy launch elixir',
    'convoy launch ts worker --no-join --env DATABASE_URL',
    'convoy launch elixir jobs --keep --program ./jobs.exs',
    'convoy launch elixir shop --keep --program _build/prod/rel/shop',
    'convoy launch elixir --provider ssh --host ops@db1.example',
    'convoy launch elixir --provider railway --environment staging --image elixir=ghcr.io/you/shop:1',
  );
  command.action((kind: string, name: string | undefined, options: LaunchOptions) =>
    guarded(options, () => runLaunch(kind, name, options)),
  );
}

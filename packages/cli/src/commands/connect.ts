/**
 * `convoy connect user@host`: turns an SSH login into a shell on a node there, and cleans up afterwards. An interruption at
 * any step leaves nothing behind on either side.
 */

import type { Command } from 'commander';
import type {
  ConnectedNode,
  ConnectNodeOptions,
  ConnectRequest,
  HostNode,
  HostReport,
} from '@convoy/cluster/ssh';
import type { Node } from '@convoy/node';
import { splitNodeName } from '@convoy/node/names';
import { ifGiven, dataDirOf, oneOf, parsePort, withSettings } from '../options/config.ts';
import { type CookieOptions, findCookie } from '../options/cookie.ts';
import { CliError } from '../errors.ts';
import { checkLaunchedName } from '../options/launched-name.ts';
import { envOption, readVariables, type VariableFlags } from '../options/launch-variables.ts';
import { note, printResult } from '../output.ts';
import { addOwnerOption, type OwnerFlags, ownerSettings } from '../options/peer-owners.ts';
import { askLine, canAsk } from '../terminal/ask-line.ts';
import { openShellIn } from '../terminal/shell-terminal.ts';
import { addSshOptions, parseVia, type SshFlags, sshOptionsOf, sshSettings } from '../options/ssh-options.ts';
import { describeStep } from '../terminal/step-lines.ts';
import { interruptSignal, noteInterruption } from '../terminal/interrupt-signal.ts';
import { startVisitor } from '../targets/visits/start-visitor.ts';
import { hostOf } from '../targets/visits/visitor.ts';
import { formatNodes } from '../targets/visits/nodes-via.ts';
import { addCookieOptions, addExamples, guarded } from '../options/shared-options.ts';

interface ConnectOptions extends CookieOptions, SshFlags, VariableFlags, OwnerFlags {
  readonly node?: string;
  readonly start?: boolean;
  readonly runtime?: string;
  readonly name?: string | undefined;
  readonly port?: string | undefined;
  readonly readCookie?: boolean;
  readonly kind?: string | undefined;
  readonly shell: boolean;
  readonly json?: boolean;
}

const runtimes = { elixir: 'elixir', erlang: 'erlang', ts: 'typescript' } as const;

async function runConnect(target: string, flags: ConnectOptions): Promise<void> {
  const options = await withSettings(flags, ['dataDir', 'kind', ...sshSettings, ...ownerSettings]);
  const kind = oneOf(options.kind ?? 'auto', ['iex', 'erl', 'ts', 'auto'], '--kind');
  const ending = interruptSignal();
  const visitors: Node[] = [];
  const common = await hostOptions(options, ending);
  const { connectNodeOn } = await import('@convoy/cluster/ssh');
  const { createTunnelResolver } = await import('@convoy/cluster');
  const connect = async ({ name, cookie, route }: ConnectRequest, signal: AbortSignal): Promise<Node> => {
    const routes = createTunnelResolver();
    routes.add(name, route);
    const node = await startVisitor(hostOf(name), cookie, { routes });
    visitors.push(node);
    await node.connect(name, { signal });
    return node;
  };
  try {
    const connected = await connectNodeOn(await parseVia(target), { ...common, connect });
    try {
      await visit(connected, { node: visitors[0], kind, options, ending });
    } finally {
      await connected.close();
    }
  } catch (error) {
    if (!ending.aborted) throw error;
  } finally {
    noteInterruption(ending);
    await Promise.all(visitors.map((node) => node.close()));
  }
}

interface VisitContext {
  readonly node: Node | undefined;
  readonly kind: 'iex' | 'erl' | 'ts' | 'auto';
  readonly options: ConnectOptions;
  readonly ending: AbortSignal;
}

/** Prints what was connected to, then runs a shell until it ends, unless `--no-shell` was given. */
async function visit(connected: ConnectedNode, context: VisitContext): Promise<void> {
  const { node, kind, options, ending } = context;
  const { name, proof, report, started, tunnel } = connected;
  const { hostname } = proof;
  const { otpRelease, elixirVersion, system } = report;
  printResult(
    options,
    {
      node: name,
      via: tunnel.name,
      hostname,
      otpRelease,
      elixirVersion,
      system,
      started: started !== undefined,
    },
    options.shell ? '' : `${name} is up on ${hostname}`,
  );
  if (!options.shell || node === undefined) return;
  if (started !== undefined) note(`${name} stops when this shell ends.`);
  const dataDir = dataDirOf(options.dataDir);
  await openShellIn({ node, target: name, kind, dataDir, signal: ending });
}

async function hostOptions(
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<Omit<ConnectNodeOptions, 'connect'>> {
  const { name, port, runtime } = options;
  ifGiven(name, checkLaunchedName);
  const cookie = options.start === true ? undefined : await cookieIfAny(options);
  const variables = readVariables(options);
  return {
    ssh: await sshOptionsOf(options),
    signal,
    onStep: (step) => {
      const line = describeStep(step);
      if (line !== undefined) note(line);
    },
    choose:
      options.start === true
        ? undefined
        : (nodes, context) => choose(nodes, { report: context.report, options, signal }),
    cookie,
    readsCookie: options.readCookie === true,
    owners: options.owner ?? [],
    start: {
      variables,
      name,
      port: ifGiven(port, (text) => parsePort(text, '--port')),
      kind: ifGiven(runtime, (text) => runtimes[oneOf(text, ['elixir', 'erlang', 'ts'], '--runtime')]),
    },
  };
}

/** A cookie that was given explicitly. The user's own cookie is not tried on another host. */
async function cookieIfAny(options: ConnectOptions): Promise<string | undefined> {
  const env = process.env;
  const isNamed =
    options.cookieFile !== undefined ||
    options.cookie !== undefined ||
    [env['CONVOY_COOKIE_FILE'], env['CONVOY_COOKIE'], env['RELEASE_COOKIE']].some(
      (value) => (value ?? '') !== '',
    );
  return isNamed && options.readCookie !== true ? findCookie(options) : undefined;
}

interface ChoiceContext {
  readonly report: HostReport;
  readonly options: ConnectOptions;
  readonly signal: AbortSignal;
}

/** The node of `--node`, else the one the user picks; `undefined`, for a new one, without a terminal. */
async function choose(
  nodes: readonly HostNode[],
  { report, options, signal }: ChoiceContext,
): Promise<HostNode | undefined> {
  const wanted = options.node;
  if (wanted !== undefined) {
    const found = nodes.find(({ name }) => name === wanted || splitNodeName(name).name === wanted);
    if (found !== undefined) return found;
    throw new CliError('CLI_BAD_OPTION', `no node ${wanted} is running on ${report.hostname}`, {
      remedy:
        nodes.length === 0
          ? 'Omit --node to start one.'
          : `Use one of ${nodes.map(({ name }) => name).join(', ')}.`,
    });
  }
  if (nodes.length === 0 || !canAsk()) return undefined;
  note(formatNodes(nodes, report.hostname));
  const question = `Which one? 1 to ${nodes.length}, or Enter to start a new one: `;
  const answer = await askLine(question, signal);
  if (answer === undefined) {
    throw new CliError('CLI_BAD_OPTION', 'no node was chosen', {
      remedy: 'Name one with --node, or start a new one with --start.',
    });
  }
  if (answer.trim() === '') return undefined;
  const node = nodes[Number(answer) - 1];
  if (node !== undefined) return node;
  throw new CliError('CLI_BAD_OPTION', `${answer} is not a number from 1 to ${nodes.length}`, {
    remedy: 'Enter the number of a node, or name it with --node.',
  });
}

export function configureConnect(command: Command): void {
  command
    .argument('<target>', '[ssh://]user@host[:port][,next-hop...]')
    .option('--node <name>', 'running node to connect to (else you choose one, or a new one is started)')
    .option('--start', 'start a new node, even if others are running there')
    .option(
      '--runtime <kind>',
      'kind of node to start: elixir, erlang or ts (else Elixir if it is installed)',
    )
    .option('--name <name>', 'name of the node to start: the part before the @')
    .option(...envOption)
    .option('--port <port>', 'loopback port for the node to start (else a free one)')
    .option('--read-cookie', 'read the cookie of a running node from ~/.erlang.cookie of its owner there')
    .option(
      '--kind <kind>',
      'kind of shell: iex, erl, ts, or auto for the language of the node (CONVOY_KIND, else auto)',
    )
    .option('--no-shell', 'connect, report the node, and clean up')
    .option('--json', 'print one JSON document');
  addOwnerOption(addSshOptions(addCookieOptions(command)));
  addExamples(
    command,
    'convoy connect ops@db1.example',
    'convoy connect ops@bastion,app@10.0.0.7 --node app --read-cookie',
    'convoy connect ops@db1.example --start --runtime erlang --no-shell',
  );
  command.action((target: string, options: ConnectOptions) =>
    guarded(options, () => runConnect(target, options)),
  );
}

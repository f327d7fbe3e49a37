/** `convoy node [MODULE]`: runs a TypeScript node until a signal arrives or its parent process ends. */

import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { ConnectionError, type EpmdChoice, type Node, type NodeOptions } from '@convoy/node';
import { retry } from '@convoy/node/async';
import { splitNodeName } from '@convoy/node/names';
import { addCarrierOptions, type CarrierFlags, carrierSettings } from '../options/carrier-options.ts';
import { ifGiven, oneOf, parseCount, parsePortRange, withSettings } from '../options/config.ts';
import { findCookieAndOwner } from '../options/cookie.ts';
import { CliError } from '../errors.ts';
import {
  addDiscoveryOptions,
  awaitPeers,
  type DiscoveryFlags,
  discoverySettings,
  readTopologies,
  startNodeDiscovery,
} from '../running/node-discovery.ts';
import { NodeFaults } from '../running/node-faults.ts';
import { logNodeEvents } from '../running/node-log.ts';
import { errorLine, note, print } from '../output.ts';
import { addOwnerOption, checkedCarrier, type OwnerFlags, ownerSettings } from '../options/peer-owners.ts';
import { type PeerCookieFlags, readPeerCookies, setPeerCookies } from '../running/peer-cookies.ts';
import {
  readReleaseEnvironment,
  type ReleaseProblem,
  releaseProblems,
} from '../options/release-environment.ts';
import { addCookieOptions, addExamples, guarded } from '../options/shared-options.ts';

interface NodeCommandOptions extends CarrierFlags, DiscoveryFlags, OwnerFlags, PeerCookieFlags {
  readonly name?: string | undefined;
  readonly cookie?: string | undefined;
  readonly cookieFile?: string;
  readonly dataDir?: string;
  readonly join?: readonly string[];
  readonly hidden?: boolean;
  readonly listenPort?: string;
  readonly listenHost?: string;
  readonly epmd?: string;
  readonly drainTimeout?: string;
  readonly shell: boolean;
  readonly json?: boolean;
}

type NodeModule = (node: Node) => unknown;

const firstRetryMs = 500;
const lastRetryMs = 15_000;
/** Limit for closing the node once calls have ended: the process must not outlive its launcher, which waits two seconds. */
const closeGraceMs = 1500;

/** How long calls under way may take to finish. */
function drainTimeoutOf({ drainTimeout }: NodeCommandOptions): number {
  const usualMs = process.env['CONVOY_PARENT_PIPE'] === '1' ? 500 : 5000;
  return drainTimeout === undefined
    ? usualMs
    : parseCount(drainTimeout, '--drain-timeout', [0, 86_400]) * 1000;
}

/** The node that gives a node without a name of its own one: the first to join. */
function namingNode(name: string, join: readonly string[] | undefined): string | undefined {
  if (splitNodeName(name).name !== 'undefined') return undefined;
  if (join?.[0] !== undefined) return join[0];
  throw new CliError('CLI_BAD_OPTION', `${name} asks for a name, but there is no node to give it one`, {
    remedy: 'Add --join with that node, or choose another --name.',
  });
}

async function nodeOptionsOf(options: NodeCommandOptions): Promise<NodeOptions> {
  const { name, listenPort, listenHost } = options;
  if (name === undefined) {
    throw new CliError('CLI_BAD_OPTION', 'the node has no name', {
      remedy: 'Add --name, e.g. --name app@127.0.0.1, or set CONVOY_NAME.',
    });
  }
  const found = await findCookieAndOwner(options);
  return {
    name,
    namedBy: namingNode(name, options.join),
    cookie: found.cookie,
    hidden: options.hidden === true,
    epmd: epmdOf(options),
    ...(await checkedCarrier(options, found)),
    listen: {
      port: ifGiven(listenPort, parsePortRange),
      host: listenHost,
    },
  };
}

/** Throws CLI_BAD_OPTION for unusable variables of a release that no option overrides. */
function refuseRelease({ name, proto, distPort }: NodeCommandOptions): void {
  const problems = releaseProblems(process.env, hostname());
  const refuse = ({ message, remedy }: ReleaseProblem): never => {
    throw new CliError('CLI_BAD_OPTION', message, { remedy });
  };
  if (name === undefined && problems.name !== undefined) refuse(problems.name);
  if (proto === undefined && problems.proto !== undefined) refuse(problems.proto);
  if (distPort === undefined && problems.distPort !== undefined) refuse(problems.distPort);
}

/** The EPMD to use. Throws CLI_BAD_OPTION for an EPMD together with a common port, which makes EPMD unnecessary. */
function epmdOf({ distPort, epmd }: NodeCommandOptions): EpmdChoice {
  const choice = oneOf(
    epmd ?? (distPort === undefined ? 'auto' : 'none'),
    ['auto', 'system', 'embedded', 'none'],
    '--epmd',
  );
  if (distPort === undefined || choice === 'none') return choice;
  throw new CliError('CLI_BAD_OPTION', `--epmd ${choice} cannot be combined with one port for all nodes`, {
    remedy: 'Use --epmd none, or remove --dist-port, ERL_DIST_PORT and -erl_epmd_port.',
  });
}

async function loadModule(file: string): Promise<NodeModule> {
  const url = pathToFileURL(resolve(file)).href;
  const loaded = (await import(url)) as { default?: unknown };
  if (typeof loaded.default === 'function') return loaded.default as NodeModule;
  throw new CliError('CLI_BAD_MODULE', `${file} has no function as its default export`, {
    remedy: 'Export one: `export default async function (node) { ... }`.',
  });
}

/** Connects to a peer, retrying until it answers: the cluster may still be starting. */
async function joinPeer(node: Node, peer: string, signal: AbortSignal): Promise<void> {
  const onFailure = (error: unknown, waitMs: number): void =>
    note(`cannot join ${peer}, retrying in ${(waitMs / 1000).toFixed(1)} s: ${errorLine(error)}`);
  const connect = (): Promise<void> => node.connect(peer, { signal });
  try {
    await retry(signal, connect, { firstMs: firstRetryMs, lastMs: lastRetryMs, ref: false, onFailure });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Closes the node on a signal, or when the pipe held by the parent process is closed, which means that the parent has ended. */
function endWith(node: Node, stop: AbortController, drainMs: number): void {
  const end = (): void => {
    stop.abort();
    setTimeout(() => process.exit(1), drainMs + closeGraceMs).unref();
    void node.close({ timeoutMs: drainMs });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  if (process.env['CONVOY_PARENT_PIPE'] !== '1') return;
  process.stdin.once('end', end).once('close', end).once('error', end).resume();
}

/** Closes the node and removes its folder, after the launcher on another machine has disappeared. */
function endOwnerless(node: Node): void {
  const folder = process.env['CONVOY_FOLDER'];
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  setTimeout(() => process.exit(1), closeGraceMs).unref();
  void node.close({ timeoutMs: 0 });
}

async function installServices(node: Node, options: NodeCommandOptions): Promise<void> {
  logNodeEvents(node);
  if (options.shell) {
    const { installShell } = await import('@convoy/shell/evaluator');
    installShell(node, {});
  }
  // The worker comes last: a launcher that finds it may open a shell at once.
  const { installDeadMan, installWorker } = await import('@convoy/cluster/worker');
  const graceMs = Number(process.env['CONVOY_DEADMAN_MS']);
  if (graceMs > 0) installDeadMan(node, { graceMs, onExpired: () => endOwnerless(node) });
  installWorker(node);
}

/** Reads the separate cookie for connections with the launcher's own node, if the launcher has provided one. */
async function takeOwnLink(node: Node): Promise<void> {
  const { linkVariable, takeLink } = await import('@convoy/cluster/worker');
  const file = process.env[linkVariable];
  if (file === undefined || file === '') return;
  takeLink(node, file);
  delete process.env[linkVariable];
}

/** Prints one line to standard output when the node is up; launchers may wait for it. */
async function announce(node: Node, options: NodeCommandOptions): Promise<void> {
  const { defaultEpmdPort } = await import('@convoy/node/epmd');
  const epmd = epmdOf(options);
  const epmdPort = epmd === 'none' ? undefined : defaultEpmdPort();
  if (options.json === true) {
    print(JSON.stringify({ node: node.name, port: node.port, epmd, epmdPort }));
  } else {
    const where = epmdPort === undefined ? epmd : `${epmd}, port ${epmdPort}`;
    const isDialled = node.port !== undefined;
    print(
      isDialled
        ? `convoy node ${node.name} is up on port ${node.port} (epmd: ${where})`
        : `convoy node ${node.name} is up`,
    );
  }
}

async function runNode(file: string | undefined, flags: NodeCommandOptions): Promise<void> {
  const options = await withSettings(
    flags,
    [
      'name',
      'dataDir',
      'join',
      'hidden',
      'listenPort',
      'listenHost',
      ...carrierSettings,
      ...ownerSettings,
      ...discoverySettings,
      'epmd',
      'peerCookieFile',
      'drainTimeout',
    ],
    { derived: { ...readReleaseEnvironment(process.env, hostname()) } },
  );
  refuseRelease(options);
  const nodeOptions = await nodeOptionsOf(options);
  const run = file === undefined ? undefined : await loadModule(file);
  const topologies = await readTopologies(options);
  const peerCookies = readPeerCookies(options, process.env);
  const drainMs = drainTimeoutOf(options);
  const { startNode } = await import('@convoy/node');
  const faults = new NodeFaults();
  const node = await startNode({ ...nodeOptions, runWork: faults.runWork });
  faults.contain(node);
  const stop = new AbortController();
  endWith(node, stop, drainMs);
  setPeerCookies(node, peerCookies);
  await takeOwnLink(node);
  await installServices(node, options);
  const discoveries = await startNodeDiscovery(node, topologies, options);
  for (const discovery of discoveries) stop.signal.addEventListener('abort', () => void discovery.close());
  await awaitPeers(discoveries, options);
  await announce(node, options);
  for (const peer of options.join ?? []) void joinPeer(node, peer, stop.signal);
  await run?.(node);
  await node.closed;
  if (nodeOptions.namedBy !== undefined && !stop.signal.aborted) throw nameLost(nodeOptions.namedBy);
}

function nameLost(peer: string): ConnectionError {
  const message = `the connection to ${peer}, which had given this node its name, was lost`;
  return new ConnectionError('CONNECTION_CLOSED', message, { peer, remedy: 'Start it again.' });
}

export function configureNode(command: Command): void {
  command
    .argument('[module]', 'module whose default export is called with the node')
    .option(
      '--name <name@host>',
      'name of the node; the host defaults to this machine (CONVOY_NAME, RELEASE_NODE)',
    )
    .option('--join <node...>', 'nodes to connect to, retried until they answer (CONVOY_JOIN)')
    .option('--hidden', 'start a hidden node, which nodes() of its peers does not list (CONVOY_HIDDEN)')
    .option('--listen-port <port>', 'port or range MIN-MAX to listen on (CONVOY_LISTEN_PORT)')
    .option(
      '--listen-host <address>',
      'address to listen on (CONVOY_LISTEN_HOST, else derived from the host of the name)',
    )
    .option(
      '--epmd <epmd>',
      'system, embedded, none, or auto: the running EPMD, else an embedded one (CONVOY_EPMD, else auto)',
    )
    .option(
      '--peer-cookie-file <file>',
      'file with a line NAME@HOST COOKIE for each peer with a cookie of its own (CONVOY_PEER_COOKIE_FILE)',
    )
    .option(
      '--drain-timeout <seconds>',
      'how long calls under way may take when the node is stopped (CONVOY_DRAIN_TIMEOUT, else 5)',
    )
    .option('--no-shell', 'do not offer a TypeScript shell')
    .option('--json', 'report that the node is up as one JSON document');
  addDiscoveryOptions(addOwnerOption(addCarrierOptions(addCookieOptions(command))));
  addExamples(
    command,
    'convoy node --name web@127.0.0.1 --cookie-file ~/.erlang.cookie',
    'convoy node ./app.ts --name app@10.0.0.5 --join web@10.0.0.4',
    'convoy node --name app@10.0.0.5 --discover dns:query=mesh.example,prune=missing',
  );
  command.action(async (file: string | undefined, options: NodeCommandOptions) => {
    await guarded(options, () => runNode(file, options));
    // Handles left open by the module must not keep the process alive once its node has closed or failed.
    process.exit();
  });
}

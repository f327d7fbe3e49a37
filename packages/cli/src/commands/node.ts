/** `convoy node [MODULE]`: a TypeScript node, until a signal or the end of its parent ends it. */

import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import type { EpmdChoice, Node, NodeOptions } from '@convoy/node';
import { retry } from '@convoy/node/async';
import { addCarrierOptions, type CarrierFlags, carrierSettings } from '../options/carrier-options.ts';
import { oneOf, parsePortRange, withSettings } from '../options/config.ts';
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
import { errorLine, note } from '../output.ts';
import { addOwnerOption, checkedCarrier, type OwnerFlags, ownerSettings } from '../options/peer-owners.ts';
import {
  readReleaseEnvironment,
  type ReleaseProblem,
  releaseProblems,
} from '../options/release-environment.ts';
import { addCookieOptions, addExamples, guarded } from '../options/shared-options.ts';

interface NodeCommandOptions extends CarrierFlags, DiscoveryFlags, OwnerFlags {
  readonly name?: string | undefined;
  readonly cookie?: string | undefined;
  readonly cookieFile?: string;
  readonly dataDir?: string;
  readonly join?: readonly string[];
  readonly hidden?: boolean;
  readonly listenPort?: string;
  readonly listenHost?: string;
  readonly epmd?: string;
  readonly shell: boolean;
  readonly json?: boolean;
}

type NodeModule = (node: Node) => unknown;

const firstRetryMs = 500;
const lastRetryMs = 15_000;
/** A close that hangs must not keep an orphan alive: whoever launched us counts on two seconds. */
const closeGraceMs = 1500;

async function nodeOptionsOf(options: NodeCommandOptions): Promise<NodeOptions> {
  const { name, listenPort, listenHost } = options;
  if (name === undefined) {
    throw new CliError('CLI_BAD_OPTION', 'the node has no name', {
      remedy: 'Give --name app@127.0.0.1, or set CONVOY_NAME.',
    });
  }
  const found = await findCookieAndOwner(options);
  return {
    name,
    cookie: found.cookie,
    hidden: options.hidden === true,
    epmd: epmdOf(options),
    ...(await checkedCarrier(options, found)),
    listen: {
      ...(listenPort === undefined ? {} : { port: parsePortRange(listenPort) }),
      host: listenHost,
    },
  };
}

/** What the variables of a release say in vain, where nothing else says it. Throws CLI_BAD_OPTION. */
function refuseRelease({ name, proto, distPort }: NodeCommandOptions): void {
  const problems = releaseProblems(process.env, hostname());
  const refuse = ({ message, remedy }: ReleaseProblem): never => {
    throw new CliError('CLI_BAD_OPTION', message, { remedy });
  };
  if (name === undefined && problems.name !== undefined) refuse(problems.name);
  if (proto === undefined && problems.proto !== undefined) refuse(problems.proto);
  if (distPort === undefined && problems.distPort !== undefined) refuse(problems.distPort);
}

/** With a port that all nodes listen on there is no EPMD to ask or to register with. */
function epmdOf({ distPort, epmd }: NodeCommandOptions): EpmdChoice {
  const choice = oneOf(
    epmd ?? (distPort === undefined ? 'auto' : 'none'),
    ['auto', 'system', 'embedded', 'none'],
    '--epmd',
  );
  if (distPort === undefined || choice === 'none') return choice;
  throw new CliError('CLI_BAD_OPTION', `--epmd ${choice} and one port for all nodes exclude each other`, {
    remedy: 'Say --epmd none, or leave out --dist-port, ERL_DIST_PORT and -erl_epmd_port.',
  });
}

async function loadModule(file: string): Promise<NodeModule> {
  const url = pathToFileURL(resolve(file)).href;
  const loaded = (await import(url)) as { default?: unknown };
  if (typeof loaded.default === 'function') return loaded.default as NodeModule;
  throw new CliError('CLI_BAD_MODULE', `${file} has no function as its default export`, {
    remedy: 'Write `export default async function (node) { ... }`.',
  });
}

/** Tries a peer until it is there; a cluster may still be starting. */
async function joinPeer(node: Node, peer: string, signal: AbortSignal): Promise<void> {
  const onFailure = (error: unknown, waitMs: number): void =>
    note(`cannot join ${peer}, trying again in ${(waitMs / 1000).toFixed(1)} s: ${errorLine(error)}`);
  const connect = (): Promise<void> => node.connect(peer, { signal });
  try {
    await retry(signal, connect, { firstMs: firstRetryMs, lastMs: lastRetryMs, ref: false, onFailure });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Ends the node on a signal, or when the pipe its parent holds is closed: the parent is gone then. */
function endWith(node: Node, stop: AbortController): void {
  const end = (): void => {
    stop.abort();
    setTimeout(() => process.exit(1), closeGraceMs).unref();
    void node.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  if (process.env['CONVOY_PARENT_PIPE'] !== '1') return;
  process.stdin.once('end', end).once('close', end).once('error', end).resume();
}

/** Whoever started us from another machine is gone: nothing is left of this node, its folder included. */
function endOwnerless(node: Node): void {
  const folder = process.env['CONVOY_FOLDER'];
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  setTimeout(() => process.exit(1), closeGraceMs).unref();
  void node.close();
}

async function installServices(node: Node, options: NodeCommandOptions): Promise<void> {
  logNodeEvents(node);
  if (options.shell) {
    const { installShell } = await import('@convoy/shell/evaluator');
    installShell(node, {});
  }
  // Last: a launcher that finds the worker may open a shell at once.
  const { installDeadMan, installWorker } = await import('@convoy/cluster/worker');
  const graceMs = Number(process.env['CONVOY_DEADMAN_MS']);
  if (graceMs > 0) installDeadMan(node, { graceMs, onExpired: () => endOwnerless(node) });
  installWorker(node);
}

/** The launcher may have given us a separate cookie for connections with its own node. */
async function takeOwnLink(node: Node): Promise<void> {
  const { linkVariable, takeLink } = await import('@convoy/cluster/worker');
  const file = process.env[linkVariable];
  if (file === undefined || file === '') return;
  takeLink(node, file);
  delete process.env[linkVariable];
}

/** The one line that says it is up, on standard output: whoever started us may wait for it. */
async function announce(node: Node, options: NodeCommandOptions): Promise<void> {
  const { defaultEpmdPort } = await import('@convoy/node/epmd');
  const epmd = epmdOf(options);
  const epmdPort = epmd === 'none' ? undefined : defaultEpmdPort();
  if (options.json === true) {
    console.log(JSON.stringify({ node: node.name, port: node.port, epmd, epmdPort }));
  } else {
    const where = epmdPort === undefined ? epmd : `${epmd}, port ${epmdPort}`;
    console.log(`convoy node ${node.name} is up on port ${node.port} (epmd: ${where})`);
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
    ],
    { derived: { ...readReleaseEnvironment(process.env, hostname()) } },
  );
  refuseRelease(options);
  const nodeOptions = await nodeOptionsOf(options);
  const run = file === undefined ? undefined : await loadModule(file);
  const topologies = await readTopologies(options);
  const { startNode } = await import('@convoy/node');
  const faults = new NodeFaults();
  const node = await startNode({ ...nodeOptions, runWork: faults.runWork });
  faults.contain(node);
  const stop = new AbortController();
  endWith(node, stop);
  await takeOwnLink(node);
  await installServices(node, options);
  const discoveries = await startNodeDiscovery(node, topologies, options);
  for (const discovery of discoveries) stop.signal.addEventListener('abort', () => void discovery.close());
  await awaitPeers(discoveries, options);
  await announce(node, options);
  for (const peer of options.join ?? []) void joinPeer(node, peer, stop.signal);
  await run?.(node);
  await node.closed;
}

export function configureNode(command: Command): void {
  command
    .argument('[module]', 'a module whose default export gets the node')
    .option(
      '--name <name@host>',
      'name of the node; without a host, the one of this machine (CONVOY_NAME, RELEASE_NODE)',
    )
    .option('--join <node...>', 'nodes to connect to, tried until they are there (CONVOY_JOIN)')
    .option('--hidden', 'do not appear in nodes() of the others (CONVOY_HIDDEN)')
    .option('--listen-port <port>', 'port or range MIN-MAX to listen on (CONVOY_LISTEN_PORT)')
    .option(
      '--listen-host <address>',
      'address to listen on (CONVOY_LISTEN_HOST; else by the host of the name)',
    )
    .option('--epmd <epmd>', "auto: the machine's EPMD, else our own; system, embedded or none (CONVOY_EPMD)")
    .option('--no-shell', 'host no TypeScript shell')
    .option('--json', 'say that it is up in one JSON document');
  addDiscoveryOptions(addOwnerOption(addCarrierOptions(addCookieOptions(command))));
  addExamples(
    command,
    'convoy node --name web@127.0.0.1 --cookie-file ~/.erlang.cookie',
    'convoy node ./app.ts --name app@10.0.0.5 --join web@10.0.0.4',
    'convoy node --name app@10.0.0.5 --discover dns:query=mesh.example,prune=missing',
  );
  command.action(async (file: string | undefined, options: NodeCommandOptions) => {
    await guarded(options, () => runNode(file, options));
    // What the module has left open must not keep a closed or failed node's process alive.
    process.exit();
  });
}

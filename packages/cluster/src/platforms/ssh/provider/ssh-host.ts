/**
 * Nodes on one host that is reached over SSH. They share a cookie of that host, each has a link cookie for the connection with
 * our node (see link-cookie.ts), and they listen on loopback only. Our node reaches them through the tunnel and stays
 * connected while they run, which also keeps their dead-man switches from stopping them. When the tunnel drops, they are
 * dialled until they are connected again or known to have ended. With a memory, a later process with the same node name finds
 * them again.
 */

import { randomBytes } from 'node:crypto';
import type { Node } from '@convoy/node';
import { anySignal } from '@convoy/node/async';
import { isLongHost, nodeKinds, splitNodeName } from '@convoy/node/names';
import { HostError, ProviderError } from '../../../errors.ts';
import { type AdoptingProvider, type FoundNode, withAdoption } from '../../../launch/adoption.ts';
import { claimNode, keepNode, waitForBoot } from '../../../launch/node-ownership.ts';
import { describeMissing, type HostRuntime } from '../host/find-runtimes.ts';
import type { HostReport } from '../host/inspect-host.ts';
import { epmdNames } from '../host/list-nodes.ts';
import type { NodeMemory, RememberedNode } from '../../../launch/remembered-node.ts';
import { parseExit, type ProcessExit, watchNode } from '../../../launch/node-watch.ts';
import { quoteWord, runScript, type ScriptRow, valueOf } from '../host/remote-script.ts';
import { type StartedNode, startNodeOn, stopNode } from '../host/start-node.ts';
import { statusScript } from '../host/start-script.ts';
import type { SshTunnel } from '../host/ssh-tunnel.ts';
import type { TunnelResolver } from '../../../tunnels/tunnel-resolver.ts';
import { createLink, type NodeLink } from '../../../on-node/link-cookie.ts';
import { fileOf, type LaunchProgram, noProgramFile, parseProgram } from '../../../launch/launch-program.ts';
import { checkRelease } from '../../../launch/release/check-release.ts';
import { askForRelease } from '../../../launch/release/release-script.ts';
import { orReason } from '../../../launch/launch-failures.ts';
import type { LaunchEntry, LaunchRun } from '../../../launch/launch-platform.ts';
import { launches, waitForAnswer } from '../../../launch/launches.ts';
import type {
  LaunchedNode,
  NodeExit,
  ProviderCapability,
  ProviderNodeKind,
  ProviderRequest,
} from '../../../launch/provider.ts';
import { RemoteLog } from './remote-log.ts';

export type { NodeMemory, RememberedNode } from '../../../launch/remembered-node.ts';

/** Options of `createSshProvider`. */
export interface SshProviderOptions {
  /** An open tunnel. The caller closes it, after the provider. */
  readonly tunnel: SshTunnel;
  /** Report of the host from `inspectHost`. */
  readonly report: HostReport;
  /** The local node that connects to the launched nodes, and the routes that it uses. */
  readonly node: Node;
  readonly routes: TunnelResolver;
  /** Cookie of every node on the host. Default: a random one. */
  readonly cookie?: string | undefined;
  /** Where running nodes are recorded so that they can be found again. Default: nowhere. */
  readonly memory?: NodeMemory;
  /** Host part of the node names. Default: the host's own name, with `.internal` if it has no domain. */
  readonly host?: string | undefined;
  /** Maximum number of nodes. Default 12. */
  readonly nodeLimit?: number | undefined;
  /** How long to wait for a node to answer after starting it, in milliseconds. Default 60000. */
  readonly launchTimeoutMs?: number;
  /** A node that is not kept exits by itself when its owner has been gone for this long, in milliseconds. Default 60000. */
  readonly graceMs?: number | undefined;
}

const steps = [
  { name: 'start', label: 'Start the process on the host' },
  { name: 'answer', label: 'Dial it through the tunnel and wait for its answer' },
] as const;

const checkTimeoutMs = 20_000;
/** How much of an older log is read. */
const adoptedLines = 2000;

/** What we hold for a running node. */
interface HostProcess {
  readonly started: StartedNode;
  readonly log: RemoteLog;
  readonly exited: Promise<NodeExit>;
  /** Ends the watch; `exited` then reports an expected exit. */
  readonly unwatch: () => void;
  /** Gives up ownership of the node. Set once a node that is not kept knows us as its owner. */
  disown?: () => void;
}

/** A provider that runs nodes on a host. */
export type SshProvider = AdoptingProvider;

type Entry = LaunchEntry<HostProcess>;

/** Creates a provider that runs nodes on a host over SSH. It has the name of the tunnel: `ssh://ops@db1`. */
export function createSshProvider(options: SshProviderOptions): SshProvider {
  const { tunnel, report, nodeLimit = 12, launchTimeoutMs = 60_000 } = options;
  const { name } = tunnel;
  const nodes = new HostNodes(options);
  const isLong = isLongHost(report.hostname);
  const provider = launches<HostProcess, FoundNode>({
    name,
    capabilities: () => Promise.resolve(capabilitiesOf(report)),
    unavailable: (kind, remedy) =>
      new ProviderError('PROVIDER_UNAVAILABLE', `${kind} nodes cannot be launched on ${name}`, { remedy }),
    check: (request) => nodes.checkRequest(request),
    plan: async () => ({ taken: await nodes.registeredNames() }),
    start: (entry, run) => nodes.start(entry, run),
    stop: (entry) => nodes.stop(entry),
    leave: (entry) => Promise.resolve(nodes.leave(entry)),
    adopt: (entry, { known }, signal) => nodes.adopt(entry, known, signal),
    host: options.host ?? (isLong ? report.hostname : `${report.hostname}.internal`),
    steps,
    nodeLimit,
    launchTimeoutMs,
    limitRemedy: 'Delete one first.',
  });
  return withAdoption(provider, (known, signal) => nodes.isRunning(known, signal));
}

/** Starts, stops and finds the processes on the host. */
class HostNodes {
  readonly #options: SshProviderOptions;
  readonly #cookie: string;

  constructor(options: SshProviderOptions) {
    this.#options = options;
    this.#cookie = options.cookie ?? randomBytes(24).toString('hex');
  }

  /** Rejects with the error for what the host cannot do. */
  async checkRequest({ kind, memoryMb, program }: ProviderRequest): Promise<void> {
    const { tunnel, report } = this.#options;
    if (memoryMb !== undefined && kind !== 'typescript' && !report.system.startsWith('Linux')) {
      const message = `${tunnel.name} (${report.system}) cannot limit the memory of ${kind} nodes; only Linux can`;
      const remedy = 'Launch it without a memory limit.';
      throw new ProviderError('PROVIDER_UNSUPPORTED', message, { remedy });
    }
    const parsed = program === undefined ? undefined : parseProgram(kind, program);
    if (parsed !== undefined) await this.#checkProgram(kind, parsed);
  }

  async #checkProgram(kind: ProviderNodeKind, program: LaunchProgram): Promise<void> {
    const { tunnel } = this.#options;
    const ask = (script: string): Promise<ScriptRow[]> =>
      runScript(tunnel, script, { signal: AbortSignal.timeout(checkTimeoutMs) });
    if (program.kind === 'release') {
      const { folder } = program;
      const rows = await ask(`release=${quoteWord(folder)}\n${askForRelease}`);
      const answer = { tool: valueOf(rows, 'tool'), problem: valueOf(rows, 'problem') };
      return checkRelease({ kind, folder, where: tunnel.name }, answer);
    }
    const file = fileOf(program);
    if (file === undefined) return;
    const rows = await ask(`if [ -f ${quoteWord(file)} ]; then say there yes; fi`);
    if (valueOf(rows, 'there') !== 'yes') throw noProgramFile(file, tunnel.name);
  }

  /** The names that the host's EPMD knows, without host. */
  async registeredNames(): Promise<string[]> {
    const { tunnel, report } = this.#options;
    const names = await epmdNames(tunnel, report, AbortSignal.timeout(10_000));
    return names?.map(({ name }) => name) ?? [];
  }

  /** Whether a remembered node still runs. Removes what is left of one that has ended, also from the memory. */
  async isRunning({ id, name }: RememberedNode, signal: AbortSignal): Promise<boolean> {
    const { tunnel, memory } = this.#options;
    if (valueOf(await runScript(tunnel, statusScript(id), { signal }), 'alive') === 'yes') return true;
    await stopNode(tunnel, id);
    await memory?.delete(name);
    return false;
  }

  async adopt(entry: Entry, known: RememberedNode, signal: AbortSignal): Promise<LaunchedNode> {
    const { id, name, kind, port, osPid, linkCookie } = known;
    const stop = (): Promise<void> => stopNode(this.#options.tunnel, id);
    const started: StartedNode = { id, name, kind, cookie: this.#cookie, port, osPid, stop };
    entry.held = this.#track(entry, started, { lastLines: adoptedLines });
    await this.#connect(entry, { started, linkCookie, signal });
    return { name, kind, exited: entry.held.exited };
  }

  async start(entry: Entry, run: LaunchRun): Promise<LaunchedNode> {
    const { node, memory } = this.#options;
    const { node: name, kind, keep, join, memoryMb } = entry;
    const link = createLink(node.name);
    const held = await run.recorder.run('start', async () => {
      const started = await orReason(entry, run.signal, () => this.#start(entry, link, run.signal));
      entry.held = this.#track(entry, started);
      return { result: entry.held, detail: `process ${started.osPid}, port ${started.port}` };
    });
    const { started } = held;
    const { id, port, osPid } = started;
    await memory?.add({ id, name, kind, port, osPid, linkCookie: link.cookie, keep, join, memoryMb });
    const died = new AbortController();
    void held.exited.then((exit) => died.abort(exit));
    const signal = anySignal(run.signal, died.signal);
    await run.recorder.run('answer', async () => {
      await orReason(entry, signal, () => this.#connect(entry, { started, linkCookie: link.cookie, signal }));
      return { result: undefined, detail: 'it answered' };
    });
    return { name, kind, exited: held.exited };
  }

  /** Dials the port that the node reported, with our link cookie, and takes ownership of the node, or tells it to live on. */
  async #connect(
    entry: Entry,
    link: { readonly started: StartedNode; readonly linkCookie: string; readonly signal: AbortSignal },
  ): Promise<void> {
    const { node, routes, tunnel } = this.#options;
    const { started, linkCookie, signal } = link;
    const { name, port } = started;
    node.setCookie(name, linkCookie);
    routes.add(name, { tunnel, port });
    await waitForAnswer(() => node.connect(name, { signal }), signal);
    await waitForBoot(node, name, signal);
    if (entry.keep) await keepNode(node, name, signal);
    else if (entry.held !== undefined) entry.held.disown = claimNode(node, name);
  }

  async #start(entry: Entry, link: NodeLink, signal: AbortSignal): Promise<StartedNode> {
    const { tunnel, report, graceMs } = this.#options;
    const { name, host } = splitNodeName(entry.node);
    try {
      return await startNodeOn(tunnel, report, {
        kind: entry.kind,
        name,
        host,
        cookie: this.#cookie,
        variables: entry.variables,
        memoryMb: entry.memoryMb,
        program: entry.program,
        link,
        signal,
        graceMs,
      });
    } catch (cause) {
      if (!(cause instanceof HostError)) throw cause;
      const { message, remedy, lastOutput } = cause;
      const detail = { node: entry.node, remedy, lastOutput, cause };
      throw new ProviderError('PROVIDER_SPAWN_FAILED', message, detail);
    }
  }

  #track(entry: Entry, started: StartedNode, read: { readonly lastLines?: number } = {}): HostProcess {
    const { node, tunnel } = this.#options;
    const { log } = entry;
    const { id, name } = started;
    const exitOf = (signal: AbortSignal): Promise<ProcessExit | undefined> => exitOn(tunnel, id, signal);
    const watch = watchNode({ node, name, exitOf, lastOutput: () => log.tail(20) });
    return {
      started,
      log: RemoteLog.follow(tunnel, { id, log, ...read }),
      exited: watch.exited,
      unwatch: () => watch.end(),
    };
  }

  /** Stops the process and removes the route and the cookie; the log stays as long as the entry. */
  async stop(entry: Entry): Promise<void> {
    const { held } = entry;
    if (held === undefined) return;
    held.disown?.();
    held.unwatch();
    try {
      await held.started.stop();
      // Reached only after a successful stop: a node that could not be stopped must be found again.
      await this.#options.memory?.delete(entry.node);
    } finally {
      this.leave(entry);
    }
  }

  /** Disconnects and removes the route and the cookie. Idempotent. */
  leave({ node: name, held }: Entry): void {
    const { node, routes } = this.#options;
    held?.disown?.();
    held?.unwatch();
    held?.log.close();
    node.disconnect(name);
    routes.delete(name);
    node.setCookie(name, undefined);
  }
}

/** How the process of a node exited; `undefined` while it is alive. Waits while the tunnel is down. */
async function exitOn(tunnel: SshTunnel, id: string, signal: AbortSignal): Promise<ProcessExit | undefined> {
  const rows = await runScript(tunnel, statusScript(id), { signal });
  return valueOf(rows, 'alive') === 'yes' ? undefined : parseExit(valueOf(rows, 'exit') ?? '');
}

function capabilitiesOf(report: HostReport): ProviderCapability[] {
  return nodeKinds.map((kind) => {
    const runtime = report.runtimes[kind];
    if (runtime !== undefined) {
      const { foundBy } = runtime;
      return { kind, available: true, version: versionOf(runtime), foundBy };
    }
    const remedy = `The host ${describeMissing(kind, report)}. ${remedies[kind]}`;
    return { kind, available: false, remedy };
  });
}

function versionOf({ otpRelease, elixirVersion }: HostRuntime): string | undefined {
  if (otpRelease === undefined) return undefined;
  return elixirVersion === undefined ? `OTP ${otpRelease}` : `Elixir ${elixirVersion}, OTP ${otpRelease}`;
}

const remedies: Readonly<Record<ProviderNodeKind, string>> = {
  typescript: 'Install the `convoy` command there.',
  elixir: 'Install it there (Debian: apt-get install elixir), or add it to PATH.',
  erlang: 'Install it there (Debian: apt-get install erlang-base), or add it to PATH.',
};

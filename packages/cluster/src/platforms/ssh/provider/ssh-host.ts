/**
 * Nodes on one host that is reached by SSH. They get a cookie of that host's own, a link cookie each for the connection with
 * our node (see link-cookie.ts), and listen on its loopback only; our node reaches them through the tunnel, and stays connected to them while they run: that is also what keeps them from ending
 * by themselves. When the tunnel drops, they are dialled until they are back or known to have ended. With a memory they are
 * found again by a later process that has the same node name.
 */

import { randomBytes } from 'node:crypto';
import type { Node } from '@convoy/node';
import { anySignal } from '@convoy/node/async';
import { isLongHost, nodeKinds, splitNodeName } from '@convoy/node/names';
import { HostError, ProviderError } from '../../../errors.ts';
import { claimNode, waitForBoot } from '../../../launch/node-ownership.ts';
import type { HostReport } from '../host/inspect-host.ts';
import { epmdNames } from '../host/list-nodes.ts';
import type { NodeMemory, RememberedNode } from './remembered-node.ts';
import { runScript, valueOf } from '../host/remote-script.ts';
import { type StartedNode, startNodeOn, stopNode } from '../host/start-node.ts';
import { lookScript } from '../host/start-script.ts';
import type { SshTunnel } from '../host/ssh-tunnel.ts';
import type { TunnelResolver } from '../../../tunnels/tunnel-resolver.ts';
import { createLink, type NodeLink } from '../../../on-node/link-cookie.ts';
import {
  type LaunchEntry,
  LaunchRegistry,
  type LaunchRun,
  orReason,
  waitForAnswer,
} from '../../../launch/launch-registry.ts';
import type {
  LaunchedNode,
  LaunchOptions,
  LaunchPlan,
  NodeExit,
  Provider,
  ProviderCapability,
  ProviderLog,
  ProviderNodeKind,
  ProviderRequest,
} from '../../../launch/provider.ts';
import { RemoteLog } from './remote-log.ts';
import { watchRemoteNode } from './remote-watch.ts';

/** Options of `createSshProvider`. */
export interface SshProviderOptions {
  /** An open tunnel. The caller closes it, after the provider. */
  readonly tunnel: SshTunnel;
  /** Report of the host from `inspectHost`. */
  readonly report: HostReport;
  /** The local node that connects to the launched nodes. `routes` belongs to it. */
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
  /** A node exits by itself when its owner has been gone for this long, in milliseconds. Default 60000. */
  readonly graceMs?: number | undefined;
}

const steps = [
  { name: 'start', label: 'Start the process on the host' },
  { name: 'answer', label: 'Dial it through the tunnel and wait for its answer' },
] as const;

const adoptTimeoutMs = 20_000;

/** What is held of a node that runs. */
interface Held {
  readonly started: StartedNode;
  readonly log: RemoteLog;
  readonly exited: Promise<NodeExit>;
  /** Ends the watching; `exited` then says that the end was expected. */
  readonly unwatch: () => void;
  /** Set once it knows us as its owner. */
  disown?: () => void;
}

export interface SshProvider extends Provider {
  /**
   * Takes back a node of before that still runs. `undefined` when it does not, and is forgotten. Rejects when the host or the
   * node does not answer; the node is left as it is then.
   */
  adopt(node: RememberedNode): Promise<LaunchedNode | undefined>;
}

/** Runs nodes on a host by SSH. Its name is that of the tunnel: `ssh://ops@db1`. */
export function createSshProvider(options: SshProviderOptions): SshProvider {
  return new HostProvider(options);
}

class HostProvider implements SshProvider {
  readonly name: string;
  readonly #options: SshProviderOptions;
  readonly #cookie: string;
  readonly #registry: LaunchRegistry<Held>;

  constructor(options: SshProviderOptions) {
    this.name = options.tunnel.name;
    this.#options = options;
    this.#cookie = options.cookie ?? randomBytes(24).toString('hex');
    const { nodeLimit = 12, launchTimeoutMs = 60_000, report } = options;
    const isLong = isLongHost(report.hostname);
    this.#registry = new LaunchRegistry({
      start: (entry, run) => this.#launch(entry, run),
      remove: (entry) => this.#remove(entry),
      leave: (entry) => Promise.resolve(this.#leave(entry)),
      host: options.host ?? (isLong ? report.hostname : `${report.hostname}.internal`),
      steps,
      nodeLimit,
      launchTimeoutMs,
      limitRemedy: 'Delete one first.',
    });
  }

  capabilities(): Promise<ProviderCapability[]> {
    return Promise.resolve(capabilitiesOf(this.#options.report));
  }

  async plan(request: ProviderRequest): Promise<LaunchPlan> {
    const { tunnel, report } = this.#options;
    const { kind } = request;
    const capability = capabilitiesOf(report).find((one) => one.kind === kind);
    if (capability?.available !== true) {
      const message = `${kind} nodes cannot be launched on ${this.name}`;
      throw new ProviderError('PROVIDER_UNAVAILABLE', message, { remedy: capability?.remedy });
    }
    const names = await epmdNames(tunnel, report, AbortSignal.timeout(10_000));
    return this.#registry.reserve(request, names?.map(({ name }) => name) ?? []);
  }

  launch(plan: LaunchPlan, options?: LaunchOptions): Promise<LaunchedNode> {
    return this.#registry.launch(plan, options);
  }

  logs(node: string): ProviderLog | undefined {
    return this.#registry.logs(node);
  }

  destroy(node: string): Promise<void> {
    return this.#registry.destroy(node);
  }

  close(): Promise<void> {
    return this.#registry.close();
  }

  async adopt(known: RememberedNode): Promise<LaunchedNode | undefined> {
    const { tunnel, memory } = this.#options;
    const { id, name, kind, port, osPid } = known;
    const signal = AbortSignal.timeout(adoptTimeoutMs);
    const isAlive = valueOf(await runScript(tunnel, lookScript(id), { signal }), 'alive') === 'yes';
    if (!isAlive) {
      await stopNode(tunnel, id);
      memory?.delete(name);
      return undefined;
    }
    const stop = (): Promise<void> => stopNode(tunnel, id);
    const started: StartedNode = { id, name, kind, cookie: this.#cookie, port, osPid, stop };
    return this.#registry.adopt({ node: name, kind }, async (entry) => {
      entry.held = this.#hold(entry, started);
      await this.#connect(entry, { started, linkCookie: known.linkCookie, signal });
      return { name, kind, exited: entry.held.exited };
    });
  }

  async #launch(entry: LaunchEntry<Held>, run: LaunchRun): Promise<LaunchedNode> {
    const { node, memory } = this.#options;
    const { node: name, kind } = entry;
    const link = createLink(node.name);
    const held = await run.recorder.run('start', async () => {
      const started = await orReason(entry, run.signal, () => this.#start(entry, link, run.signal));
      entry.held = this.#hold(entry, started);
      return { result: entry.held, detail: `process ${started.osPid}, port ${started.port}` };
    });
    const { started } = held;
    const { id, port, osPid } = started;
    memory?.add({ id, name, kind, port, osPid, linkCookie: link.cookie });
    const died = new AbortController();
    void held.exited.then((exit) => died.abort(exit));
    const signal = anySignal(run.signal, died.signal);
    await run.recorder.run('answer', async () => {
      await orReason(entry, signal, () => this.#connect(entry, { started, linkCookie: link.cookie, signal }));
      return { result: undefined, detail: 'it answered' };
    });
    return { name, kind, exited: held.exited };
  }

  /** Dials the port that the node reported, with our link cookie, and takes ownership of the node. */
  async #connect(
    entry: LaunchEntry<Held>,
    way: { readonly started: StartedNode; readonly linkCookie: string; readonly signal: AbortSignal },
  ): Promise<void> {
    const { node, routes, tunnel } = this.#options;
    const { started, linkCookie, signal } = way;
    const { name, port } = started;
    node.setCookie(name, linkCookie);
    routes.add(name, { tunnel, port });
    await waitForAnswer(() => node.connect(name, { signal }), signal);
    await waitForBoot(node, name, signal);
    if (entry.held !== undefined) entry.held.disown = claimNode(node, name);
  }

  async #start(entry: LaunchEntry<Held>, link: NodeLink, signal: AbortSignal): Promise<StartedNode> {
    const { tunnel, report, graceMs } = this.#options;
    const { name, host } = splitNodeName(entry.node);
    try {
      return await startNodeOn(tunnel, report, {
        kind: entry.kind,
        name,
        host,
        cookie: this.#cookie,
        variables: entry.variables,
        link,
        signal,
        graceMs,
      });
    } catch (cause) {
      if (!(cause instanceof HostError)) throw cause;
      const { message, remedy } = cause;
      throw new ProviderError('PROVIDER_SPAWN_FAILED', message, { node: entry.node, remedy, cause });
    }
  }

  #hold(entry: LaunchEntry<Held>, started: StartedNode): Held {
    const { node, tunnel } = this.#options;
    const { log } = entry;
    const watch = watchRemoteNode({ node, tunnel, started, lastOutput: () => log.tail(20) });
    return {
      started,
      log: RemoteLog.follow(tunnel, { id: started.id, log }),
      exited: watch.exited,
      unwatch: () => watch.end(),
    };
  }

  /** Ends the process and takes back what led to it; the log stays until the entry goes. */
  async #remove(entry: LaunchEntry<Held>): Promise<void> {
    const { held } = entry;
    if (held === undefined) return;
    held.disown?.();
    held.unwatch();
    try {
      await held.started.stop();
      // One that could not be stopped may live on, and is to be found again.
      this.#options.memory?.delete(entry.node);
    } finally {
      this.#leave(entry);
    }
  }

  /** Takes back what led to it. Idempotent. */
  #leave({ node: name, held }: LaunchEntry<Held>): void {
    const { node, routes } = this.#options;
    held?.disown?.();
    held?.unwatch();
    held?.log.close();
    node.disconnect(name);
    routes.delete(name);
    node.setCookie(name, undefined);
  }
}

function capabilitiesOf({
  erl,
  elixir,
  convoy,
  otpRelease,
  elixirVersion,
}: HostReport): ProviderCapability[] {
  const otp = otpRelease === undefined ? undefined : `OTP ${otpRelease}`;
  const versions = {
    typescript: undefined,
    elixir: elixirVersion === undefined ? otp : `Elixir ${elixirVersion}, ${otp ?? ''}`,
    erlang: otp,
  };
  const found = {
    typescript: convoy !== undefined,
    elixir: elixir !== undefined && erl !== undefined,
    erlang: erl !== undefined,
  };
  return nodeKinds.map((kind) => {
    const version = versions[kind];
    if (!found[kind]) return { kind, available: false, remedy: remedies[kind] };
    return { kind, available: true, version };
  });
}

const remedies: Readonly<Record<ProviderNodeKind, string>> = {
  typescript: 'Put the `convoy` command on PATH of the login shell there.',
  elixir: 'Install it there (Debian: apt-get install elixir), or put it on PATH of the login shell.',
  erlang: 'Install it there (Debian: apt-get install erlang-base), or put it on PATH of the login shell.',
};

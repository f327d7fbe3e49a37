/**
 * Connects to a node on a host over SSH, step by step: log in, inspect the host, choose a node or start one, reach its port,
 * connect, and ask the node for its name. When a step fails, when the attempt is interrupted, and on `close`, the steps are
 * undone: the tunnel is closed, and the node is stopped only if we started it.
 */

import type { Node } from '@convoy/node';
import { atomName, type Term, Tuple } from '@convoy/node/etf';
import { anySignal } from '@convoy/node/async';
import { splitNodeName } from '@convoy/node/names';
import { HostError } from '../../../errors.ts';
import type { LaunchStep } from '../../../launch/provider.ts';
import { StepRecorder } from '../../../launch/step-recorder.ts';
import { formatSshTarget } from '../connection/ssh-target.ts';
import type { SshTarget } from '../connection/ssh-connection.ts';
import { openSshTunnel, type SshTunnel, type SshTunnelOptions } from './ssh-tunnel.ts';
import type { TunnelRoute } from '../../../tunnels/tunnel-resolver.ts';
import { describeHost, type HostReport, inspectHost } from './inspect-host.ts';
import { type HostNode, listNodes } from './list-nodes.ts';
import { claimNode, waitForBoot } from '../../../launch/node-ownership.ts';
import { portOwnerCheck } from './port-owner.ts';
import { probeNode } from './probe-node.ts';
import { readCookie } from './read-cookie.ts';
import { type StartedNode, type StartNodeOptions, startNodeOn } from './start-node.ts';

/** The node to connect to. */
export interface ConnectRequest {
  readonly name: string;
  readonly cookie: string;
  readonly route: TunnelRoute;
}

/** Options of `connectNodeOn`. */
export interface ConnectNodeOptions {
  readonly ssh?: SshTunnelOptions;
  /**
   * Chooses one of the nodes on the host, or returns `undefined` to start a new one. Default: starts a new one. The signal
   * aborts when the choice is no longer needed.
   */
  readonly choose?:
    | ((
        nodes: readonly HostNode[],
        context: { readonly report: HostReport; readonly signal: AbortSignal },
      ) => Promise<HostNode | undefined>)
    | undefined;
  /** Cookie of an existing node. Default: read on the host if `readsCookie` allows it. */
  readonly cookie?: string | undefined;
  /** Whether to read the cookie of the node's owner on the host. Default false. */
  readonly readsCookie?: boolean;
  /** Users whose nodes may be dialled, besides root, the login user, and the user whose cookie is read. */
  readonly owners?: readonly string[];
  readonly start?: Omit<StartNodeOptions, 'signal'>;
  /**
   * Connects a local node to the one on the host and returns the local node: sets the route and the cookie, then dials. It
   * must clean up after itself when it fails.
   */
  readonly connect: (request: ConnectRequest, signal: AbortSignal) => Promise<Node>;
  /** Called when a step starts and again when it ends. */
  readonly onStep?: (step: LaunchStep) => void;
  readonly signal?: AbortSignal | undefined;
}

/** A connected node on a host. */
export interface ConnectedNode {
  readonly tunnel: SshTunnel;
  readonly report: HostReport;
  /** Full name. */
  readonly name: string;
  readonly cookie: string;
  /** The node, if we started it. */
  readonly started: StartedNode | undefined;
  /** What the node reported about itself in remote calls to `inet:gethostname/0` and `erlang:node/0`. */
  readonly proof: { readonly hostname: string; readonly node: string };
  /** Stops the node if we started it, and closes the tunnel. Also reports these steps to `onStep`. Idempotent. */
  close(): Promise<void>;
}

const steps = [
  { name: 'ssh', label: 'Log in by SSH' },
  { name: 'inspect', label: 'Look for Erlang and Elixir' },
  { name: 'list', label: 'List the nodes of the host' },
  { name: 'cookie', label: 'Read the cookie' },
  { name: 'start', label: 'Start a node' },
  { name: 'probe', label: 'Reach the node through the tunnel' },
  { name: 'connect', label: 'Connect' },
  { name: 'prove', label: 'Ask the node who it is' },
  { name: 'stop', label: 'Stop the node' },
  { name: 'close', label: 'Close the tunnel' },
] as const;

const bootMs = 30_000;

/** Connects to a node on a host. Rejects with the error of the failed step: `SshError`, `HostError`, or one of dialling. */
export async function connectNodeOn(target: SshTarget, options: ConnectNodeOptions): Promise<ConnectedNode> {
  const attempt = new ConnectAttempt(target, options);
  try {
    return await attempt.run();
  } catch (error) {
    await attempt.undo().catch(() => undefined);
    throw error;
  }
}

class ConnectAttempt {
  readonly #target: SshTarget;
  readonly #options: ConnectNodeOptions;
  readonly #recorder: StepRecorder;
  readonly #signal: AbortSignal;
  #tunnel: SshTunnel | undefined;
  #started: StartedNode | undefined;
  #disown: (() => void) | undefined;
  #undoing: Promise<void> | undefined;

  constructor(target: SshTarget, options: ConnectNodeOptions) {
    this.#target = target;
    this.#options = options;
    this.#recorder = new StepRecorder(steps, options.onStep);
    this.#signal = options.signal ?? new AbortController().signal;
  }

  async run(): Promise<ConnectedNode> {
    const signal = this.#signal;
    const tunnel = await this.#step('ssh', async () => {
      this.#tunnel = await openSshTunnel(this.#target, { ...this.#options.ssh, signal });
      return { result: this.#tunnel, detail: formatSshTarget(this.#target) };
    });
    const report = await this.#step('inspect', async () => {
      const { kind } = this.#options.start ?? {};
      const kinds = kind === undefined ? undefined : [kind];
      const result = await inspectHost(tunnel, { signal, kinds });
      return { result, detail: describeHost(result) };
    });
    const chosen = await this.#choose(tunnel, report);
    const request =
      chosen === undefined
        ? await this.#start(tunnel, report)
        : await this.#useExisting(tunnel, { chosen, report });
    await this.#probe(tunnel, request);
    const node = await this.#step('connect', () => this.#connect(request));
    const proof = await this.#step('prove', async () => {
      const result = await prove(node, request.name, signal);
      return { result, detail: `${result.node} on ${result.hostname}` };
    });
    const { name, cookie } = request;
    return { tunnel, report, name, cookie, started: this.#started, proof, close: () => this.undo() };
  }

  async #connect(request: ConnectRequest): Promise<{ readonly result: Node; readonly detail: string }> {
    const result = await this.#options.connect(request, this.#signal);
    if (this.#started !== undefined) {
      await waitForBoot(result, request.name, anySignal(this.#signal, AbortSignal.timeout(bootMs)));
      this.#disown = claimNode(result, request.name);
    }
    return { result, detail: request.name };
  }

  undo(): Promise<void> {
    this.#undoing ??= this.#undo();
    return this.#undoing;
  }

  async #undo(): Promise<void> {
    this.#disown?.();
    const [tunnel, started] = [this.#tunnel, this.#started];
    try {
      if (started !== undefined) {
        await this.#recorder.run('stop', async () => {
          await started.stop();
          return { result: undefined, detail: `process ${started.osPid}` };
        });
      }
    } finally {
      if (tunnel !== undefined) {
        await this.#recorder.run('close', async () => ({ result: await tunnel.close() }));
      }
    }
  }

  #step<Result>(
    name: (typeof steps)[number]['name'],
    work: () => Promise<{ readonly result: Result; readonly detail?: string }>,
  ): Promise<Result> {
    this.#signal.throwIfAborted();
    return this.#recorder.run(name, work);
  }

  async #choose(tunnel: SshTunnel, report: HostReport): Promise<HostNode | undefined> {
    const { choose } = this.#options;
    const signal = this.#signal;
    if (choose === undefined) return undefined;
    const nodes = await this.#step('list', async () => {
      const result = await listNodes(tunnel, report, { signal });
      const count = result.length;
      return { result, detail: count === 0 ? 'none' : result.map(({ name }) => name).join(', ') };
    });
    return choose(nodes, { report, signal });
  }

  async #start(tunnel: SshTunnel, report: HostReport): Promise<ConnectRequest> {
    const signal = this.#signal;
    const started = await this.#step('start', async () => {
      this.#started = await startNodeOn(tunnel, report, { ...this.#options.start, signal });
      const { name, osPid, port } = this.#started;
      return { result: this.#started, detail: `${name}, process ${osPid}, port ${port}` };
    });
    const { name, cookie, port } = started;
    return { name, cookie, route: { tunnel, port } };
  }

  async #useExisting(
    tunnel: SshTunnel,
    { chosen, report }: { readonly chosen: HostNode; readonly report: HostReport },
  ): Promise<ConnectRequest> {
    const { name, source, port, user } = chosen;
    const cookie = await this.#cookie(tunnel, { user, report });
    const { epmdPort } = report;
    const { owners = [] } = this.#options;
    // Proving a cookie to the user who owns that cookie reveals nothing to them.
    const accept = this.#options.cookie === undefined ? [...owners, user] : owners;
    const check = portOwnerCheck(tunnel, { accept });
    const endpoint = source === 'epmd' || port === undefined ? { epmdPort } : { port };
    return { name, cookie, route: { tunnel, check, ...endpoint } };
  }

  async #cookie(
    tunnel: SshTunnel,
    { user, report }: { readonly user: string | undefined; readonly report: HostReport },
  ): Promise<string> {
    const { cookie, readsCookie = false } = this.#options;
    if (cookie !== undefined) return cookie;
    if (!readsCookie) {
      throw new HostError('HOST_NO_COOKIE', `no cookie was given for the node on ${tunnel.name}`, {
        host: tunnel.name,
        remedy: 'Set cookie, or set readsCookie to read ~/.erlang.cookie of the owner of the node.',
      });
    }
    return this.#step('cookie', async () => {
      const owner = user === undefined || user === report.user ? {} : { user };
      return {
        result: await readCookie(tunnel, { ...owner, signal: this.#signal }),
        detail: 'read on the host',
      };
    });
  }

  async #probe(tunnel: SshTunnel, { name, route }: ConnectRequest): Promise<void> {
    const { port } = route;
    // A registered node was just found in EPMD, and dialling looks its port up again.
    if (port === undefined) return;
    await this.#step('probe', async () => {
      const found = await probeNode(tunnel, port, { signal: this.#signal });
      if (found === name) return { result: undefined, detail: `port ${port}` };
      throw new HostError(
        'HOST_NO_NODE',
        `${found}, not ${name}, listens on port ${port} of ${tunnel.name}`,
        {
          host: tunnel.name,
          remedy: 'Another node took the port in the meantime: try again.',
        },
      );
    });
  }
}

/** TypeScript nodes have no `inet` module: the call to `convoy:info/0` proves that they answer. */
async function prove(node: Node, name: string, signal: AbortSignal): Promise<ConnectedNode['proof']> {
  const nodeName = await node.rpc(name, 'erlang', 'node', [], { signal }).catch(() => undefined);
  if (nodeName === undefined) {
    await node.rpc(name, 'convoy', 'info', [], { signal });
    return { hostname: splitNodeName(name).host, node: name };
  }
  const answer = await node.rpc(name, 'inet', 'gethostname', [], { signal });
  return { hostname: hostnameIn(answer), node: atomName(nodeName) ?? name };
}

function hostnameIn(answer: Term): string {
  const characters = answer instanceof Tuple ? answer.at(1) : undefined;
  if (!Array.isArray(characters)) return 'unknown';
  const isPlain = (code: unknown): code is number => typeof code === 'number' && code > 0x20 && code < 0x7f;
  return String.fromCodePoint(...characters.filter(isPlain).slice(0, 255));
}

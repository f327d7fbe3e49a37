/**
 * The hosts that this console reaches by SSH: logs in, keeps the tunnel open, launches nodes there, and connects to nodes
 * that are already running. Keys, agent and known hosts are those of the user who runs the console; passphrases are never
 * asked for.
 */

import { randomBytes, randomUUID } from 'node:crypto';
import { type LaunchedNode, type Provider, StepRecorder } from '@convoy/cluster';
import {
  createSshProvider,
  describeHost,
  formatSshTarget,
  type HostReport,
  inspectHost,
  listNodes,
  openSshTunnel,
  parseSshTarget,
  type RememberedNode,
  type SshProvider,
  type SshTarget,
  type SshTunnel,
} from '@convoy/cluster/ssh';
import { ConvoyError } from '@convoy/node';
import { anySignal } from '@convoy/node/async';
import { nodeKinds } from '@convoy/node/names';
import { ConsoleError, problemOf } from '../errors.ts';
import type { Faults, FaultScope } from '../fault-boundary.ts';
import type { AttachRequest, HostNodeView, HostRequest, HostView, Step } from '../protocol/index.ts';
import { attachNode, cookieOf, forgetNode } from './attach-node.ts';
import { checkFreeName, nameTaken } from './free-name.ts';
import { hostKeyOf } from './host-views.ts';
import type { NodeRegistry } from './node-registry.ts';
import type { OwnNode, OwnNodes } from './own-nodes.ts';

/** Options of `SshHosts`. */
export interface SshHostsOptions {
  readonly own: OwnNodes;
  readonly registry: NodeRegistry;
  readonly faults: Faults;
  /** The console's own cookie, for nodes that use the same. */
  readonly cookie: string;
  readonly nodeLimit: number;
  readonly onMeshChange: () => void;
  /** Remembered nodes on hosts, from the previous console and for the next one. */
  readonly links: HostLinks;
  /** Called with a node of the previous console that is still running. */
  readonly onAdopted: (provider: Provider, node: LaunchedNode) => void;
  readonly logger: { warn(detail: object, message: string): void };
}

/** Remembered nodes by host, whose name is its SSH target: `ssh://ops@db1`. */
export interface HostLinks {
  readonly hosts: readonly string[];
  host(name: string): { readonly cookie: string; readonly nodes: readonly RememberedNode[] } | undefined;
  add(host: string, cookie: string, node: RememberedNode): Promise<void>;
  delete(host: string, node: string): Promise<void>;
}

const maxHosts = 16;
const listTimeoutMs = 20_000;
/** Limit for closing a host; the console must end within five seconds. */
const closeGraceMs = 4000;

const steps = [
  { name: 'ssh', label: 'Log in by SSH' },
  { name: 'inspect', label: 'Look for Erlang and Elixir' },
  { name: 'list', label: 'List the nodes of the host' },
] as const;

/** Options of `diagnose` for a node on a host. */
export interface HostDiagnosisOptions {
  readonly cookie: string;
  readonly epmdPort: number;
  readonly via: { readonly target: SshTarget };
  /** Users who may own the node, because the cookie is theirs. */
  readonly owners?: readonly string[] | undefined;
  readonly port?: number | undefined;
}

interface Host {
  view: HostView;
  readonly target: SshTarget;
  /** Cookie of the nodes launched there. */
  readonly cookie: string;
  readonly closing: AbortController;
  /** Settles when all steps have ended. */
  opening: Promise<void>;
  tunnel?: SshTunnel;
  report?: HostReport;
  provider?: Provider;
  /** The own node for nodes launched there. */
  own?: OwnNode;
  /** Names of the nodes attached on this host. */
  readonly attached: Set<string>;
}

/** The connected hosts. */
export class SshHosts {
  readonly #options: SshHostsOptions;
  readonly #hosts = new Map<string, Host>();
  /** Names of the nodes that are being attached. */
  readonly #attaching = new Set<string>();

  constructor(options: SshHostsOptions) {
    this.#options = options;
  }

  views(): HostView[] {
    return [...this.#hosts.values()].map(({ view }) => view);
  }

  /** The host with this id. Throws CONSOLE_NOT_FOUND. */
  view(id: string): HostView {
    return this.#find(id).view;
  }

  /** The provider of a connected host, by the name of the host. */
  provider(name: string): Provider | undefined {
    return [...this.#hosts.values()].find((host) => host.view.name === name)?.provider;
  }

  /** Starts to connect, and returns at once. Returns the existing host of the same name, unless it has failed. Throws SSH_BAD_TARGET or CONSOLE_TOO_MANY. */
  open({ target: text, acceptNewHostKey }: HostRequest): HostView {
    const target = parseSshTarget(text);
    const name = `ssh://${formatSshTarget(target)}`;
    for (const [id, { view }] of this.#hosts) {
      if (view.name !== name) continue;
      if (view.state !== 'failed') return view;
      this.#hosts.delete(id);
    }
    if (this.#hosts.size >= maxHosts) {
      throw new ConsoleError('CONSOLE_TOO_MANY', `${maxHosts} hosts are connected, which is the limit`, {
        remedy: 'Disconnect one of them first.',
      });
    }
    const id = randomUUID();
    const host: Host = {
      view: { id, name, state: 'connecting', steps: [], capabilities: [], nodes: [] },
      target,
      // Remembered nodes that are still running keep their cookie.
      cookie: this.#options.links.host(name)?.cookie ?? randomBytes(24).toString('hex'),
      closing: new AbortController(),
      opening: Promise.resolve(),
      attached: new Set(),
    };
    this.#hosts.set(id, host);
    host.opening = this.#options.faults.own(scopeOf(host), () =>
      this.#connect(host, target, acceptNewHostKey),
    );
    return host.view;
  }

  /** Connects to the hosts on which the previous console left nodes running. */
  reopen(): void {
    for (const name of this.#options.links.hosts) {
      try {
        this.open({ target: name, acceptNewHostKey: false });
      } catch (error) {
        this.#options.logger.warn(
          { host: name, error: problemOf(error) },
          'cannot reconnect to a host of the previous console',
        );
      }
    }
  }

  /** Lists the nodes on the host again. Rejects with CONSOLE_NOT_FOUND, CONSOLE_NODE_NOT_UP or `SshError`. */
  async refresh(id: string): Promise<HostView> {
    const host = this.#find(id);
    const { tunnel } = upHost(host);
    const signal = anySignal(host.closing.signal, AbortSignal.timeout(listTimeoutMs));
    host.report = await inspectHost(tunnel, { signal, kinds: [] });
    host.view = { ...host.view, nodes: await seenNodes(tunnel, host.report, signal) };
    return host.view;
  }

  /** Connects to a node that is running on the host, and adds it to the nodes. */
  async attach(id: string, request: AttachRequest): Promise<void> {
    const host = this.#find(id);
    const { tunnel, report } = upHost(host);
    const seen = host.view.nodes.find(({ name }) => name === request.node);
    if (seen === undefined) {
      throw new ConsoleError('CONSOLE_NOT_FOUND', `no node ${request.node} was found on ${host.view.name}`, {
        remedy: 'Refresh the list of nodes on the host.',
      });
    }
    if (!host.attached.has(seen.name)) checkFreeName(this.#options.registry, seen.name);
    if (this.#attaching.has(seen.name)) throw nameTaken(seen.name, 'a host that is being connected');
    const { cookie, ...options } = this.#options;
    const given = request.cookie === 'console' ? { cookie } : {};
    this.#attaching.add(seen.name);
    try {
      await attachNode({ ...options, ...given }, { tunnel, report, seen, signal: host.closing.signal });
    } finally {
      this.#attaching.delete(seen.name);
    }
    host.attached.add(seen.name);
    this.#options.onMeshChange();
  }

  /** Whether a node is attached on one of the hosts. */
  hasAttached(node: string): boolean {
    return [...this.#hosts.values()].some(({ attached }) => attached.has(node));
  }

  /** The options for diagnosing a node on a host; `undefined` for a node on none of the hosts. */
  async diagnosisOptionsFor(node: string): Promise<HostDiagnosisOptions | undefined> {
    for (const { view, tunnel, report, cookie, target } of this.#hosts.values()) {
      const seen = view.nodes.find(({ name }) => name === node);
      const isLaunched = this.#options.registry.find(node)?.provider === view.name;
      if ((seen === undefined && !isLaunched) || report === undefined || tunnel === undefined) continue;
      const signal = AbortSignal.timeout(listTimeoutMs);
      const used = seen === undefined ? cookie : await cookieOf({ tunnel, report, seen, signal });
      const port = seen?.source === 'process' ? seen.port : undefined;
      const owners = seen?.user === undefined ? undefined : [seen.user];
      const options = { cookie: used, epmdPort: report.epmdPort, via: { target }, owners };
      return port === undefined ? options : { ...options, port };
    }
    return undefined;
  }

  /** Disconnects from an attached node, which keeps running. Resolves with `false` if the node is not attached. */
  async detach(node: string): Promise<boolean> {
    const host = [...this.#hosts.values()].find(({ attached }) => attached.delete(node));
    if (host === undefined) return false;
    await this.#forget(node);
    this.#options.onMeshChange();
    return true;
  }

  /** Stops the nodes launched on the host, leaves the others running, and closes the tunnel. Rejects with CONSOLE_NOT_FOUND. */
  async close(id: string): Promise<void> {
    const host = this.#find(id);
    host.closing.abort();
    await host.opening;
    for (const node of host.attached) await this.#forget(node);
    const launched = this.#options.registry.views().filter(({ provider }) => provider === host.view.name);
    await withinGrace(host.provider?.close());
    for (const { name } of launched) this.#options.registry.dispatch({ kind: 'removed', node: name });
    await host.tunnel?.close();
    if (host.own !== undefined) await this.#options.own.release(host.own);
    this.#hosts.delete(id);
    this.#options.onMeshChange();
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#hosts.keys()].map((id) => this.close(id)));
  }

  async #connect(host: Host, target: SshTarget, acceptNewHostKey: boolean): Promise<void> {
    const { signal } = host.closing;
    const recorder = new StepRecorder(steps, (step) => setStep(host, step));
    try {
      const tunnel = await recorder.run('ssh', async () => ({
        result: await openSshTunnel(target, { signal, ...(acceptNewHostKey ? { acceptNewHostKey } : {}) }),
      }));
      host.tunnel = tunnel;
      const report = await recorder.run('inspect', async () => {
        const result = await inspectHost(tunnel, { signal, kinds: nodeKinds });
        return { result, detail: describeHost(result) };
      });
      const nodes = await recorder.run('list', async () => {
        const result = await seenNodes(tunnel, report, signal);
        return { result, detail: result.length === 0 ? 'none' : result.map(({ name }) => name).join(', ') };
      });
      await this.#adopt(host, { tunnel, report, nodes });
    } catch (error) {
      if (!(error instanceof ConvoyError)) this.#options.faults.note(scopeOf(host), error);
      host.view = { ...host.view, state: 'failed', problem: problemOf(error), ...hostKeyOf(error) };
      await host.tunnel?.close();
    }
  }

  async #adopt(
    host: Host,
    found: { readonly tunnel: SshTunnel; readonly report: HostReport; readonly nodes: HostNodeView[] },
  ): Promise<void> {
    const { tunnel, report, nodes } = found;
    const { nodeLimit } = this.#options;
    host.report = report;
    host.own = await this.#options.own.forPlace(host.view.name);
    const { node, routes } = host.own;
    const { cookie } = host;
    const { name } = host.view;
    const { links } = this.#options;
    const memory = {
      add: (known: RememberedNode) => links.add(name, cookie, known),
      delete: (gone: string) => links.delete(name, gone),
    };
    const provider = createSshProvider({ tunnel, report, node, routes, nodeLimit, cookie, memory });
    host.provider = provider;
    const capabilities = await provider.capabilities();
    host.view = { ...host.view, state: 'up', summary: describeHost(report), capabilities, nodes };
    tunnel.onState((state) => {
      if (state.kind === 'closed') return;
      const { problem: _problem, ...rest } = host.view;
      host.view =
        state.kind === 'up'
          ? { ...rest, state: 'up' }
          : { ...rest, state: 'down', problem: problemOf(state.error) };
    });
    await this.#adoptRemembered(provider, links.host(name)?.nodes ?? []);
  }

  /** Adopts the remembered nodes that are still running. */
  async #adoptRemembered(provider: SshProvider, known: readonly RememberedNode[]): Promise<void> {
    const { onAdopted, logger } = this.#options;
    const adopt = async (one: RememberedNode): Promise<void> => {
      try {
        const found = await provider.adopt(one);
        if (found !== undefined) onAdopted(provider, found);
      } catch (error) {
        logger.warn(
          { node: one.name, error: problemOf(error) },
          'a node of the previous console does not answer',
        );
      }
    };
    await Promise.all(known.map(adopt));
  }

  async #forget(name: string): Promise<void> {
    const { own, registry } = this.#options;
    await forgetNode(own, own.of(name), name);
    registry.dispatch({ kind: 'removed', node: name });
  }

  #find(id: string): Host {
    const host = this.#hosts.get(id);
    if (host !== undefined) return host;
    throw new ConsoleError('CONSOLE_NOT_FOUND', `no connected host has the id ${id}`, {
      remedy: 'GET /api/hosts lists the connected hosts.',
    });
  }
}

/** Waits for nodes to stop, within the limit. If the host cannot be reached, its nodes end by themselves a minute later. */
async function withinGrace(stopping: Promise<void> | undefined): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, closeGraceMs);
  await Promise.race([stopping?.catch(() => undefined), late]);
  clearTimeout(timer);
}

/** The scope of a host: a fault ends the connection to it. */
function scopeOf(host: Host): FaultScope {
  const end = (fault: unknown): void => {
    host.view = { ...host.view, state: 'failed', problem: problemOf(fault) };
    host.tunnel?.close().catch(() => undefined);
  };
  return { kind: 'host', name: host.view.name, end };
}

function upHost({ tunnel, report, view }: Host): { readonly tunnel: SshTunnel; readonly report: HostReport } {
  if (view.state === 'up' && tunnel !== undefined && report !== undefined) return { tunnel, report };
  throw new ConsoleError('CONSOLE_NODE_NOT_UP', `${view.name} is ${view.state}`, {
    remedy: view.problem?.remedy ?? 'Wait until it is up.',
  });
}

async function seenNodes(
  tunnel: SshTunnel,
  report: HostReport,
  signal: AbortSignal,
): Promise<HostNodeView[]> {
  const nodes = await listNodes(tunnel, report, { signal });
  return nodes.map(({ name, port, source, answers, problem, osPid, user }) => ({
    name,
    source,
    answers,
    port,
    ...(problem === undefined ? {} : { problem: problemOf(problem) }),
    osPid,
    user,
  }));
}

function setStep(host: Host, step: Step): void {
  const known = host.view.steps.filter(({ name }) => name !== step.name);
  host.view = { ...host.view, steps: [...known, step] };
}

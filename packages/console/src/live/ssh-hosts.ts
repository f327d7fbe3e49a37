/**
 * The hosts this console reaches by SSH: logs in step by step, keeps the tunnel, is the place to launch nodes on, and
 * connects to nodes that run there already. Keys, agent and known hosts are those of the user the console runs as; nobody
 * is asked for a passphrase.
 */

import { randomBytes, randomUUID } from 'node:crypto';
import { type LaunchedNode, type Provider, StepRecorder } from '@convoy/cluster';
import {
  createSshProvider,
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
import { ConsoleError, problemOf } from '../errors.ts';
import type { Faults, Thing } from '../fault-boundary.ts';
import type { AttachRequest, HostNodeView, HostRequest, HostView, Step } from '../protocol/index.ts';
import { attachNode, cookieOf, forgetNode } from './attach-node.ts';
import { checkFreeName, nameTaken } from './free-name.ts';
import type { NodeBoard } from './node-board.ts';
import type { OwnNode, OwnNodes } from './own-nodes.ts';

export interface SshHostsOptions {
  readonly own: OwnNodes;
  readonly board: NodeBoard;
  readonly faults: Faults;
  /** The console's own, for nodes that have the same. */
  readonly cookie: string;
  readonly nodeLimit: number;
  readonly onMeshChange: () => void;
  /** What a console of before knew about nodes that it had started on hosts, and this one is to keep. */
  readonly links: HostLinks;
  /** Called for a node of the previous console that was found again. */
  readonly onAdopted: (provider: Provider, node: LaunchedNode) => void;
  readonly logger: { warn(detail: object, message: string): void };
}

/** The nodes that were started on hosts, by the way to the host: `ssh://ops@db1`. */
export interface HostLinks {
  readonly hosts: readonly string[];
  host(name: string): { readonly cookie: string; readonly nodes: readonly RememberedNode[] } | undefined;
  add(host: string, cookie: string, node: RememberedNode): void;
  delete(host: string, node: string): void;
}

const maxHosts = 16;
const listTimeoutMs = 20_000;
/** A console that is told to end must do so within five seconds. */
const closeGraceMs = 4000;

const steps = [
  { name: 'ssh', label: 'Log in by SSH' },
  { name: 'inspect', label: 'Look for Erlang and Elixir' },
  { name: 'list', label: 'List the nodes of the host' },
] as const;

/** What `diagnose` needs for a node of a host. */
export interface HostWay {
  readonly cookie: string;
  readonly epmdPort: number;
  readonly via: { readonly target: SshTarget };
  /** Whose cookie it is. */
  readonly owners?: readonly string[] | undefined;
  readonly port?: number | undefined;
}

interface Host {
  view: HostView;
  readonly target: SshTarget;
  /** Of the nodes that are launched there. */
  readonly cookie: string;
  readonly closing: AbortController;
  /** Settles when the steps are over. */
  opening: Promise<void>;
  tunnel?: SshTunnel;
  report?: HostReport;
  provider?: Provider;
  /** Ours for what is launched there. */
  own?: OwnNode;
  /** Nodes that were attached here. */
  readonly attached: Set<string>;
}

export class SshHosts {
  readonly #options: SshHostsOptions;
  readonly #hosts = new Map<string, Host>();
  /** Names that are being attached. */
  readonly #attaching = new Set<string>();

  constructor(options: SshHostsOptions) {
    this.#options = options;
  }

  views(): HostView[] {
    return [...this.#hosts.values()].map(({ view }) => view);
  }

  /** Throws CONSOLE_NOT_FOUND. */
  view(id: string): HostView {
    return this.#find(id).view;
  }

  /** The provider of a connected host, by the name of the way to it. */
  provider(name: string): Provider | undefined {
    return [...this.#hosts.values()].find((host) => host.view.name === name)?.provider;
  }

  /** Starts to connect and tells of it at once. One that is there under the same name, and did not fail, is given back. */
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
        remedy: 'Close one that is not needed.',
      });
    }
    const id = randomUUID();
    const host: Host = {
      view: { id, name, state: 'connecting', steps: [], capabilities: [], nodes: [] },
      target,
      // The nodes that still run there keep theirs.
      cookie: this.#options.links.host(name)?.cookie ?? randomBytes(24).toString('hex'),
      closing: new AbortController(),
      opening: Promise.resolve(),
      attached: new Set(),
    };
    this.#hosts.set(id, host);
    host.opening = this.#options.faults.own(thingOf(host), () =>
      this.#connect(host, target, acceptNewHostKey),
    );
    return host.view;
  }

  /** Connects to the hosts with nodes that a console of before has left running. */
  reopen(): void {
    for (const name of this.#options.links.hosts) {
      try {
        this.open({ target: name, acceptNewHostKey: false });
      } catch (error) {
        this.#options.logger.warn(
          { host: name, error: problemOf(error) },
          'cannot take over a host of the previous console',
        );
      }
    }
  }

  /** Looks again which nodes run there. */
  async refresh(id: string): Promise<HostView> {
    const host = this.#find(id);
    const { tunnel } = upHost(host);
    const signal = anySignal(host.closing.signal, AbortSignal.timeout(listTimeoutMs));
    host.report = await inspectHost(tunnel, { signal });
    host.view = { ...host.view, nodes: await seenNodes(tunnel, host.report, signal) };
    return host.view;
  }

  /** Connects to a node that runs there; it shows among the nodes then. */
  async attach(id: string, request: AttachRequest): Promise<void> {
    const host = this.#find(id);
    const { tunnel, report } = upHost(host);
    const seen = host.view.nodes.find(({ name }) => name === request.node);
    if (seen === undefined) {
      throw new ConsoleError('CONSOLE_NOT_FOUND', `no node ${request.node} was seen on ${host.view.name}`, {
        remedy: 'Look again which nodes run there.',
      });
    }
    if (!host.attached.has(seen.name)) checkFreeName(this.#options.board, seen.name);
    if (this.#attaching.has(seen.name)) throw nameTaken(seen.name, 'a host that is just being asked for it');
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

  /** Whether the node is attached on one of the hosts. */
  hasAttached(node: string): boolean {
    return [...this.#hosts.values()].some(({ attached }) => attached.has(node));
  }

  /** How the doctor reaches a node of a host; `undefined` for one that is of none. */
  async wayTo(node: string): Promise<HostWay | undefined> {
    for (const { view, tunnel, report, cookie, target } of this.#hosts.values()) {
      const seen = view.nodes.find(({ name }) => name === node);
      const isLaunched = this.#options.board.find(node)?.provider === view.name;
      if ((seen === undefined && !isLaunched) || report === undefined || tunnel === undefined) continue;
      const signal = AbortSignal.timeout(listTimeoutMs);
      const owners = seen === undefined ? cookie : await cookieOf({ tunnel, report, seen, signal });
      const port = seen?.source === 'process' ? seen.port : undefined;
      const user = seen?.user;
      const of = user === undefined ? undefined : [user];
      const way = { cookie: owners, epmdPort: report.epmdPort, via: { target }, owners: of };
      return port === undefined ? way : { ...way, port };
    }
    return undefined;
  }

  /** Disconnects from an attached node and leaves it alone. `false` when it is none. */
  async detach(node: string): Promise<boolean> {
    const host = [...this.#hosts.values()].find(({ attached }) => attached.delete(node));
    if (host === undefined) return false;
    await this.#forget(node);
    this.#options.onMeshChange();
    return true;
  }

  /** Stops what was launched there, leaves the rest alone, and closes the tunnel. */
  async close(id: string): Promise<void> {
    const host = this.#find(id);
    host.closing.abort();
    await host.opening;
    for (const node of host.attached) await this.#forget(node);
    const launched = this.#options.board.views().filter(({ provider }) => provider === host.view.name);
    await withinGrace(host.provider?.close());
    for (const { name } of launched) this.#options.board.dispatch({ kind: 'removed', node: name });
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
        const result = await inspectHost(tunnel, { signal });
        return { result, detail: summaryOf(result) };
      });
      const nodes = await recorder.run('list', async () => {
        const result = await seenNodes(tunnel, report, signal);
        return { result, detail: result.length === 0 ? 'none' : result.map(({ name }) => name).join(', ') };
      });
      await this.#adopt(host, { tunnel, report, nodes });
    } catch (error) {
      if (!(error instanceof ConvoyError)) this.#options.faults.note(thingOf(host), error);
      host.view = { ...host.view, state: 'failed', problem: problemOf(error) };
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
    host.view = { ...host.view, state: 'up', summary: summaryOf(report), capabilities, nodes };
    tunnel.onState((state) => {
      if (state.kind === 'closed') return;
      const { problem: _problem, ...rest } = host.view;
      host.view =
        state.kind === 'up'
          ? { ...rest, state: 'up' }
          : { ...rest, state: 'down', problem: problemOf(state.error) };
    });
    await this.#takeBack(provider, links.host(name)?.nodes ?? []);
  }

  /** Finds the nodes of before again, those that still run. */
  async #takeBack(provider: SshProvider, known: readonly RememberedNode[]): Promise<void> {
    const { onAdopted, logger } = this.#options;
    const takeBack = async (one: RememberedNode): Promise<void> => {
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
    await Promise.all(known.map(takeBack));
  }

  async #forget(name: string): Promise<void> {
    const { own, board } = this.#options;
    await forgetNode(own, own.of(name), name);
    board.dispatch({ kind: 'removed', node: name });
  }

  #find(id: string): Host {
    const host = this.#hosts.get(id);
    if (host !== undefined) return host;
    throw new ConsoleError('CONSOLE_NOT_FOUND', 'no such host is connected', {
      remedy: 'GET /api/hosts lists those that are.',
    });
  }
}

/** Nodes that cannot be stopped now, because the host is out of reach, end by themselves a minute later. */
async function withinGrace(stopping: Promise<void> | undefined): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, closeGraceMs);
  await Promise.race([stopping?.catch(() => undefined), late]);
  clearTimeout(timer);
}

/** A fault in what keeps the connection to a host ends that connection. */
function thingOf(host: Host): Thing {
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

function summaryOf({ otpRelease, elixirVersion, hostname, system }: HostReport): string {
  const erlang = otpRelease === undefined ? 'no Erlang' : `OTP ${otpRelease}`;
  return `${erlang}${elixirVersion === undefined ? '' : `, Elixir ${elixirVersion}`} on ${hostname} (${system})`;
}

/**
 * One host that is reached by SSH: logs in, keeps the tunnel open, lists the nodes that run there, launches others, and finds
 * those of the previous console again. Keys, agent and known hosts are those of the user who runs the console; passphrases are
 * never asked for.
 */

import { randomBytes, randomUUID } from 'node:crypto';
import { type Provider, StepRecorder } from '@convoy/cluster';
import {
  createSshProvider,
  describeHost,
  formatSshTarget,
  type HostReport,
  inspectHost,
  listNodes,
  openSshTunnel,
  portOwnerCheck,
  type RememberedNode,
  type SshProvider,
  type SshTarget,
  type SshTunnel,
} from '@convoy/cluster/ssh';
import { ConvoyError } from '@convoy/node';
import { anySignal } from '@convoy/node/async';
import { nodeKinds } from '@convoy/node/names';
import { ConsoleError, problemOf } from '../../errors.ts';
import type { FaultScope } from '../../fault-boundary.ts';
import type { OpenedPlace, OpenPlaces, PlaceContext } from '../open-places.ts';
import type { AttachRoute, OpenRoute, Way } from '../place.ts';
import type { AttachRequest, HostNodeView, HostRequest, HostView, Step } from '../../protocol/index.ts';
import type { OwnNode } from '../../own-nodes.ts';
import { hostKeyOf } from './host-views.ts';
import { type ReachedHost, readOwnersCookie, routeTo, wayTo } from './ssh-ways.ts';

/** Remembered nodes by the key of their place: `ssh://ops@db1`. */
export interface HostLinks {
  /** The keys, of all platforms. */
  readonly places: readonly string[];
  place(key: string): { readonly cookie: string; readonly nodes: readonly RememberedNode[] } | undefined;
  add(place: string, cookie: string, node: RememberedNode): Promise<void>;
  delete(place: string, node: string): Promise<void>;
}

/** Options of `SshPlace`. */
export interface SshPlaceOptions {
  readonly context: PlaceContext;
  readonly hosts: OpenPlaces<SshPlace>;
  /** Remembered nodes, from the previous console and for the next one. */
  readonly links: HostLinks;
  /** The console's own cookie, for nodes that use the same. */
  readonly cookie: string;
}

const listTimeoutMs = 20_000;

const steps = [
  { name: 'ssh', label: 'Log in by SSH' },
  { name: 'inspect', label: 'Look for Erlang and Elixir' },
  { name: 'list', label: 'List the nodes of the host' },
] as const;

/** One host. */
export class SshPlace implements OpenedPlace {
  readonly kind = 'ssh';
  readonly nodesFindEachOther = false;
  readonly id: string = randomUUID();
  readonly key: string;
  readonly scope: FaultScope;
  readonly closing: AbortController = new AbortController();
  readonly #options: SshPlaceOptions;
  readonly #target: SshTarget;
  /** Cookie of the nodes launched there. */
  readonly #cookie: string;
  #view: HostView;
  #opening: Promise<void> = Promise.resolve();
  #tunnel: SshTunnel | undefined;
  #report: HostReport | undefined;
  #provider: Provider | undefined;
  #own: OwnNode | undefined;

  constructor(target: SshTarget, options: SshPlaceOptions) {
    this.#options = options;
    this.#target = target;
    this.key = keyOf(target);
    // Remembered nodes that are still running keep their cookie.
    this.#cookie = options.links.place(this.key)?.cookie ?? randomBytes(24).toString('hex');
    const { id, key: name } = this;
    this.#view = { id, name, state: 'connecting', steps: [], capabilities: [], nodes: [] };
    this.scope = { kind: 'host', name, end: (fault) => this.#fail(fault) };
  }

  get label(): string {
    return this.key;
  }

  get identity(): string {
    return this.key;
  }

  get view(): HostView {
    return this.#view;
  }

  get provider(): Provider | undefined {
    return this.#provider;
  }

  get own(): OwnNode | undefined {
    return this.#own;
  }

  get opening(): Promise<void> {
    return this.#opening;
  }

  get hasFailed(): boolean {
    return this.#view.state === 'failed';
  }

  /** Starts to connect, and returns at once. */
  open({ acceptNewHostKey, acceptHostKey }: Pick<HostRequest, 'acceptNewHostKey' | 'acceptHostKey'>): void {
    const accept = acceptHostKey ?? acceptNewHostKey;
    this.#opening = this.#options.hosts.run(this, () => this.#connect(accept));
  }

  /** Lists the nodes on the host again. Rejects with CONSOLE_NODE_NOT_UP or `SshError`. */
  async refresh(): Promise<HostView> {
    const { tunnel } = this.#reached();
    const signal = anySignal(this.closing.signal, AbortSignal.timeout(listTimeoutMs));
    this.#report = await inspectHost(tunnel, { signal, kinds: [] });
    this.#view = { ...this.#view, nodes: await seenNodes(tunnel, this.#report, signal) };
    return this.#view;
  }

  /** The way to a node that runs on the host. Throws CONSOLE_NODE_NOT_UP or CONSOLE_NOT_FOUND. */
  attachRoute(request: AttachRequest): AttachRoute {
    const { tunnel, report } = this.#reached();
    const seen = this.#view.nodes.find(({ name }) => name === request.node);
    if (seen === undefined) {
      throw new ConsoleError('CONSOLE_NOT_FOUND', `no node ${request.node} was found on ${this.key}`, {
        remedy: 'Refresh the list of nodes on the host.',
      });
    }
    const { name, source, port } = seen;
    const { epmdPort } = report;
    const isOurs = request.cookie === 'console';
    // The owner of the cookie learns nothing from a proof of it.
    const check = portOwnerCheck(tunnel, { accept: isOurs ? [] : [seen.user] });
    const { signal } = this.closing;
    return {
      node: name,
      place: { key: this.key, kind: this.kind },
      cookie: isOurs ? this.#options.cookie : () => readOwnersCookie({ tunnel, report }, seen, signal),
      route: { tunnel, check, ...(source === 'epmd' || port === undefined ? { epmdPort } : { port }) },
      detail: tunnel.name,
      signal,
    };
  }

  /** Looks for a node that was not seen before. */
  async routeTo(node: string): Promise<OpenRoute> {
    const reached = this.#reached();
    if (!this.lists(node)) await this.refresh();
    // The tunnel is that of the place.
    return { route: routeTo(reached, node, this.#seen(node)), close: () => Promise.resolve() };
  }

  lists(node: string): boolean {
    return this.#view.nodes.some(({ name }) => name === node);
  }

  async examine<Result>(
    node: string,
    probe: (way: Way) => Promise<Result>,
    cookie?: string,
  ): Promise<Result | undefined> {
    const [tunnel, report] = [this.#tunnel, this.#report];
    if (tunnel === undefined || report === undefined) return undefined;
    const [reached, target] = [{ tunnel, report }, this.#target];
    const isLaunched = this.#provider?.logs(node) !== undefined;
    const seen = isLaunched ? undefined : this.#seen(node);
    const known = cookie ?? (seen === undefined ? this.#cookie : undefined);
    const found = known ?? (await readOwnersCookie(reached, seen, AbortSignal.timeout(listTimeoutMs)));
    return probe(wayTo(reached, node, { target, cookie: found, seen, isForeign: cookie !== undefined }));
  }

  /** Kept nodes live on. If the host cannot be reached, the others end by themselves a minute later. */
  async stopNodes(): Promise<void> {
    await this.#provider?.close().catch(() => undefined);
  }

  async release(): Promise<void> {
    await this.#tunnel?.close();
  }

  async #connect(acceptNewHostKey: boolean | string): Promise<void> {
    const { signal } = this.closing;
    const recorder = new StepRecorder(steps, (step) => this.#setStep(step));
    try {
      const tunnel = await recorder.run('ssh', async () => ({
        result: await openSshTunnel(this.#target, {
          signal,
          ...(acceptNewHostKey === false ? {} : { acceptNewHostKey }),
        }),
      }));
      this.#tunnel = tunnel;
      const report = await recorder.run('inspect', async () => {
        const result = await inspectHost(tunnel, { signal, kinds: nodeKinds });
        return { result, detail: describeHost(result) };
      });
      const nodes = await recorder.run('list', async () => {
        const result = await seenNodes(tunnel, report, signal);
        return { result, detail: result.length === 0 ? 'none' : result.map(({ name }) => name).join(', ') };
      });
      this.#report = report;
      await this.#start({ tunnel, report }, nodes);
    } catch (error) {
      if (!(error instanceof ConvoyError)) this.#options.context.faults.note(this.scope, error);
      this.#view = { ...this.#view, state: 'failed', problem: problemOf(error), ...hostKeyOf(error) };
      await this.#tunnel?.close();
    }
  }

  async #start({ tunnel, report }: ReachedHost, nodes: HostNodeView[]): Promise<void> {
    const { context, links, hosts } = this.#options;
    this.#own = await context.own.forPlace(this.key);
    const { node, routes } = this.#own;
    const { nodeLimit, logger } = context;
    const cookie = this.#cookie;
    const memory = {
      add: (known: RememberedNode) => links.add(this.key, cookie, known),
      delete: (gone: string) => links.delete(this.key, gone),
    };
    const provider: SshProvider = createSshProvider({
      ...{ tunnel, report, node, routes, nodeLimit, cookie, memory },
    });
    this.#provider = provider;
    const capabilities = await provider.capabilities();
    this.#view = { ...this.#view, state: 'up', summary: describeHost(report), capabilities, nodes };
    context.places.noteChange();
    tunnel.onState((state) => {
      if (state.kind === 'closed') return;
      const { problem: _problem, ...rest } = this.#view;
      this.#view =
        state.kind === 'up'
          ? { ...rest, state: 'up' }
          : { ...rest, state: 'down', problem: problemOf(state.error) };
    });
    await hosts.adopt(this, links.place(this.key)?.nodes ?? [], {
      adopt: (known) => provider.adopt(known),
      launchedAs: (known) => known,
      onFailure: ({ name }, error) =>
        logger.warn(
          { node: name, error: problemOf(error) },
          'a node of the previous console does not answer',
        ),
    });
  }

  #fail(fault: unknown): void {
    this.#view = { ...this.#view, state: 'failed', problem: problemOf(fault) };
    this.#tunnel?.close().catch(() => undefined);
  }

  #setStep(step: Step): void {
    const known = this.#view.steps.filter(({ name }) => name !== step.name);
    this.#view = { ...this.#view, steps: [...known, step] };
  }

  #seen(node: string): HostNodeView | undefined {
    return this.#view.nodes.find(({ name }) => name === node);
  }

  #reached(): ReachedHost {
    const [tunnel, report, { state, problem }] = [this.#tunnel, this.#report, this.#view];
    if (state === 'up' && tunnel !== undefined && report !== undefined) return { tunnel, report };
    throw new ConsoleError('CONSOLE_NODE_NOT_UP', `${this.key} is ${state}`, {
      remedy: problem?.remedy ?? 'Wait until it is up.',
    });
  }
}

const scheme = 'ssh://';

/** Whether a place is a host that is reached by SSH. */
export function isSshKey(key: string): boolean {
  return key.startsWith(scheme);
}

/** The key of the place that a target leads to: `ssh://ops@db1`. */
export function keyOf(target: SshTarget): string {
  return `${scheme}${formatSshTarget(target)}`;
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
    problem: problem === undefined ? undefined : problemOf(problem),
    osPid,
    user,
  }));
}

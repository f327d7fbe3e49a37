/**
 * The ways to the nodes of an environment, also to those that Convoy did not deploy: a node is found by the variable RELEASE_NODE of its service, or by the
 * service that its host is named after. Nothing is changed there.
 */

import { abortable } from '@convoy/node/async';
import { isFullNodeName, splitNodeName } from '@convoy/node/names';
import { ProviderError } from '../../../errors.ts';
import type { RailwayEnvironment } from '../client/railway-environment.ts';
import { explained } from '../deployments/provider-failures.ts';
import { type MarkedNode, MarkedNodes } from '../services/marked-nodes.ts';
import { type OpenRoute, openRoute, type RailwayReach, type RailwayRoute, withRoute } from './reach.ts';

/** Options of `createRailwayWays`. */
export interface RailwayWaysOptions {
  /** The environment, from `client.environment(...)`. The caller closes the client. */
  readonly environment: RailwayEnvironment;
  /** How its nodes are reached. Its `routes` are not used: each caller has its own. */
  readonly reach: RailwayReach;
}

/** The ways to the nodes of an environment. Each rejects with PROVIDER_NO_NODE for a node that no service runs. */
export interface RailwayWays {
  /** Whether a service runs this node, as far as the last search has shown. */
  lists(node: string): boolean;
  /** Opens the route to a node, or shares one that is open. The caller closes it. Rejects with `SshError`, `ProviderError`, or the signal's reason. */
  open(node: string, options: { readonly signal: AbortSignal }): Promise<OpenRoute>;
  /** Calls `probe` with the route to a node, whether or not it answers. `cookie`: default that of the variables of its service. */
  examine<Result>(
    node: string,
    probe: (route: RailwayRoute) => Promise<Result>,
    cookie?: string,
  ): Promise<Result>;
  /** Closes the routes that are open. */
  close(): Promise<void>;
}

type NodeService = Pick<MarkedNode, 'serviceInstanceId' | 'serviceName' | 'cookie' | 'port'>;

/** Every release has it, and Convoy's own nodes do, too. */
const nameVariable = 'RELEASE_NODE';
/** A node that was found keeps its service. Each search takes two requests, of as few as 100 an hour. */
const freshMs = 60_000;
/** Searches for several nodes in a row are one. */
const sameSearchMs = 2000;
const maxNamed = 10;

interface SharedRoute {
  holders: number;
  readonly opening: Promise<OpenRoute | undefined>;
}

interface Listing {
  readonly at: number;
  readonly nodes: readonly MarkedNode[];
}

/** Makes no request yet. */
export function createRailwayWays(options: RailwayWaysOptions): RailwayWays {
  return new EnvironmentWays(options);
}

class EnvironmentWays implements RailwayWays {
  readonly #options: RailwayWaysOptions;
  readonly #marked: MarkedNodes;
  #last: Listing = { at: -Infinity, nodes: [] };
  #listing: Promise<Listing> | undefined;
  /** By service and port. */
  readonly #routes = new Map<string, SharedRoute>();

  constructor(options: RailwayWaysOptions) {
    this.#options = options;
    this.#marked = new MarkedNodes(options.environment, nameVariable);
  }

  lists(node: string): boolean {
    return this.#last.nodes.some(({ name }) => name === node);
  }

  async open(node: string, { signal }: { readonly signal: AbortSignal }): Promise<OpenRoute> {
    const { serviceInstanceId, serviceName, port } = await this.#find(node, signal);
    const opened = await this.#open({ serviceInstanceId, port, signal });
    if (opened !== undefined) return opened;
    throw new ProviderError(
      'PROVIDER_UNREACHABLE',
      `the variables of the service ${serviceName} do not say on which port ${node} listens`,
      { node, remedy: 'Set ERL_DIST_PORT on the service, and deploy it again.' },
    );
  }

  async examine<Result>(
    node: string,
    probe: (route: RailwayRoute) => Promise<Result>,
    cookie?: string,
  ): Promise<Result> {
    const { serviceInstanceId, serviceName, port, cookie: own } = await this.#find(node);
    const used = cookie ?? own;
    if (used !== undefined) {
      return withRoute(this.#options.reach, { serviceInstanceId, port, cookie: used }, probe);
    }
    throw new ProviderError(
      'PROVIDER_UNREACHABLE',
      `the service ${serviceName} has no variable RELEASE_COOKIE, so the cookie of ${node} is not known`,
      { node, remedy: 'Give the cookie, or a file that has it.' },
    );
  }

  async close(): Promise<void> {
    const routes = [...this.#routes.values()];
    this.#routes.clear();
    const close = async ({ opening }: SharedRoute): Promise<void> => {
      const opened = await opening.catch(() => undefined);
      await opened?.close();
    };
    await Promise.all(routes.map(close));
  }

  /** A tunnel serves all who reach the same service, and is closed with the last of them. */
  async #open(
    target: Pick<NodeService, 'serviceInstanceId' | 'port'> & { readonly signal: AbortSignal },
  ): Promise<OpenRoute | undefined> {
    const key = `${target.serviceInstanceId} ${target.port}`;
    const shared = this.#routes.get(key) ?? { holders: 0, opening: openRoute(this.#options.reach, target) };
    shared.holders += 1;
    this.#routes.set(key, shared);
    let isHeld = true;
    const release = (): boolean => {
      if (isHeld) shared.holders -= 1;
      isHeld = false;
      if (shared.holders > 0 || this.#routes.get(key) !== shared) return false;
      return this.#routes.delete(key);
    };
    try {
      const opened = await shared.opening;
      if (opened === undefined) release();
      return opened && { ...opened, close: async () => (release() ? opened.close() : undefined) };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Rejects with PROVIDER_NO_NODE. */
  async #find(node: string, signal?: AbortSignal): Promise<NodeService> {
    const found = await this.#named(node, signal);
    if (found !== undefined) return found;
    const service = await explained(node, () => this.#serviceOfHost(node, signal));
    if (service !== undefined) return service;
    const names = this.#last.nodes.map(({ name }) => name).filter(isFullNodeName);
    const some = names.slice(0, maxNamed).join(', ');
    throw new ProviderError('PROVIDER_NO_NODE', `no service of this environment runs ${node}`, {
      node,
      remedy:
        names.length === 0
          ? 'Set RELEASE_NODE on the service of the node, and deploy it again.'
          : `Use one of its nodes: ${some}${names.length > maxNamed ? ', ...' : ''}.`,
    });
  }

  async #named(node: string, signal: AbortSignal | undefined): Promise<MarkedNode | undefined> {
    const isNode = ({ name }: MarkedNode): boolean => name === node;
    const known = this.#last.nodes.find(isNode);
    const ageMs = performance.now() - this.#last.at;
    if (ageMs < (known === undefined ? sameSearchMs : freshMs)) return known;
    this.#listing ??= this.#list().finally(() => (this.#listing = undefined));
    const listing = this.#listing;
    const { nodes } = await explained(node, () => abortable(listing, signal));
    return nodes.find(isNode);
  }

  async #list(): Promise<Listing> {
    this.#last = { nodes: await this.#marked.list(), at: performance.now() };
    return this.#last;
  }

  /** The service with the name of the node's host, unless it runs another node. */
  async #serviceOfHost(node: string, signal: AbortSignal | undefined): Promise<NodeService | undefined> {
    const [label] = splitNodeName(node).host.split('.', 1);
    const services = await this.#options.environment.services({ signal });
    const service = services.find(({ name }) => name === label);
    const isOther = (one: MarkedNode): boolean =>
      one.serviceId === service?.serviceId && isFullNodeName(one.name);
    if (service === undefined || this.#last.nodes.some(isOther)) return undefined;
    const { serviceId, serviceInstanceId, name: serviceName } = service;
    const { cookie, port } = await this.#marked.identify(serviceId, serviceName, { signal });
    return { serviceInstanceId, serviceName, cookie, port };
  }
}

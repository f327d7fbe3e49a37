/**
 * Railway environments as places to launch nodes in. Nodes there outlive this console: opening a place adopts the running
 * nodes of its cluster, and closing it leaves them running.
 */

import { randomUUID } from 'node:crypto';
import type { LaunchedNode, ProviderNodeKind, TunnelResolver } from '@convoy/cluster';
import { createRailwayProvider, type RailwayProvider, type RailwayReach } from '@convoy/cluster/railway';
import { ConsoleError, problemOf } from '../errors.ts';
import type {
  RailwayControlRequest,
  RailwayEnvironmentView,
  RailwayLogin,
  RailwayPlaceRequest,
  RailwayPlaceView,
  RailwayView,
} from '../protocol/index.ts';
import type { Faults } from '../fault-boundary.ts';
import type { NodeRegistry } from './node-registry.ts';
import type { OwnNode, OwnNodes } from './own-nodes.ts';
import { loggedOut, RailwayAccount } from './railway-account.ts';
import { imagesOf, viewOf } from './railway-views.ts';

/** Settings for Railway. */
export interface RailwaySettings {
  /** Name of the platform on the page. Default `Railway`. */
  readonly label?: string;
  /** URL of the API. Default: Railway's. */
  readonly endpoint?: string | undefined;
  /** A token that logged-in users can use but not see. Default: RAILWAY_TOKEN or RAILWAY_API_TOKEN of the environment. */
  readonly token?: string;
  /** Images proposed for each kind of node. */
  readonly images?: Readonly<Partial<Record<ProviderNodeKind, string>>> | undefined;
  /** How nodes are reached. Default: directly inside Railway's private network, otherwise through its SSH relay. */
  readonly reach?: (routes: TunnelResolver) => RailwayReach;
  /** Whether nodes use IPv6. Default true. */
  readonly ipv6?: boolean | undefined;
}

/** Options of `RailwayPlaces`. */
export interface RailwayPlacesOptions {
  readonly own: OwnNodes;
  readonly registry: NodeRegistry;
  readonly faults: Faults;
  readonly nodeLimit: number;
  readonly settings: RailwaySettings;
  readonly env: NodeJS.ProcessEnv;
  /** Called with a running node that was adopted. */
  readonly onAdopted: (provider: RailwayProvider, launched: LaunchedNode) => void;
  /** Called with the name of a place that was closed. */
  readonly onClosed: (place: string) => void;
  readonly onMeshChange: () => void;
}

const maxPlaces = 8;

interface Place {
  view: RailwayPlaceView;
  /** The own node for the cluster of the place. */
  readonly own: OwnNode;
  readonly provider: RailwayProvider;
  readonly environmentId: string;
  readonly closing: AbortController;
}

/** The open environments. */
export class RailwayPlaces {
  readonly #options: RailwayPlacesOptions;
  readonly #account: RailwayAccount;
  readonly #places = new Map<string, Place>();
  /** Pending calls of `open` by environment, so that concurrent calls share one. */
  readonly #opening = new Map<string, Promise<RailwayPlaceView>>();
  /** Aborts work that was started with the previous token. */
  #session = new AbortController();

  constructor(options: RailwayPlacesOptions) {
    const { settings, env } = options;
    const tokens = [settings.token, env['RAILWAY_TOKEN'], env['RAILWAY_API_TOKEN']];
    this.#options = options;
    this.#account = new RailwayAccount({
      endpoint: settings.endpoint,
      ownToken: tokens.find((token) => token !== undefined && token !== ''),
    });
  }

  view(): RailwayView {
    const { label = 'Railway', images = {} } = this.#options.settings;
    const account = this.#account.view;
    const { remaining, limit, resetAt } = account === undefined ? {} : this.#account.client.budget;
    return {
      label,
      hasOwnToken: this.#account.hasOwnToken,
      images,
      places: [...this.#places.values()].map(({ view }) => view),
      account,
      ...(remaining === undefined
        ? {}
        : {
            budget: {
              remaining,
              limit,
              resetAt,
            },
          }),
    };
  }

  /** Logs in with a token. Places of the previous token are closed; their nodes keep running. Rejects with `RailwayError`. */
  async login({ token }: RailwayLogin): Promise<RailwayView> {
    await this.#closePlaces();
    await this.#account.logout();
    await this.#account.login(token);
    return this.view();
  }

  async logout(): Promise<void> {
    await this.#closePlaces();
    await this.#account.logout();
  }

  environments(projectId: string): Promise<RailwayEnvironmentView[]> {
    return this.#account.environments(projectId);
  }

  /** The provider of a place, by the name of the place. */
  provider(name: string): RailwayProvider | undefined {
    return [...this.#places.values()].find(({ view }) => view.name === name)?.provider;
  }

  /** Opens a place, or returns the one that is already open. Rejects with `RailwayError` if the environment cannot be read. */
  async open(request: RailwayPlaceRequest): Promise<RailwayPlaceView> {
    const { environmentId } = request;
    const known = [...this.#places.values()].find((place) => place.environmentId === environmentId);
    if (known !== undefined) return known.view;
    const opening = this.#opening.get(environmentId) ?? this.#open(request);
    this.#opening.set(environmentId, opening);
    try {
      return await opening;
    } finally {
      this.#opening.delete(environmentId);
    }
  }

  async #open(request: RailwayPlaceRequest): Promise<RailwayPlaceView> {
    const { signal } = this.#session;
    if (this.#places.size + this.#opening.size >= maxPlaces) {
      throw new ConsoleError('CONSOLE_TOO_MANY', `${maxPlaces} environments are open, which is the limit`, {
        remedy: 'Close one of them first.',
      });
    }
    const { project, environment } = await this.#namesOf(request);
    const name = `railway:${project}/${environment}`;
    const own = await this.#options.own.forPlace(`${name}/${request.cluster ?? ''}`);
    const provider = this.#providerFor(name, own, request);
    try {
      const capabilities = await provider.capabilities();
      const id = randomUUID();
      const view = { id, name, project, environment, capabilities, nodes: [] };
      const { environmentId } = request;
      const place: Place = { view, own, provider, environmentId, closing: new AbortController() };
      await this.#refresh(place);
      signal.throwIfAborted();
      this.#places.set(id, place);
      this.#options.faults.run({ kind: 'railway', name: place.view.name }, () => this.#adoptAll(place));
      return place.view;
    } catch (error) {
      await provider.close();
      await this.#options.own.release(own);
      throw error;
    }
  }

  /** Lists the nodes of a place again. Rejects with CONSOLE_NOT_FOUND or `RailwayError`. */
  async refresh(id: string): Promise<RailwayPlaceView> {
    const place = this.#find(id);
    await this.#refresh(place);
    return place.view;
  }

  placeName(id: string): string {
    return this.#find(id).view.name;
  }

  /** Performs an action on a node. Rejects with CONSOLE_NOT_FOUND, PROVIDER_NO_NODE or `RailwayError`. */
  async control(id: string, { node, action }: RailwayControlRequest): Promise<RailwayPlaceView> {
    const place = this.#find(id);
    if (action === 'adopt') await this.#adopt(place, node);
    else if (action === 'delete') await this.#delete(place, node);
    else await place.provider.control(node, action);
    return this.refresh(id);
  }

  /** Closes a place. Its nodes keep running, but are no longer shown. */
  async close(id: string): Promise<void> {
    const place = this.#find(id);
    this.#places.delete(id);
    place.closing.abort();
    await place.provider.close();
    const { own, registry, onClosed } = this.#options;
    await own.release(place.own);
    onClosed(place.view.name);
    for (const { name, provider } of registry.views()) {
      if (provider === place.view.name) registry.dispatch({ kind: 'removed', node: name });
    }
    this.#options.onMeshChange();
  }

  closeAll(): Promise<void> {
    return this.logout();
  }

  async #closePlaces(): Promise<void> {
    this.#session.abort(loggedOut());
    this.#session = new AbortController();
    await Promise.all([...this.#places.keys()].map((id) => this.close(id)));
  }

  async #delete({ provider }: Place, node: string): Promise<void> {
    await provider.destroy(node);
    this.#options.registry.dispatch({ kind: 'removed', node });
    this.#options.onMeshChange();
  }

  async #namesOf({
    projectId,
    environmentId,
  }: RailwayPlaceRequest): Promise<{ project: string; environment: string }> {
    const project = this.#account.view?.projects.find(({ id }) => id === projectId);
    const environments = await this.#account.environments(projectId);
    const environment = environments.find(({ id }) => id === environmentId);
    if (project !== undefined && environment !== undefined) {
      return { project: project.name, environment: environment.name };
    }
    throw new ConsoleError('CONSOLE_NOT_FOUND', `the token has no access to environment ${environmentId}`, {
      remedy: 'Choose one of the projects that GET /api/railway lists.',
    });
  }

  #providerFor(name: string, { node, routes }: OwnNode, request: RailwayPlaceRequest): RailwayProvider {
    const { nodeLimit, settings } = this.#options;
    const { cluster, region, projectId, environmentId } = request;
    return createRailwayProvider({
      name,
      environment: this.#account.client.environment({ projectId, environmentId }),
      node,
      nodeLimit,
      cluster,
      images: imagesOf(request.images ?? settings.images ?? {}),
      reach: settings.reach?.(routes) ?? this.#defaultReach(routes),
      ...(settings.ipv6 === undefined ? {} : { ipv6: settings.ipv6 }),
      region,
    });
  }

  #defaultReach(routes: TunnelResolver): RailwayReach {
    const { env } = this.#options;
    return env['RAILWAY_PRIVATE_DOMAIN'] === undefined
      ? { kind: 'relay', routes }
      : { kind: 'direct', routes };
  }

  async #refresh(place: Place): Promise<void> {
    const nodes = await place.provider.existing({ signal: place.closing.signal });
    const { problem: _problem, ...rest } = place.view;
    place.view = { ...rest, nodes: nodes.map((node) => viewOf(node)) };
  }

  /** Adopts all running nodes of a place. The view reports a node that cannot be reached. */
  async #adoptAll(place: Place): Promise<void> {
    const running = place.view.nodes.filter(({ status, isStopped }) => status === 'SUCCESS' && !isStopped);
    await Promise.all(
      running.map(async ({ name }) => {
        try {
          await this.#adopt(place, name);
        } catch (error) {
          if (!place.closing.signal.aborted) place.view = { ...place.view, problem: problemOf(error) };
        }
      }),
    );
  }

  async #adopt({ provider, closing }: Place, node: string): Promise<void> {
    const launched = await provider.adopt(node, { signal: closing.signal });
    if (!closing.signal.aborted) this.#options.onAdopted(provider, launched);
  }

  #find(id: string): Place {
    const place = this.#places.get(id);
    if (place !== undefined) return place;
    throw new ConsoleError('CONSOLE_NOT_FOUND', `no open Railway environment has the id ${id}`, {
      remedy: 'GET /api/railway lists the open environments.',
    });
  }
}

/**
 * Environments of Railway as places to launch nodes in. Nodes there outlive this console: when a place is opened, those of
 * its cluster that run are taken among the console's own, and closing it leaves them alone.
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
import type { NodeBoard } from './node-board.ts';
import type { OwnNode, OwnNodes } from './own-nodes.ts';
import { loggedOut, RailwayAccount } from './railway-account.ts';
import { imagesOf, viewOf } from './railway-views.ts';

/** What the console is told about Railway when it starts. */
export interface RailwaySettings {
  /** Default `Railway`. */
  readonly label?: string;
  /** Default: Railway's own. */
  readonly endpoint?: string | undefined;
  /** Offered to whoever is logged in, and never shown. Default: RAILWAY_API_TOKEN or RAILWAY_TOKEN of the environment. */
  readonly token?: string;
  /** Images proposed for each kind of node. */
  readonly images?: Readonly<Partial<Record<ProviderNodeKind, string>>> | undefined;
  /** How nodes are reached. Default: directly inside the private network of Railway, else through its SSH relay. */
  readonly reach?: (routes: TunnelResolver) => RailwayReach;
  /** Default true. */
  readonly ipv6?: boolean | undefined;
}

export interface RailwayPlacesOptions {
  readonly own: OwnNodes;
  readonly board: NodeBoard;
  readonly faults: Faults;
  readonly nodeLimit: number;
  readonly settings: RailwaySettings;
  readonly env: NodeJS.ProcessEnv;
  /** Takes a node that runs there among those of the console. */
  readonly onAdopted: (provider: RailwayProvider, launched: LaunchedNode) => void;
  /** A place is closed, by its name: what runs there is no longer the console's business. */
  readonly onClosed: (place: string) => void;
  readonly onMeshChange: () => void;
}

const maxPlaces = 8;

interface Place {
  view: RailwayPlaceView;
  /** Ours for the cluster of the place. */
  readonly own: OwnNode;
  readonly provider: RailwayProvider;
  readonly environmentId: string;
  readonly closing: AbortController;
}

export class RailwayPlaces {
  readonly #options: RailwayPlacesOptions;
  readonly #account: RailwayAccount;
  readonly #places = new Map<string, Place>();
  /** By environment: two who open one at a time get the same. */
  readonly #opening = new Map<string, Promise<RailwayPlaceView>>();
  /** Ends what was begun with the token before. */
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

  /** Places of another token are closed; their nodes go on. */
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

  /** One that is open already is given back. Rejects with `RailwayError` when the environment cannot be looked at. */
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
        remedy: 'Close one that is not needed.',
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
      await this.#look(place);
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

  /** Looks again which nodes there are. */
  async look(id: string): Promise<RailwayPlaceView> {
    const place = this.#find(id);
    await this.#look(place);
    return place.view;
  }

  placeName(id: string): string {
    return this.#find(id).view.name;
  }

  /** Nodes that the console has among its own are deleted by their own route, which closes their shells first. */
  async control(id: string, { node, action }: RailwayControlRequest): Promise<RailwayPlaceView> {
    const place = this.#find(id);
    if (action === 'adopt') await this.#adopt(place, node);
    else if (action === 'delete') await this.#delete(place, node);
    else await place.provider.control(node, action);
    return this.look(id);
  }

  /** Its nodes go on; the console no longer shows them. */
  async close(id: string): Promise<void> {
    const place = this.#find(id);
    this.#places.delete(id);
    place.closing.abort();
    await place.provider.close();
    const { own, board, onClosed } = this.#options;
    await own.release(place.own);
    onClosed(place.view.name);
    for (const { name, provider } of board.views()) {
      if (provider === place.view.name) board.dispatch({ kind: 'removed', node: name });
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
    this.#options.board.dispatch({ kind: 'removed', node });
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
    throw new ConsoleError('CONSOLE_NOT_FOUND', 'the token reaches no such environment', {
      remedy: 'GET /api/railway lists the projects it reaches.',
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

  async #look(place: Place): Promise<void> {
    const nodes = await place.provider.existing({ signal: place.closing.signal });
    const { problem: _problem, ...rest } = place.view;
    place.view = { ...rest, nodes: nodes.map((node) => viewOf(node)) };
  }

  /** What runs there is the console's business from now on; what cannot be reached is told in the view. */
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
    throw new ConsoleError('CONSOLE_NOT_FOUND', 'no such environment of Railway is open', {
      remedy: 'GET /api/railway lists those that are.',
    });
  }
}

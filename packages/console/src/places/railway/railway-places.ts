/** The platform of Railway environments: an account, and the environments of it that are open. */

import type { PlatformForm, ProviderNodeKind, TunnelResolver } from '@convoy/cluster';
import {
  createRailwayProvider,
  createRailwayWays,
  railwayForm,
  type RailwayEnvironment,
  type RailwayProvider,
  type RailwayReach,
  railwayToken,
} from '@convoy/cluster/railway';
import { ConsoleError } from '../../errors.ts';
import { checkForm } from '../form-schema.ts';
import { OpenPlaces, type PlaceContext } from '../open-places.ts';
import type { Platform } from '../place.ts';
import {
  type RailwayControlRequest,
  type RailwayEnvironmentView,
  type RailwayLogin,
  type RailwayPlaceRequest,
  railwayPlaceRequestSchema,
  type RailwayPlaceView,
  type RailwayView,
} from '../../protocol/index.ts';
import type { OwnNode } from '../../own-nodes.ts';
import { loggedOut, RailwayAccount } from './railway-account.ts';
import { RailwayPlace } from './railway-place.ts';
import { imagesOf } from './railway-views.ts';

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

/** What the platform needs besides the context of all. */
export interface RailwayPlatformSettings extends RailwaySettings {
  readonly env: NodeJS.ProcessEnv;
}

const scheme = 'railway:';

interface Reached {
  readonly environment: RailwayEnvironment;
  readonly reach: RailwayReach;
}

/** The open environments. */
export class RailwayPlaces implements Platform {
  readonly kind = 'railway';
  readonly form: PlatformForm;
  readonly #context: PlaceContext;
  readonly #settings: RailwayPlatformSettings;
  readonly #account: RailwayAccount;
  readonly #places: OpenPlaces<RailwayPlace>;
  /** Aborts work that was started with the previous token. */
  #session = new AbortController();
  /** Whether a user has logged out: the console's own token is then used only when a user asks for it. */
  #isLoggedOut = false;
  #loggingIn: Promise<unknown> | undefined;

  constructor(context: PlaceContext, settings: RailwayPlatformSettings) {
    const { nodeLimit } = context;
    const { env } = settings;
    const { token = '' } = settings;
    this.#context = context;
    this.#settings = settings;
    this.form = railwayForm({ nodeLimit, images: Object.values(settings.images ?? {}) });
    this.#account = new RailwayAccount({
      endpoint: settings.endpoint,
      ownToken: token === '' ? railwayToken(env) : token,
    });
    this.#places = new OpenPlaces(context, {
      limit: 8,
      full: { what: 'environments are open', remedy: 'Close one of them first.' },
      unknown: {
        what: 'no open Railway environment',
        remedy: 'GET /api/railway lists the open environments.',
      },
    });
  }

  view(): RailwayView {
    const { label = 'Railway', images = {} } = this.#settings;
    const account = this.#account.view;
    const { remaining, limit, resetAt } = account === undefined ? {} : this.#account.client.budget;
    const budget = remaining === undefined ? undefined : { remaining, limit, resetAt };
    const { hasOwnToken } = this.#account;
    return { label, hasOwnToken, images, places: this.#places.views, account, budget };
  }

  /** Logs in with a token. Places of the previous token are closed; their nodes keep running. Rejects with `RailwayError`. */
  async login(request: RailwayLogin): Promise<RailwayView> {
    checkForm(this.form.login, request);
    await this.logout();
    await this.#account.login(request.token);
    this.#isLoggedOut = false;
    return this.view();
  }

  async logout(): Promise<void> {
    this.#isLoggedOut = true;
    this.#session.abort(loggedOut());
    this.#session = new AbortController();
    await this.#places.closeAll();
    await this.#account.logout();
  }

  environments(projectId: string): Promise<RailwayEnvironmentView[]> {
    return this.#account.environments(projectId);
  }

  /** The open place with this id. Throws CONSOLE_NOT_FOUND. */
  place(id: string): RailwayPlace {
    return this.#places.find(id);
  }

  /** Opens a place, or returns the one that is already open. Rejects with `RailwayError` if the environment cannot be read. */
  async open(request: RailwayPlaceRequest): Promise<RailwayPlaceView> {
    checkForm(this.form.open, request);
    const place = await this.#places.open(request.environmentId, (add) => this.#open(request, add));
    return place.view;
  }

  /**
   * The place with this key, `railway:shop/production`. It is opened if need be, and the console logs in with its own token unless a user
   * has logged out. Resolves with `undefined` for the keys of other platforms. Rejects with CONSOLE_NODE_NOT_UP, CONSOLE_NOT_FOUND,
   * CONSOLE_TOO_MANY or `RailwayError`.
   */
  async reach(key: string): Promise<RailwayPlace | undefined> {
    if (!key.startsWith(scheme)) return undefined;
    const open = this.#places.all.find((place) => place.key === key);
    if (open !== undefined) return open;
    if (this.#account.view === undefined) await this.#logInBy(key);
    const request = await this.#requestFor(key);
    return this.#places.open(request.environmentId, (add) => this.#open(request, add));
  }

  /** Lists the nodes of a place again. Rejects with CONSOLE_NOT_FOUND or `RailwayError`. */
  async refresh(id: string): Promise<RailwayPlaceView> {
    return this.place(id).refresh();
  }

  /** Performs an action on a node. Rejects with CONSOLE_NOT_FOUND, PROVIDER_NO_NODE or `RailwayError`. */
  async control(id: string, request: RailwayControlRequest): Promise<RailwayPlaceView> {
    return this.place(id).control(request);
  }

  /** Closes a place. Its nodes keep running, but are no longer shown. */
  close(id: string): Promise<void> {
    return this.#places.close(id);
  }

  closeAll(): Promise<void> {
    return this.logout();
  }

  async #open(
    request: RailwayPlaceRequest,
    add: (place: RailwayPlace) => RailwayPlace,
  ): Promise<RailwayPlace> {
    const { signal } = this.#session;
    const { environmentId } = request;
    const { project, environment } = await this.#namesOf(request);
    const key = `${this.#prefixOf({ name: project, id: request.projectId })}${environment}`;
    const own = await this.#context.own.forPlace(`${key}/${request.cluster ?? ''}`);
    const reached = this.#reachOf(own, request);
    const provider = this.#providerFor(key, { own, ...reached }, request);
    try {
      const capabilities = await provider.capabilities();
      const place = new RailwayPlace({
        ...{ context: this.#context, places: this.#places, key, project, environment, environmentId },
        ...{ capabilities, provider, own, ways: createRailwayWays(reached) },
      });
      await place.refresh();
      signal.throwIfAborted();
      add(place);
      this.#context.faults.run(place.scope, () => place.adoptAll());
      return place;
    } catch (error) {
      await provider.close();
      await this.#context.own.release(own);
      throw error;
    }
  }

  /** Uses the console's own token to open this place. */
  async #logInBy(key: string): Promise<void> {
    if (this.#account.hasOwnToken && !this.#isLoggedOut) {
      this.#loggingIn ??= this.#account.login(undefined).finally(() => (this.#loggingIn = undefined));
      await this.#loggingIn;
      return;
    }
    throw new ConsoleError(
      'CONSOLE_NODE_NOT_UP',
      `${key} is not open: this console is not logged in to Railway`,
      {
        remedy:
          'Connect Railway with a token first. A console that has one in RAILWAY_API_TOKEN when it starts connects by itself.',
      },
    );
  }

  /** The request that opens the environment with this key. Rejects with CONSOLE_NOT_FOUND. */
  async #requestFor(key: string): Promise<RailwayPlaceRequest> {
    for (const project of this.#account.view?.projects ?? []) {
      const prefix = this.#prefixOf(project);
      if (!key.startsWith(prefix)) continue;
      const environments = await this.#account.environments(project.id);
      const found = environments.find(({ name }) => `${prefix}${name}` === key);
      if (found !== undefined)
        return railwayPlaceRequestSchema.parse({ projectId: project.id, environmentId: found.id });
    }
    throw new ConsoleError('CONSOLE_NOT_FOUND', `the token has no access to an environment ${key}`, {
      remedy: `Write ${scheme}PROJECT/ENVIRONMENT with the names that Railway shows.`,
    });
  }

  /** What the keys of a project's places begin with. Projects of the same name must not share a key and an own node. */
  #prefixOf({ name, id }: { readonly name: string; readonly id: string }): string {
    const twins = this.#account.view?.projects.filter((one) => one.name === name) ?? [];
    return `${scheme}${name}${twins.length > 1 ? `#${id.slice(-8)}` : ''}/`;
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

  /** The environment, and how its nodes are reached. */
  #reachOf({ routes }: OwnNode, { projectId, environmentId }: RailwayPlaceRequest): Reached {
    return {
      environment: this.#account.client.environment({ projectId, environmentId }),
      reach: this.#settings.reach?.(routes) ?? this.#defaultReach(routes),
    };
  }

  #providerFor(
    name: string,
    { own: { node }, environment, reach }: Reached & { readonly own: OwnNode },
    request: RailwayPlaceRequest,
  ): RailwayProvider {
    const { images, ipv6 } = this.#settings;
    const { cluster, region } = request;
    return createRailwayProvider({
      name,
      environment,
      reach,
      node,
      nodeLimit: this.#context.nodeLimit,
      cluster,
      images: imagesOf(request.images ?? images ?? {}),
      ...(ipv6 === undefined ? {} : { ipv6 }),
      region,
    });
  }

  #defaultReach(routes: TunnelResolver): RailwayReach {
    return this.#settings.env['RAILWAY_PRIVATE_DOMAIN'] === undefined
      ? { kind: 'relay', routes }
      : { kind: 'direct', routes };
  }
}

/** The services of the environment that are marked as nodes of the cluster, whoever made them, and what they say of themselves. */

import type { DeploymentStatus, RailwayService } from '../model/resources.ts';
import type { ApiCallOptions } from '../calls/railway-api.ts';
import type { RailwayEnvironment } from '../client/railway-environment.ts';
import type { ProviderNodeKind } from '../../../launch/provider.ts';
import { currentOf } from '../deployments/deployment-phase.ts';
import { hasCode } from '../deployments/provider-failures.ts';
import { kindOf } from './service-names.ts';

/** A node on Railway, up or not. */
export interface RailwayNode {
  /** Full name. Only the first part and `@` when Railway has given its service no host yet. */
  readonly name: string;
  readonly kind: ProviderNodeKind;
  readonly serviceId: string;
  readonly serviceName: string;
  readonly region: string | undefined;
  /** The one that runs, or else the latest; `undefined` before the first. */
  readonly deploymentId: string | undefined;
  readonly status: DeploymentStatus | undefined;
  /** Nothing of it runs, and nothing will by itself. */
  readonly isStopped: boolean;
}

export interface MarkedNode extends RailwayNode {
  readonly serviceInstanceId: string;
  readonly cookie: string | undefined;
}

/** Requests under way; Railway's smallest plans take ten per second. */
const atOnce = 4;

interface Identity {
  readonly name: string;
  readonly kind: ProviderNodeKind;
  readonly cookie: string | undefined;
}

export class MarkedNodes {
  readonly #environment: RailwayEnvironment;
  readonly #mark: string;
  /** By service, with the deployment it was read at: variables take effect with the next one. */
  readonly #identities = new Map<string, { readonly at: string; readonly identity: Identity }>();

  constructor(environment: RailwayEnvironment, mark: string) {
    this.#environment = environment;
    this.#mark = mark;
  }

  services(options?: ApiCallOptions): Promise<RailwayService[]> {
    return this.#environment.markedServices(this.#mark, options);
  }

  async list(options?: ApiCallOptions): Promise<MarkedNode[]> {
    const services = await this.services(options);
    const known = new Set(services.map(({ serviceId }) => serviceId));
    for (const id of this.#identities.keys()) if (!known.has(id)) this.#identities.delete(id);
    const nodes: MarkedNode[] = [];
    for (let from = 0; from < services.length; from += atOnce) {
      const some = services.slice(from, from + atOnce);
      const found = await Promise.all(some.map((service) => this.#describe(service, options)));
      for (const node of found) if (node !== undefined) nodes.push(node);
    }
    return nodes;
  }

  /** The cookie of the cluster, where somebody has one already. */
  async cookie(options?: ApiCallOptions): Promise<string | undefined> {
    for (const service of await this.services(options)) {
      const node = await this.#describe(service, options);
      if (node?.cookie !== undefined) return node.cookie;
    }
    return undefined;
  }

  /** What its variables say, references in them followed. Rejects with `RailwayError`. */
  async identify(serviceId: string, fallback: string, options?: ApiCallOptions): Promise<Identity> {
    const variables = await this.#environment.variables(serviceId, options);
    const { RELEASE_NODE: name, RELEASE_COOKIE: cookie, CONVOY_KIND: kind } = variables;
    const isNamed = name !== undefined && name !== '';
    return {
      name: isNamed ? name : fallback,
      kind: kindOf(kind),
      cookie: cookie === '' ? undefined : cookie,
    };
  }

  /** `undefined` when it has gone meanwhile. */
  async #describe(service: RailwayService, options?: ApiCallOptions): Promise<MarkedNode | undefined> {
    const { serviceId, serviceInstanceId, name: serviceName, region } = service;
    const current = currentOf(service);
    const at = current?.id ?? '';
    try {
      const known = this.#identities.get(serviceId);
      const identity =
        known?.at === at ? known.identity : await this.identify(serviceId, serviceName, options);
      this.#identities.set(serviceId, { at, identity });
      return {
        ...identity,
        serviceId,
        serviceInstanceId,
        serviceName,
        region,
        deploymentId: current?.id,
        status: current?.status,
        isStopped: current?.isStopped ?? true,
      };
    } catch (error) {
      if (hasCode(error, 'RAILWAY_NOT_FOUND')) return undefined;
      throw error;
    }
  }
}

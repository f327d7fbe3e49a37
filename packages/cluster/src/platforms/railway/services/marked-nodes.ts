/** The services of the environment that have a variable which marks them as nodes, no matter who created them, and their identities. */

import type { DeploymentStatus, RailwayService } from '../model/resources.ts';
import type { ApiCallOptions } from '../calls/railway-api.ts';
import type { RailwayEnvironment } from '../client/railway-environment.ts';
import type { ProviderNodeKind } from '../../../launch/provider.ts';
import { currentOf } from '../deployments/deployment-phase.ts';
import { hasCode } from '../deployments/provider-failures.ts';
import { distPortOf } from './node-settings.ts';
import { kindOf } from './service-names.ts';

/** A node on Railway, running or not. */
export interface RailwayNode {
  /** Full name. Ends with `@` as long as Railway has not given its service a host. */
  readonly name: string;
  readonly kind: ProviderNodeKind;
  readonly serviceId: string;
  readonly serviceName: string;
  readonly region: string | undefined;
  /** Id of the running deployment, otherwise of the latest; `undefined` before the first. */
  readonly deploymentId: string | undefined;
  readonly status: DeploymentStatus | undefined;
  /** Whether its container has stopped and will not start again without a request. */
  readonly isStopped: boolean;
}

export interface MarkedNode extends RailwayNode {
  readonly serviceInstanceId: string;
  readonly cookie: string | undefined;
  /** Its distribution port, if its variables set one. */
  readonly port: number | undefined;
}

/** Maximum number of concurrent requests. Railway's smallest plans allow ten per second. */
const concurrency = 4;

interface Identity {
  readonly name: string;
  readonly kind: ProviderNodeKind;
  readonly cookie: string | undefined;
  readonly port: number | undefined;
}

export class MarkedNodes {
  readonly #environment: RailwayEnvironment;
  readonly #mark: string;
  /** By service id, with the deployment it was read for: variables take effect with the next deployment. */
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
    for (let from = 0; from < services.length; from += concurrency) {
      const some = services.slice(from, from + concurrency);
      const found = await Promise.all(some.map((service) => this.#describe(service, options)));
      for (const node of found) if (node !== undefined) nodes.push(node);
    }
    return nodes;
  }

  /** The cookie of the cluster, if any of its nodes has one. */
  async cookie(options?: ApiCallOptions): Promise<string | undefined> {
    for (const service of await this.services(options)) {
      const node = await this.#describe(service, options);
      if (node?.cookie !== undefined) return node.cookie;
    }
    return undefined;
  }

  /** Reads a node's identity from its variables, with references resolved. Rejects with `RailwayError`. */
  async identify(serviceId: string, fallback: string, options?: ApiCallOptions): Promise<Identity> {
    const variables = await this.#environment.variables(serviceId, options);
    const { RELEASE_NODE: name, RELEASE_COOKIE: cookie, CONVOY_KIND: kind } = variables;
    const isNamed = name !== undefined && name !== '';
    return {
      name: isNamed ? name : fallback,
      kind: kindOf(kind),
      cookie: cookie === '' ? undefined : cookie,
      port: distPortOf(variables),
    };
  }

  /** `undefined` when the service has been deleted in the meantime. */
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

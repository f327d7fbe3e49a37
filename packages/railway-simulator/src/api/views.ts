/** Turns the simulator's tables into the objects of the API's schema. */

import type { DeploymentEngine } from '../world/deployment-engine.ts';
import { isStopped } from '../world/deployment-machine.ts';
import type {
  DeploymentRecord,
  DeploymentSnapshot,
  RecordedEvent,
  SimulatedInstance,
} from '../world/deployment-record.ts';
import type { SimulatedEnvironment, SimulatedWorld } from '../world/simulated-world.ts';

export interface PageArguments {
  readonly first?: number;
  readonly after?: string | undefined;
}

const defaultPage = 50;
const maxPage = 500;

/** One page of a list. A cursor is the index after the last item, which clients must not rely on. */
export function connection(items: readonly unknown[], { first, after }: PageArguments): unknown {
  const from = after === undefined ? 0 : Math.max(0, Number(after.replace('cursor-', '')) || 0);
  const size = Math.max(0, Math.min(first ?? defaultPage, maxPage));
  const nodes = items.slice(from, from + size);
  const end = from + nodes.length;
  return {
    edges: nodes.map((node) => ({ node })),
    pageInfo: {
      hasNextPage: end < items.length,
      endCursor: nodes.length === 0 ? null : `cursor-${end}`,
    },
  };
}

function isActive({ state }: DeploymentRecord): boolean {
  return state.status === 'SUCCESS' && !isStopped(state);
}

export class Views {
  readonly #world: SimulatedWorld;
  readonly #engine: DeploymentEngine;

  constructor(world: SimulatedWorld, engine: DeploymentEngine) {
    this.#world = world;
    this.#engine = engine;
  }

  environment(environment: SimulatedEnvironment): object {
    const instances = this.#world.instancesOf(environment.id);
    const shared = Object.keys(environment.shared).map((name) => ({ name, serviceId: null }));
    const own = instances.flatMap(({ serviceId, variables }) =>
      Object.keys(variables).map((name) => ({ name, serviceId })),
    );
    return {
      ...environment,
      isEphemeral: environment.isFork,
      serviceInstances: (page: PageArguments) =>
        connection(
          instances.map((instance) => this.instance(instance)),
          page,
        ),
      variables: (page: PageArguments) => connection([...shared, ...own], page),
    };
  }

  instance(instance: SimulatedInstance): object {
    const { source, deployments } = instance;
    const latest = deployments.at(-1);
    return {
      ...instance,
      numReplicas: 1,
      startCommand: instance.startCommand ?? null,
      source: source === undefined ? null : { image: null, repo: null, ...source },
      latestDeployment: latest === undefined ? null : this.deployment(latest),
      activeDeployments: deployments.filter(isActive).map((one) => this.deployment(one)),
    };
  }

  deployment(deployment: DeploymentRecord, snapshot: DeploymentSnapshot = deployment): object {
    const { id, instanceId, instance, createdAt } = deployment;
    const { state, updatedAt } = snapshot;
    return {
      id,
      status: state.status,
      deploymentStopped: isStopped(state),
      createdAt: new Date(createdAt).toISOString(),
      updatedAt: new Date(updatedAt).toISOString(),
      environmentId: instance.environmentId,
      serviceId: instance.serviceId,
      instances: state.instance === undefined ? [] : [{ id: instanceId, status: state.instance }],
      sockets: async () =>
        (await this.#engine.sockets(deployment)).map(({ isIpv6, ...socket }) => ({
          ...socket,
          ipv6: isIpv6,
        })),
    };
  }

  /** The latest state of each step. */
  events({ events }: DeploymentRecord): RecordedEvent[] {
    return [...new Map(events.items.map((event) => [event.id, event])).values()];
  }
}

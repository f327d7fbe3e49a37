/** A cluster that somebody has deployed on a simulated Railway: plain services of releases, which Convoy has not marked. */

import { createRailwayClient, type RailwayClient, type RailwayEnvironment } from '@convoy/cluster/railway';
import type { RailwaySimulator } from '@convoy/railway-simulator';
import { eventually } from '../eventually.ts';

/** A node of the cluster. */
export interface DeployedNode {
  /** Full name. */
  readonly name: string;
  readonly serviceId: string;
  readonly deploymentId: string;
}

export interface DeployOptions {
  /** The parts of the names before the @, which are also those of the services. Each connects to those before it. */
  readonly names: readonly string[];
  readonly cookie: string;
  readonly image?: 'erlang:27' | 'elixir:1.18' | 'convoy-node';
  /** Whether they reach one another over IPv6. Default false. */
  readonly isIpv6?: boolean;
}

const distPort = 9100;

export class DeployedCluster implements AsyncDisposable {
  readonly environment: RailwayEnvironment;
  readonly nodes: DeployedNode[] = [];
  readonly #client: RailwayClient;

  /** Deploys into the first environment of the first project. */
  static async deploy(
    { endpoint, token }: Pick<RailwaySimulator, 'endpoint' | 'token'>,
    { names, ...others }: DeployOptions,
  ): Promise<DeployedCluster> {
    const client = createRailwayClient({ endpoint, token });
    try {
      const [{ id: projectId } = { id: '' }] = await client.projects();
      const [{ id: environmentId } = { id: '' }] = await client.environments(projectId);
      const cluster = new DeployedCluster(client, client.environment({ projectId, environmentId }));
      for (const name of names) await cluster.#add(name, others);
      return cluster;
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  private constructor(client: RailwayClient, environment: RailwayEnvironment) {
    this.#client = client;
    this.environment = environment;
  }

  /** Stops the container of a node; its service stays. */
  async stop({ deploymentId }: DeployedNode): Promise<void> {
    await this.environment.stop(deploymentId);
    await eventually('the container to stop', 30_000, async () => {
      return (await this.environment.deployment(deploymentId)).isStopped;
    });
  }

  async #add(
    name: string,
    { cookie, image = 'erlang:27', isIpv6 = false }: Omit<DeployOptions, 'names'>,
  ): Promise<void> {
    const { environment } = this;
    const proto = isIpv6 ? '-proto_dist inet6_tcp ' : '';
    const { serviceId } = await environment.createService({
      name,
      settings: { source: { image }, restartPolicyType: 'NEVER' },
      variables: {
        RELEASE_NODE: `${name}@\${{RAILWAY_PRIVATE_DOMAIN}}`,
        RELEASE_COOKIE: cookie,
        RELEASE_DISTRIBUTION: 'name',
        CONVOY_CONNECT: this.nodes.map((node) => node.name).join(' '),
        ...(image === 'convoy-node'
          ? { ERL_DIST_PORT: String(distPort) }
          : { ERL_AFLAGS: `${proto}-start_epmd false -erl_epmd_port ${distPort}` }),
      },
    });
    const deploymentId = await environment.deploy(serviceId);
    const { RELEASE_NODE: node = '' } = await environment.variables(serviceId);
    await eventually(`${node} to be up`, 60_000, async () => {
      const lines = await environment.recentLogs(deploymentId).catch(() => []);
      return lines.some(({ text }) => text.includes('is up'));
    });
    this.nodes.push({ name: node, serviceId, deploymentId });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close();
  }
}

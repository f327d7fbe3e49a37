/**
 * Discovers the nodes of a cluster through Railway's API: services that the Railway provider has marked, whatever their names.
 * For programs that watch or operate a cluster; its nodes have no token and use the private network, see railway-dns.ts.
 */

import { isFullNodeName } from '@convoy/node/names';
import type { SeenPeer, Strategy } from '../../../strategies/strategy.ts';
import { MarkedNodes, type RailwayNode } from '../services/marked-nodes.ts';
import { markOf } from '../services/service-names.ts';
import { chooseByName } from '../model/choose-by-name.ts';
import type { DeploymentStatus } from '../model/resources.ts';
import type { RailwayClient } from '../client/railway-client.ts';
import type { RailwayEnvironment } from '../client/railway-environment.ts';
import { createPollingStrategy, type PollingOptions } from '../../../strategies/polling.ts';

/** Options of `createRailwayStrategy`. */
export interface RailwayStrategyOptions extends PollingOptions {
  /** The environment, from `client.environment(...)`. The caller closes the client. */
  readonly environment: RailwayEnvironment;
  /** Id of the cluster, as given to the provider. Default `convoy`. */
  readonly cluster?: string;
  /** Time between lookups in milliseconds. Default 60 s: each takes two requests or more, of as few as 100 an hour. */
  readonly intervalMs?: number;
  /** Timeout of one lookup in milliseconds. Default 30 s. */
  readonly timeoutMs?: number | undefined;
}

/** Options of `createRailwayAccountStrategy`. */
export interface RailwayAccountStrategyOptions extends Omit<RailwayStrategyOptions, 'environment'> {
  /** An account, workspace or project token. */
  readonly token: string;
  /** URL of the API. Default: Railway's own. */
  readonly endpoint?: string | undefined;
  /** Id or name. Optional if the token can access only one. */
  readonly project?: string;
  /** Id or name. Optional if the project has only one. */
  readonly environment?: string;
}

const tags = ['region', 'service'];
/** Statuses in which no node answers, and none is about to. */
const gone: ReadonlySet<DeploymentStatus> = new Set<DeploymentStatus>([
  'CRASHED',
  'REMOVED',
  'REMOVING',
  'SKIPPED',
  'SLEEPING',
]);

/** Creates the strategy. Throws DISCOVERY_BAD_OPTION, or RAILWAY_BAD_INPUT for an invalid cluster id. */
export function createRailwayStrategy(options: RailwayStrategyOptions): Strategy {
  const { environment, cluster = 'convoy', intervalMs = 60_000, timeoutMs = 30_000 } = options;
  const marked = new MarkedNodes(environment, markOf(cluster));
  return createPollingStrategy({
    kind: 'railway',
    tags,
    intervalMs,
    timeoutMs,
    lookUp: async ({ signal }) => {
      const nodes = await marked.list({ signal });
      return { peers: nodes.flatMap((node) => peerOf(node)), failures: [] };
    },
  });
}

/** Like `createRailwayStrategy`, but opens its own client and looks up the project and environment when it runs. */
export function createRailwayAccountStrategy(options: RailwayAccountStrategyOptions): Strategy {
  const { token, endpoint, project, environment, ...others } = options;
  // Loaded when it runs: programs that never use this strategy load the table that names it.
  const open = async (): Promise<RailwayClient> => {
    const { createRailwayClient } = await import('../client/railway-client.ts');
    return createRailwayClient({ token, endpoint });
  };
  markOf(others.cluster ?? 'convoy');
  return {
    kind: 'railway',
    tags,
    async run(context) {
      await using client = await open();
      if (context.signal.aborted) return;
      const close = (): void => void client.close();
      context.signal.addEventListener('abort', close, { once: true });
      try {
        const place = await findPlace(client, { project, environment });
        await createRailwayStrategy({ ...others, environment: client.environment(place) }).run(context);
      } catch (error) {
        if (!context.signal.aborted) throw error;
      } finally {
        context.signal.removeEventListener('abort', close);
      }
    },
  };
}

function peerOf({ name, region, serviceName, status, isStopped }: RailwayNode): SeenPeer[] {
  if (isStopped || status === undefined || gone.has(status) || !isFullNodeName(name)) return [];
  return [{ node: name, tags: { service: serviceName, ...(region === undefined ? {} : { region }) } }];
}

async function findPlace(
  client: RailwayClient,
  wanted: { readonly project: string | undefined; readonly environment: string | undefined },
): Promise<{ projectId: string; environmentId: string }> {
  const project = chooseByName('project', wanted.project, await client.projects());
  const environment = chooseByName('environment', wanted.environment, await client.environments(project.id));
  return { projectId: project.id, environmentId: environment.id };
}

/** Looks into a node through the console that knows it. The console keeps what nodes are asked within bounds, for all who ask. */

import type { ClusterView } from '@convoy/console/protocol';
import type { ConsoleClient } from '../console-client.ts';
import type { InspectedNode } from './inspected-node.ts';
import { partsThroughConsole } from './inspected-parts.ts';

/** The node with this id. */
export function throughConsole(
  ask: ConsoleClient,
  { id, cluster }: { readonly id: string; readonly cluster: ClusterView | undefined },
): InspectedNode {
  const name = id;
  return {
    node: id,
    cluster,
    overview: () => ask('GET /api/nodes/:name/overview', { params: { name } }),
    processes({ sort, limit, filter, windowMs }) {
      const query = {
        sort,
        limit: String(limit),
        filter,
        windowMs: windowMs === undefined ? undefined : String(windowMs),
      };
      return ask('GET /api/nodes/:name/processes', { params: { name }, query });
    },
    process: (pid, isStateAsked) =>
      ask('GET /api/nodes/:name/processes/:pid', {
        params: { name, pid },
        query: { state: isStateAsked ? 'true' : 'false' },
      }),
    applications: () => ask('GET /api/nodes/:name/applications', { params: { name } }),
    tree: (application) =>
      ask('GET /api/nodes/:name/applications/:application/tree', { params: { name, application } }),
    tables: (sort, limit) =>
      ask('GET /api/nodes/:name/tables', { params: { name }, query: { sort, limit: String(limit) } }),
    rows: (table, { limit, key }) =>
      ask('GET /api/nodes/:name/tables/:table/rows', {
        params: { name, table },
        query: { limit: String(limit), key },
      }),
    ...partsThroughConsole(ask, { name, cluster: cluster?.id ?? '' }),
    collectGarbage: (pid) => ask('POST /api/nodes/:name/processes/:pid/collect', { params: { name, pid } }),
    kill: (pid) => ask('POST /api/nodes/:name/processes/:pid/kill', { params: { name, pid } }),
  };
}

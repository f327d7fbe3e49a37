/** Handlers of the routes about clusters. */

import type { clusterRoutes } from '../protocol/index.ts';
import type { HandlersOf } from './handler.ts';

export const clusterHandlers: HandlersOf<typeof clusterRoutes> = {
  'GET /api/clusters': ({ clusters }) => clusters.views(),

  'POST /api/clusters': ({ clusters, audit }, { actor, body }) => {
    const { name, nodes, discover, via } = body;
    // Not the options of a strategy: they may name a secret.
    const strategies = discover.map((text) => text.split(':', 1)[0]).join(' ') || undefined;
    audit.record('cluster.attach', actor, { name, nodes: nodes.join(' ') || undefined, strategies, via });
    return clusters.attach(body);
  },

  'GET /api/clusters/:id': ({ clusters }, { params }) => clusters.view(params.id),

  'PATCH /api/clusters/:id': ({ clusters, audit }, { actor, params, body }) => {
    audit.record('cluster.change', actor, { cluster: clusters.view(params.id).id, ...body });
    return clusters.change(params.id, body);
  },

  'DELETE /api/clusters/:id': async ({ clusters, registry, shells, audit }, { actor, params }) => {
    const { id } = clusters.view(params.id);
    audit.record('cluster.detach', actor, { cluster: id });
    const there = registry.views().filter(({ cluster, origin }) => origin === 'member' && cluster === id);
    await Promise.all(there.map((node) => shells.closeOn(node.id, `the console left the cluster ${id}`)));
    await clusters.detach(id);
  },

  'POST /api/clusters/:id/reconnect': ({ clusters, audit }, { actor, params }) => {
    audit.record('cluster.reconnect', actor, { cluster: clusters.view(params.id).id });
    return clusters.reconnect(params.id);
  },
};

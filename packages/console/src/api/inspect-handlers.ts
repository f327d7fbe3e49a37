/** Handlers of the routes about the inside of nodes. */

import type { inspectRoutes } from '../protocol/index.ts';
import type { HandlersOf } from './handler.ts';
import { actOnProcess } from './process-acts.ts';

export const inspectHandlers: HandlersOf<typeof inspectRoutes> = {
  'GET /api/nodes/:name/overview': ({ inspecting }, { params, query }) =>
    inspecting.overview(params.name, { measureSchedulers: query.schedulers !== 'false' }),

  'GET /api/nodes/:name/history': ({ inspecting }, { params }) => ({
    samples: inspecting.history(params.name),
  }),

  'GET /api/nodes/:name/processes': ({ inspecting }, { params, query }) => {
    const { sort, filter, limit, windowMs } = query;
    return inspecting.processes(params.name, {
      sort,
      filter,
      limit: numberOf(limit),
      windowMs: numberOf(windowMs),
    });
  },

  'GET /api/nodes/:name/processes/:pid': ({ inspecting }, { params, query }) =>
    inspecting.process(params.name, params.pid, { withState: query.state === 'true' }),

  'POST /api/nodes/:name/processes/:pid/kill': (context, { actor, params }) =>
    actOnProcess(context, actor, { act: 'kill', node: params.name, pid: params.pid }),

  'POST /api/nodes/:name/processes/:pid/collect': (context, { actor, params }) =>
    actOnProcess(context, actor, { act: 'collect', node: params.name, pid: params.pid }),

  'GET /api/nodes/:name/applications': ({ inspecting }, { params }) => inspecting.applications(params.name),

  'GET /api/nodes/:name/applications/:application/tree': ({ inspecting }, { params, query }) =>
    inspecting.tree(params.name, params.application, {
      maxDepth: numberOf(query.maxDepth),
      maxChildren: numberOf(query.maxChildren),
    }),

  'GET /api/nodes/:name/tables': ({ inspecting }, { params, query }) =>
    inspecting.tables(params.name, { sort: query.sort, limit: numberOf(query.limit) }),

  'GET /api/nodes/:name/tables/:table/rows': ({ inspecting }, { params, query }) =>
    inspecting.rows(params.name, params.table, { limit: numberOf(query.limit) }),
};

/** The schema has checked that it is one. */
function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

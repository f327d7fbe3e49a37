/** Handlers of the routes about the inside of nodes. */

import { callFunctions, callServers, sendMessages } from '../acting/message-acts.ts';
import type { inspectPartRoutes, inspectRoutes } from '../protocol/index.ts';
import type { HandlersOf } from './handler.ts';
import { actOnProcess } from './process-acts.ts';

const partHandlers: HandlersOf<typeof inspectPartRoutes> = {
  'GET /api/nodes/:name/ports': ({ inspecting }, { params, query }) => {
    const { sort, filter } = query;
    const options = { sort, filter, limit: numberOf(query.limit), port: numberOf(query.port) };
    return inspecting.ask(params.name, ['ports', options], (inspector, name) =>
      inspector.ports(name, options),
    );
  },

  'GET /api/nodes/:name/names': ({ inspecting }, { params, query }) => {
    const options = { filter: query.filter, limit: numberOf(query.limit) };
    return inspecting.ask(params.name, ['names', options], (inspector, name) =>
      inspector.names(name, options),
    );
  },

  'GET /api/nodes/:name/groups': ({ inspecting }, { params, query }) => {
    const { filter, limit, maxMembers } = query;
    const options = { filter, limit: numberOf(limit), maxMembers: numberOf(maxMembers) };
    return inspecting.ask(params.name, ['groups', options], (inspector, name) =>
      inspector.groups(name, options),
    );
  },

  'GET /api/nodes/:name/modules': ({ inspecting }, { params, query }) => {
    const { filter, limit, old } = query;
    const options = { filter, limit: numberOf(limit), oldOnly: old === 'true' };
    return inspecting.ask(params.name, ['modules', options], (inspector, name) =>
      inspector.modules(name, options),
    );
  },

  'GET /api/nodes/:name/modules/:module': ({ inspecting }, { params, query }) => {
    const { module } = params;
    const options = { doc: query.doc, oldCodeProcesses: numberOf(query.oldCodeProcesses) };
    return inspecting.ask(params.name, ['module', module, options], (inspector, name) =>
      inspector.module(name, module, options),
    );
  },

  'GET /api/nodes/:name/mnesia': ({ inspecting }, { params }) =>
    inspecting.ask(params.name, ['mnesia'], (inspector, name) => inspector.mnesia(name)),

  'GET /api/nodes/:name/mnesia/:table/rows': ({ inspecting }, { params, query }) => {
    const { table } = params;
    const options = { limit: numberOf(query.limit), key: query.key };
    return inspecting.ask(params.name, ['mnesia-rows', table, options], (inspector, name) =>
      inspector.mnesiaRows(name, table, options),
    );
  },

  'GET /api/clusters/:id/code': ({ clusters, inspecting }, { params }) =>
    inspecting.compareCode(clusters.view(params.id).id),

  'POST /api/clusters/:id/send': (context, { actor, params, body }) =>
    sendMessages(context, actor, { ...body, cluster: context.clusters.view(params.id).id }),

  'POST /api/clusters/:id/call': (context, { actor, params, body }) =>
    callServers(context, actor, { ...body, cluster: context.clusters.view(params.id).id }),

  'POST /api/clusters/:id/rpc': (context, { actor, params, body }) =>
    callFunctions(context, actor, { ...body, cluster: context.clusters.view(params.id).id }),
};

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
    inspecting.rows(params.name, params.table, { limit: numberOf(query.limit), key: query.key }),

  ...partHandlers,
};

/** The schema has checked that it is one. */
function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

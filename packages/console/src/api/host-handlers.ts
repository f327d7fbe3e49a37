/** Handlers of the routes about hosts that are reached by SSH. */

import type { hostRoutes } from '../protocol/index.ts';
import type { HandlersOf } from './handler.ts';

export const hostHandlers: HandlersOf<typeof hostRoutes> = {
  'GET /api/hosts': ({ hosts }) => hosts.views(),

  'POST /api/hosts': ({ hosts, audit }, { actor, body }) => {
    audit.record('host.connect', actor, body);
    return hosts.open(body);
  },

  'GET /api/hosts/:id': ({ hosts }, { params }) => hosts.view(params.id),

  'POST /api/hosts/:id/refresh': ({ hosts }, { params }) => hosts.refresh(params.id),

  'POST /api/hosts/:id/attach': async ({ hosts, audit }, { actor, params, body }) => {
    const { node, cookie } = body;
    audit.record('host.attach', actor, { host: hosts.view(params.id).name, node, cookie });
    await hosts.attach(params.id, body);
  },

  'DELETE /api/hosts/:id': async ({ hosts, registry, shells, audit }, { actor, params }) => {
    const { name: host } = hosts.view(params.id);
    audit.record('host.close', actor, { host });
    const there = registry.views().filter(({ provider }) => provider === host);
    await Promise.all(there.map(({ name }) => shells.closeOn(name, `the console logged out of ${host}`)));
    await hosts.close(params.id);
  },
};

/** Handlers of the routes about hosts that are reached by SSH. */

import type { hostRoutes } from '../protocol/index.ts';
import type { HandlersOf } from './handler.ts';

export const hostHandlers: HandlersOf<typeof hostRoutes> = {
  'GET /api/hosts': ({ platforms: { ssh } }) => ssh.views(),

  'POST /api/hosts': ({ platforms: { ssh }, audit }, { actor, body }) => {
    audit.record('host.connect', actor, body);
    return ssh.open(body);
  },

  'GET /api/hosts/:id': ({ platforms: { ssh } }, { params }) => ssh.view(params.id),

  'POST /api/hosts/:id/refresh': ({ platforms: { ssh } }, { params }) => ssh.refresh(params.id),

  'POST /api/hosts/:id/attach': async ({ platforms: { ssh }, audit }, { actor, params, body }) => {
    const { node, cookie } = body;
    audit.record('host.attach', actor, { host: ssh.view(params.id).name, node, cookie });
    await ssh.attach(params.id, body);
  },

  'DELETE /api/hosts/:id': async ({ platforms: { ssh }, registry, shells, audit }, { actor, params }) => {
    const { name: host } = ssh.view(params.id);
    audit.record('host.close', actor, { host });
    const there = registry.views().filter(({ place }) => place.key === host);
    await Promise.all(there.map(({ id }) => shells.closeOn(id, `the console logged out of ${host}`)));
    await ssh.close(params.id);
  },
};

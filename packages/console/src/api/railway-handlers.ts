/** Handlers of the routes about Railway. Neither answers nor audit entries contain the token. */

import type { railwayRoutes } from '../protocol/index.ts';
import type { HandlersOf } from './handler.ts';

/** Actions after which the process of the node is gone. A redeployment replaces it only once the new one is built. */
const endings: Readonly<Partial<Record<string, string>>> = { restart: 'restarted', stop: 'stopped' };

export const railwayHandlers: HandlersOf<typeof railwayRoutes> = {
  'GET /api/railway': ({ railway }) => railway.view(),

  'POST /api/railway/login': async ({ railway, audit }, { actor, body }) => {
    audit.record('railway.login', actor, { token: body.token === undefined ? 'own' : 'given' });
    return railway.login(body);
  },

  'DELETE /api/railway/login': async ({ railway, audit }, { actor }) => {
    audit.record('railway.logout', actor, {});
    await railway.logout();
  },

  'GET /api/railway/projects/:id/environments': ({ railway }, { params }) => railway.environments(params.id),

  'POST /api/railway/places': async ({ railway, audit }, { actor, body }) => {
    const { projectId, environmentId, cluster } = body;
    audit.record('railway.open', actor, { projectId, environmentId, cluster });
    return railway.open(body);
  },

  'POST /api/railway/places/:id/refresh': ({ railway }, { params }) => railway.refresh(params.id),

  'POST /api/railway/places/:id/control': async ({ railway, shells, audit }, { actor, params, body }) => {
    const { node, action } = body;
    audit.record('railway.control', actor, { place: railway.placeName(params.id), node, action });
    if (action === 'delete') await shells.closeOn(node, `${node} was deleted`);
    const view = await railway.control(params.id, body);
    const ended = endings[action];
    if (ended !== undefined) shells.endOn(node, `${node} was ${ended}`);
    return view;
  },

  'DELETE /api/railway/places/:id': async ({ railway, registry, shells, audit }, { actor, params }) => {
    const name = railway.placeName(params.id);
    audit.record('railway.close', actor, { place: name });
    const there = registry.views().filter(({ provider }) => provider === name);
    await Promise.all(there.map((view) => shells.closeOn(view.name, `the environment ${name} was closed`)));
    await railway.close(params.id);
  },
};

/** Handlers of the routes about Railway. Neither answers nor audit entries contain the token. */

import type { railwayRoutes } from '../protocol/index.ts';
import type { HandlersOf } from './handler.ts';

/** Actions after which the process of the node is gone. A redeployment replaces it only once the new one is built. */
const endings: Readonly<Partial<Record<string, string>>> = { restart: 'restarted', stop: 'stopped' };

export const railwayHandlers: HandlersOf<typeof railwayRoutes> = {
  'GET /api/railway': ({ platforms: { railway } }) => railway.view(),

  'POST /api/railway/login': async ({ platforms: { railway }, audit }, { actor, body }) => {
    audit.record('railway.login', actor, { token: body.token === undefined ? 'own' : 'given' });
    return railway.login(body);
  },

  'DELETE /api/railway/login': async ({ platforms: { railway }, audit }, { actor }) => {
    audit.record('railway.logout', actor, {});
    await railway.logout();
  },

  'GET /api/railway/projects/:id/environments': ({ platforms: { railway } }, { params }) =>
    railway.environments(params.id),

  'POST /api/railway/places': async ({ platforms: { railway }, audit }, { actor, body }) => {
    const { projectId, environmentId, cluster } = body;
    audit.record('railway.open', actor, { projectId, environmentId, cluster });
    return railway.open(body);
  },

  'POST /api/railway/places/:id/refresh': ({ platforms: { railway } }, { params }) =>
    railway.refresh(params.id),

  'POST /api/railway/places/:id/control': async (
    { platforms: { railway }, shells, audit },
    { actor, params, body },
  ) => {
    const { node, action } = body;
    audit.record('railway.control', actor, { place: railway.place(params.id).key, node, action });
    if (action === 'delete') await shells.closeOn(node, `${node} was deleted`);
    const view = await railway.control(params.id, body);
    const ended = endings[action];
    if (ended !== undefined) shells.endOn(node, `${node} was ${ended}`);
    return view;
  },

  'DELETE /api/railway/places/:id': async (
    { platforms: { railway }, registry, shells, audit },
    { actor, params },
  ) => {
    const name = railway.place(params.id).key;
    audit.record('railway.close', actor, { place: name });
    const there = registry.views().filter(({ place }) => place.key === name);
    await Promise.all(there.map(({ id }) => shells.closeOn(id, `the environment ${name} was closed`)));
    await railway.close(params.id);
  },
};

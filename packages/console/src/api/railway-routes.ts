/** The routes about Railway. No answer and no record of the audit has the token. */

import { z } from 'zod';
import {
  railwayControlSchema,
  railwayEnvironmentSchema,
  railwayLoginSchema,
  railwayPlaceRequestSchema,
  railwayPlaceSchema,
  railwayViewSchema,
} from '../protocol/index.ts';
import { param, type Route, route } from './route.ts';

export const railwayRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/railway',
    summary: 'Whether Railway is connected, what the token reaches, and the environments that are open',
    answer: railwayViewSchema,
    run: ({ railway }) => railway.view(),
  }),
  route({
    method: 'post',
    path: '/api/railway/login',
    summary: 'Connects Railway with a token, or with the one of the console; it is kept in memory only',
    body: railwayLoginSchema,
    answer: railwayViewSchema,
    run: async ({ railway, audit }, { actor, body }) => {
      audit.record('railway.login', actor, { token: body.token === undefined ? 'own' : 'given' });
      return railway.login(body);
    },
  }),
  route({
    method: 'delete',
    path: '/api/railway/login',
    summary: 'Forgets the token and closes the environments; their nodes go on',
    status: 204,
    run: async ({ railway, audit }, { actor }) => {
      audit.record('railway.logout', actor, {});
      await railway.logout();
    },
  }),
  route({
    method: 'get',
    path: '/api/railway/projects/:id/environments',
    summary: 'The environments of a project',
    answer: z.array(railwayEnvironmentSchema),
    run: ({ railway }, call) => railway.environments(param(call, 'id')),
  }),
  route({
    method: 'post',
    path: '/api/railway/places',
    summary:
      'Opens an environment to launch nodes in; those of its cluster that run there already show among the nodes',
    body: railwayPlaceRequestSchema,
    answer: railwayPlaceSchema,
    run: async ({ railway, audit }, { actor, body }) => {
      const { projectId, environmentId, cluster } = body;
      audit.record('railway.open', actor, { projectId, environmentId, cluster });
      return railway.open(body);
    },
  }),
  route({
    method: 'post',
    path: '/api/railway/places/:id/look',
    summary: 'Looks again which nodes there are in an environment',
    answer: railwayPlaceSchema,
    run: ({ railway }, call) => railway.look(param(call, 'id')),
  }),
  route({
    method: 'post',
    path: '/api/railway/places/:id/control',
    summary: 'Adopts, restarts, redeploys, stops or deletes a node of an environment',
    body: railwayControlSchema,
    answer: railwayPlaceSchema,
    run: async ({ railway, shells, audit }, call) => {
      const id = param(call, 'id');
      const { node, action } = call.body;
      audit.record('railway.control', call.actor, { place: railway.placeName(id), node, action });
      if (action === 'delete') await shells.closeOn(node);
      return railway.control(id, call.body);
    },
  }),
  route({
    method: 'delete',
    path: '/api/railway/places/:id',
    summary: 'Closes an environment; its nodes go on',
    status: 204,
    run: async ({ railway, board, shells, audit }, call) => {
      const id = param(call, 'id');
      const name = railway.placeName(id);
      audit.record('railway.close', call.actor, { place: name });
      const there = board.views().filter(({ provider }) => provider === name);
      await Promise.all(there.map((view) => shells.closeOn(view.name)));
      await railway.close(id);
    },
  }),
];

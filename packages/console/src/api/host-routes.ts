/** The routes about hosts that are reached by SSH. */

import { z } from 'zod';
import { attachRequestSchema, hostRequestSchema, hostViewSchema } from '../protocol/index.ts';
import { param, type Route, route } from './route.ts';

export const hostRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/hosts',
    summary: 'The hosts that are connected by SSH, or are being connected',
    answer: z.array(hostViewSchema),
    run: ({ hosts }) => hosts.views(),
  }),
  route({
    method: 'post',
    path: '/api/hosts',
    summary: 'Connects to a host by SSH; the answer comes at once, the steps go on',
    body: hostRequestSchema,
    status: 202,
    answer: hostViewSchema,
    run: ({ hosts, audit }, { actor, body }) => {
      audit.record('host.connect', actor, body);
      return hosts.open(body);
    },
  }),
  route({
    method: 'get',
    path: '/api/hosts/:id',
    summary: 'How connecting to a host is going, and what it has',
    answer: hostViewSchema,
    run: ({ hosts }, call) => hosts.view(param(call, 'id')),
  }),
  route({
    method: 'post',
    path: '/api/hosts/:id/look',
    summary: 'Looks again which nodes run on the host',
    answer: hostViewSchema,
    run: ({ hosts }, call) => hosts.refresh(param(call, 'id')),
  }),
  route({
    method: 'post',
    path: '/api/hosts/:id/attach',
    summary: 'Connects to a node that runs on the host; answers when it has said what it is',
    body: attachRequestSchema,
    status: 204,
    run: async ({ hosts, audit }, call) => {
      const { node, cookie } = call.body;
      audit.record('host.attach', call.actor, { host: hosts.view(param(call, 'id')).name, node, cookie });
      await hosts.attach(param(call, 'id'), call.body);
    },
  }),
  route({
    method: 'delete',
    path: '/api/hosts/:id',
    summary: 'Stops the nodes that were launched on the host, leaves the others alone, and logs out',
    status: 204,
    run: async ({ hosts, board, shells, audit }, call) => {
      const id = param(call, 'id');
      const { name: host } = hosts.view(id);
      audit.record('host.close', call.actor, { host });
      const there = board.views().filter(({ provider }) => provider === host);
      await Promise.all(there.map(({ name }) => shells.closeOn(name)));
      await hosts.close(id);
    },
  }),
];

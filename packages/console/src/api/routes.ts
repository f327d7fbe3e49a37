/**
 * Every route of the HTTP API, one row each: what it takes, what it answers, and what it does. The application
 * (application.ts) and the OpenAPI text (openapi.ts) are both made from these rows.
 */

import { z } from 'zod';
import { auditProblem } from '../audit/audit-log.ts';
import { ConsoleError } from '../errors.ts';
import {
  consoleInfoSchema,
  consoleStateSchema,
  diagnosisSchema,
  doctorRequestSchema,
  launchRequestSchema,
  launchViewSchema,
  loginRequestSchema,
  logLineSchema,
  nodeViewSchema,
  peerRequestSchema,
  ticketSchema,
} from '../protocol/index.ts';
import { hostRoutes } from './host-routes.ts';
import { railwayRoutes } from './railway-routes.ts';
import { param, type Route, route } from './route.ts';

const maxLines = 2000;

function lineCount(text: string | undefined): number {
  if (text === undefined) return 100;
  if (/^\d{1,6}$/.test(text)) return Math.min(Number(text), maxLines);
  throw new ConsoleError('CONSOLE_BAD_REQUEST', `lines=${text} is no count`, {
    remedy: 'Give a whole number.',
  });
}

const nodeRoutes: Route[] = [
  route({
    method: 'get',
    path: '/api/nodes',
    summary: 'The nodes this console launched and those found in their mesh',
    answer: z.array(nodeViewSchema),
    run: ({ board }) => board.views(),
  }),
  route({
    method: 'post',
    path: '/api/nodes',
    summary: 'Launches a node; the answer comes at once, the launch goes on',
    body: launchRequestSchema,
    status: 202,
    answer: launchViewSchema,
    run: ({ fleet, audit }, { actor, body }) => {
      const { kind, name, join, provider } = body;
      // Names only: a value may be a secret.
      const variables = Object.keys(body.variables ?? {}).join(' ') || undefined;
      audit.record('node.launch', actor, { kind, name, join, provider, variables });
      return fleet.launch(body);
    },
  }),
  route({
    method: 'get',
    path: '/api/launches/:id',
    summary: 'How a launch is going',
    answer: launchViewSchema,
    run: ({ fleet }, call) => {
      const view = fleet.launchView(param(call, 'id'));
      if (view !== undefined) return view;
      throw new ConsoleError('CONSOLE_NOT_FOUND', 'no such launch is known', {
        remedy: 'Launches are forgotten when the console restarts; look at the nodes instead.',
      });
    },
  }),
  route({
    method: 'delete',
    path: '/api/nodes/:name',
    summary:
      'Stops a launched node, or cancels its launch, and forgets it; disconnects an attached one and leaves it alone',
    status: 204,
    run: async ({ fleet, hosts, shells, audit }, call) => {
      const node = param(call, 'name');
      audit.record('node.delete', call.actor, { node });
      if (!hosts.hasAttached(node)) fleet.log(node);
      await shells.closeOn(node);
      if (!(await hosts.detach(node))) await fleet.delete(node);
    },
  }),
  route({
    method: 'get',
    path: '/api/nodes/:name/logs',
    summary: 'The last lines a launched node printed',
    query: { lines: 'how many at most, default 100' },
    answer: z.array(logLineSchema),
    run: ({ fleet }, call) => fleet.log(param(call, 'name')).lines({ last: lineCount(call.query['lines']) }),
  }),
  route({
    method: 'post',
    path: '/api/nodes/:name/join',
    summary: 'Has the node connect to a peer',
    body: peerRequestSchema,
    status: 204,
    run: async ({ fleet, audit }, call) => {
      const node = param(call, 'name');
      audit.record('node.join', call.actor, { node, peer: call.body.peer });
      await fleet.join(node, call.body.peer);
    },
  }),
  route({
    method: 'post',
    path: '/api/nodes/:name/disconnect',
    deprecatedPath: '/api/nodes/:name/part',
    summary: 'Has the node end its connection with a peer',
    body: peerRequestSchema,
    status: 204,
    run: async ({ fleet, audit }, call) => {
      const node = param(call, 'name');
      audit.record('node.disconnect', call.actor, { node, peer: call.body.peer });
      await fleet.disconnect(node, call.body.peer);
    },
  }),
];

/** The routes for whoever is logged in. */
export const routes: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/info',
    summary: 'What this console is and what it can launch',
    answer: consoleInfoSchema,
    run: (context) => context.info(),
  }),
  route({
    method: 'get',
    path: '/api/state',
    summary:
      'The state of the console itself: internal errors contained so far, by kind, and whether the audit log can be written',
    answer: consoleStateSchema,
    run: ({ faults, audit }) => ({
      faults: faults.counts,
      audit:
        audit.failure === undefined
          ? {}
          : { problem: auditProblem(audit.failure), since: audit.failure.since },
    }),
  }),
  ...nodeRoutes,
  ...hostRoutes,
  ...railwayRoutes,
  route({
    method: 'post',
    path: '/api/doctor',
    summary: 'Says why a node cannot be reached, from the console or from another node',
    body: doctorRequestSchema,
    answer: diagnosisSchema,
    run: ({ doctor, audit }, { actor, body }) => {
      audit.record('doctor', actor, { node: body.node, from: body.from });
      return doctor.examine(body);
    },
  }),
  route({
    method: 'post',
    path: '/api/tickets',
    summary: 'A single-use ticket for the live socket, good for 30 seconds',
    answer: ticketSchema,
    run: ({ gatekeeper }, { actor }) => gatekeeper.issueTicket(actor),
  }),
];

/** The routes that need nobody logged in; application.ts runs them. */
export const openRoutes: readonly Omit<Route, 'run'>[] = [
  { method: 'get', path: '/api/health', summary: 'Whether the console runs' },
  {
    method: 'post',
    path: '/api/session',
    summary: 'Logs in with the token of the printed link; sets a cookie',
    body: loginRequestSchema,
    status: 204,
  },
  { method: 'delete', path: '/api/session', summary: 'Logs out', status: 204 },
];

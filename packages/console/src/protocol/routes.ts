/**
 * The HTTP API as one table: every route with what it takes, what it answers, who may call it and how it may fail. The server
 * (api/handlers.ts) has a handler for each row, the client (client.ts) takes its types from here, and the OpenAPI document
 * (api/openapi.ts) is made from it.
 */

import { z } from 'zod';
import { loginRequestSchema, ticketSchema } from './auth.ts';
import { diagnosisSchema, doctorRequestSchema } from './doctor.ts';
import { attachRequestSchema, hostRequestSchema, hostViewSchema } from './hosts.ts';
import {
  consoleInfoSchema,
  consoleStateSchema,
  launchRequestSchema,
  launchViewSchema,
  logLineSchema,
  nodeViewSchema,
  peerRequestSchema,
} from './nodes.ts';
import {
  railwayControlSchema,
  railwayEnvironmentSchema,
  railwayLoginSchema,
  railwayPlaceRequestSchema,
  railwayPlaceSchema,
  railwayViewSchema,
} from './railway.ts';
import type { RouteTable } from './route.ts';

/** The console itself: who gets in, what it is, and how it is. */
export const consoleRoutes = {
  'GET /api/health': {
    summary: 'Whether the console runs',
    access: 'anyone',
    answer: z.object({ status: z.literal('ok') }),
    errors: [],
  },
  'POST /api/session': {
    summary: 'Logs in with the token of the printed link; sets a cookie',
    access: 'anyone',
    body: loginRequestSchema,
    errors: ['CONSOLE_WRONG_TOKEN', 'CONSOLE_TOO_MANY'],
  },
  'DELETE /api/session': { summary: 'Logs out', access: 'anyone', errors: [] },
  'POST /api/tickets': {
    summary: 'A single-use ticket for the live socket, good for 30 seconds',
    access: 'user',
    answer: ticketSchema,
    errors: [],
  },
  'GET /api/info': {
    summary: 'What this console is and what it can launch',
    access: 'user',
    answer: consoleInfoSchema,
    errors: [],
  },
  'GET /api/state': {
    summary:
      'The state of the console itself: internal errors contained so far, by kind, and whether the audit log can be written',
    access: 'user',
    answer: consoleStateSchema,
    errors: [],
  },
  'POST /api/doctor': {
    summary: 'Says why a node cannot be reached, from the console or from another node',
    access: 'user',
    body: doctorRequestSchema,
    answer: diagnosisSchema,
    errors: ['CONSOLE_TOO_MANY', 'CONSOLE_AUDIT_FAILED'],
  },
  'GET /api/openapi.json': {
    summary: 'This document: every route with its schemas',
    access: 'user',
    answer: z.record(z.string(), z.unknown()),
    errors: [],
  },
} as const satisfies RouteTable;

export const nodeRoutes = {
  'GET /api/nodes': {
    summary: 'The nodes this console launched and those found in their mesh',
    access: 'user',
    answer: z.array(nodeViewSchema),
    errors: [],
  },
  'POST /api/nodes': {
    summary: 'Launches a node; the answer comes at once, the launch goes on',
    access: 'user',
    body: launchRequestSchema,
    status: 202,
    answer: launchViewSchema,
    errors: [
      'PROVIDER_UNAVAILABLE',
      'PROVIDER_BAD_NAME',
      'PROVIDER_BAD_VARIABLE',
      'PROVIDER_NAME_TAKEN',
      'PROVIDER_LIMIT',
      'CONSOLE_AUDIT_FAILED',
    ],
  },
  'GET /api/launches/:id': {
    summary: 'How a launch is going',
    access: 'user',
    answer: launchViewSchema,
    errors: ['CONSOLE_NOT_FOUND'],
  },
  'DELETE /api/nodes/:name': {
    summary:
      'Stops a launched node, or cancels its launch, and forgets it; disconnects an attached one and leaves it alone',
    access: 'user',
    errors: ['PROVIDER_NO_NODE'],
  },
  'GET /api/nodes/:name/logs': {
    summary: 'The last lines a launched node printed',
    access: 'user',
    query: z.object({
      lines: z
        .string()
        .regex(/^\d{1,6}$/, 'must be a whole number')
        .describe('how many at most, default 100')
        .optional(),
    }),
    answer: z.array(logLineSchema),
    errors: ['PROVIDER_NO_NODE'],
  },
  'POST /api/nodes/:name/join': {
    summary: 'Has the node connect to a peer',
    access: 'user',
    body: peerRequestSchema,
    errors: [
      'CONSOLE_NOT_FOUND',
      'CONSOLE_NODE_NOT_UP',
      'CONSOLE_PEER_REFUSED',
      'PROVIDER_NAME_TAKEN',
      'CONSOLE_AUDIT_FAILED',
    ],
  },
  'POST /api/nodes/:name/disconnect': {
    summary: 'Has the node end its connection with a peer',
    access: 'user',
    deprecatedPath: '/api/nodes/:name/part',
    body: peerRequestSchema,
    errors: ['CONSOLE_NOT_FOUND', 'CONSOLE_NODE_NOT_UP'],
  },
} as const satisfies RouteTable;

/** Hosts that are reached by SSH. */
export const hostRoutes = {
  'GET /api/hosts': {
    summary: 'The hosts that are connected by SSH, or are being connected',
    access: 'user',
    answer: z.array(hostViewSchema),
    errors: [],
  },
  'POST /api/hosts': {
    summary: 'Connects to a host by SSH; the answer comes at once, the steps go on',
    access: 'user',
    body: hostRequestSchema,
    status: 202,
    answer: hostViewSchema,
    errors: ['SSH_BAD_TARGET', 'CONSOLE_TOO_MANY', 'CONSOLE_AUDIT_FAILED'],
  },
  'GET /api/hosts/:id': {
    summary: 'How connecting to a host is going, and what it has',
    access: 'user',
    answer: hostViewSchema,
    errors: ['CONSOLE_NOT_FOUND'],
  },
  'POST /api/hosts/:id/look': {
    summary: 'Looks again which nodes run on the host',
    access: 'user',
    answer: hostViewSchema,
    errors: ['CONSOLE_NOT_FOUND', 'CONSOLE_NODE_NOT_UP'],
  },
  'POST /api/hosts/:id/attach': {
    summary: 'Connects to a node that runs on the host; answers when it has said what it is',
    access: 'user',
    body: attachRequestSchema,
    errors: ['CONSOLE_NOT_FOUND', 'CONSOLE_NODE_NOT_UP', 'CONSOLE_AUDIT_FAILED'],
  },
  'DELETE /api/hosts/:id': {
    summary: 'Stops the nodes that were launched on the host, leaves the others alone, and logs out',
    access: 'user',
    errors: ['CONSOLE_NOT_FOUND'],
  },
} as const satisfies RouteTable;

/** Railway. No answer has the token. */
export const railwayRoutes = {
  'GET /api/railway': {
    summary: 'Whether Railway is connected, what the token reaches, and the environments that are open',
    access: 'user',
    answer: railwayViewSchema,
    errors: [],
  },
  'POST /api/railway/login': {
    summary: 'Connects Railway with a token, or with the one of the console; it is kept in memory only',
    access: 'user',
    body: railwayLoginSchema,
    answer: railwayViewSchema,
    errors: [
      'RAILWAY_TOKEN_REFUSED',
      'RAILWAY_NOT_AUTHORIZED',
      'RAILWAY_RATE_LIMITED',
      'CONSOLE_AUDIT_FAILED',
    ],
  },
  'DELETE /api/railway/login': {
    summary: 'Forgets the token and closes the environments; their nodes go on',
    access: 'user',
    errors: [],
  },
  'GET /api/railway/projects/:id/environments': {
    summary: 'The environments of a project',
    access: 'user',
    answer: z.array(railwayEnvironmentSchema),
    errors: ['CONSOLE_RAILWAY_LOGGED_OUT', 'RAILWAY_NOT_FOUND', 'RAILWAY_RATE_LIMITED'],
  },
  'POST /api/railway/places': {
    summary:
      'Opens an environment to launch nodes in; those of its cluster that run there already show among the nodes',
    access: 'user',
    body: railwayPlaceRequestSchema,
    answer: railwayPlaceSchema,
    errors: [
      'CONSOLE_RAILWAY_LOGGED_OUT',
      'CONSOLE_NOT_FOUND',
      'CONSOLE_TOO_MANY',
      'RAILWAY_RATE_LIMITED',
      'CONSOLE_AUDIT_FAILED',
    ],
  },
  'POST /api/railway/places/:id/look': {
    summary: 'Looks again which nodes there are in an environment',
    access: 'user',
    answer: railwayPlaceSchema,
    errors: ['CONSOLE_NOT_FOUND', 'RAILWAY_RATE_LIMITED'],
  },
  'POST /api/railway/places/:id/control': {
    summary: 'Adopts, restarts, redeploys, stops or deletes a node of an environment',
    access: 'user',
    body: railwayControlSchema,
    answer: railwayPlaceSchema,
    errors: ['CONSOLE_NOT_FOUND', 'PROVIDER_NO_NODE', 'RAILWAY_RATE_LIMITED', 'CONSOLE_AUDIT_FAILED'],
  },
  'DELETE /api/railway/places/:id': {
    summary: 'Closes an environment; its nodes go on',
    access: 'user',
    errors: ['CONSOLE_NOT_FOUND'],
  },
} as const satisfies RouteTable;

/** Every route there is. */
export const routes = {
  ...consoleRoutes,
  ...nodeRoutes,
  ...hostRoutes,
  ...railwayRoutes,
} as const satisfies RouteTable;

export type RouteKey = keyof typeof routes;

/**
 * The HTTP API as one table: the request, answer, access and errors of every route. The server (api/handlers.ts) has a
 * handler for each row, the client (client.ts) takes its types from the rows, and the OpenAPI document (api/openapi.ts) is
 * generated from them.
 */

import { z } from 'zod';
import { auditPageSchema, auditQuerySchema } from './audit.ts';
import { loginRequestSchema, ticketSchema } from './auth.ts';
import {
  attachClusterSchema,
  clusterChangeSchema,
  clusterViewSchema,
  disconnectForecastSchema,
  reconnectResultSchema,
} from './clusters.ts';
import { diagnosisSchema, doctorRequestSchema } from './doctor.ts';
import { attachRequestSchema, hostRequestSchema, hostViewSchema } from './hosts.ts';
import { inspectRoutes } from './inspect/index.ts';
import { logDownloadQuerySchema, logLineSchema, logQuerySchema } from './logs/index.ts';
import {
  consoleInfoSchema,
  consoleStateSchema,
  launchRequestSchema,
  launchViewSchema,
  nodeViewSchema,
  peerRequestSchema,
} from './nodes.ts';
import { platformSchema } from './platforms.ts';
import {
  railwayControlSchema,
  railwayEnvironmentSchema,
  railwayLoginSchema,
  railwayPlaceRequestSchema,
  railwayPlaceSchema,
  railwayViewSchema,
} from './railway.ts';
import type { RouteTable } from './route.ts';

/** Routes of the console itself: login, information and state. */
export const consoleRoutes = {
  'GET /api/health': {
    summary: 'Reports that the console is running',
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
    summary: 'Issues a single-use ticket for the live socket, valid for 30 seconds',
    access: 'user',
    answer: ticketSchema,
    errors: [],
  },
  'GET /api/info': {
    summary: 'Describes this console and what it can launch',
    access: 'user',
    answer: consoleInfoSchema,
    errors: [],
  },
  'GET /api/state': {
    summary:
      'Reports the state of the console itself: internal errors contained so far, by kind, and whether the audit log can be written',
    access: 'user',
    answer: consoleStateSchema,
    errors: [],
  },
  'POST /api/doctor': {
    summary: 'Explains why a node cannot be reached, from the console or from another node',
    access: 'user',
    body: doctorRequestSchema,
    answer: diagnosisSchema,
    errors: ['CONSOLE_OTHER_CONSOLE', 'CONSOLE_TOO_MANY', 'CONSOLE_AUDIT_FAILED'],
  },
  'GET /api/audit': {
    summary: 'Finds entries of the audit log by node, act, actor and time, the newest first',
    access: 'user',
    query: auditQuerySchema,
    answer: auditPageSchema,
    errors: ['CONSOLE_STORAGE_FAILED', 'CONSOLE_STORE_UNREACHABLE'],
  },
  'GET /api/openapi.json': {
    summary: 'Returns this document: every route with its schemas',
    access: 'user',
    answer: z.record(z.string(), z.unknown()),
    errors: [],
  },
} as const satisfies RouteTable;

/** How launching a node in place of itself may fail. */
const launchAgainErrors = [
  'CONSOLE_OTHER_CONSOLE',
  'PROVIDER_NO_NODE',
  'CONSOLE_LAUNCH_UNKNOWN',
  'PROVIDER_UNAVAILABLE',
  'PROVIDER_UNKNOWN',
  'PROVIDER_NO_IMAGE',
  'PROVIDER_FORBIDDEN',
  'PROVIDER_BAD_PROGRAM',
  'PROVIDER_NAME_TAKEN',
  'PROVIDER_LIMIT',
  'PROVIDER_CANCELLED',
  'CONSOLE_AUDIT_FAILED',
] as const;

/** Routes of nodes and launches. */
export const nodeRoutes = {
  'GET /api/nodes': {
    summary:
      'Lists the nodes that this console launched or attached, those found in their mesh, and those of other consoles with its store',
    access: 'user',
    answer: z.array(nodeViewSchema),
    errors: [],
  },
  'POST /api/nodes': {
    summary: 'Starts to launch a node, and answers without waiting for the launch',
    access: 'user',
    body: launchRequestSchema,
    status: 202,
    answer: launchViewSchema,
    errors: [
      'PROVIDER_UNAVAILABLE',
      'PROVIDER_UNKNOWN',
      'PROVIDER_NO_IMAGE',
      'PROVIDER_FORBIDDEN',
      'PROVIDER_BAD_NAME',
      'PROVIDER_BAD_VARIABLE',
      'PROVIDER_BAD_PROGRAM',
      'PROVIDER_UNSUPPORTED',
      'PROVIDER_NAME_TAKEN',
      'PROVIDER_LIMIT',
      'CONSOLE_AUDIT_FAILED',
    ],
  },
  'POST /api/nodes/:name/relaunch': {
    summary:
      'Launches a node that has ended again, with the kind, name, place, join and variables of its last launch, in place of what is left of it',
    access: 'user',
    status: 202,
    answer: launchViewSchema,
    errors: [...launchAgainErrors, 'CONSOLE_NODE_NOT_ENDED'],
  },
  'POST /api/nodes/:name/restart': {
    summary:
      'Stops a launched node and launches it again, with the kind, name, place, join and variables of its last launch; a platform that restarts its nodes itself is asked to',
    access: 'user',
    status: 202,
    answer: launchViewSchema,
    errors: [...launchAgainErrors, 'CONSOLE_NODE_NOT_UP'],
  },
  'GET /api/launches/:id': {
    summary: 'Reports the progress of a launch',
    access: 'user',
    answer: launchViewSchema,
    errors: ['CONSOLE_NOT_FOUND'],
  },
  'DELETE /api/nodes/:name': {
    summary:
      'Stops a launched node, or cancels its launch, and removes it; disconnects an attached node, which keeps running',
    access: 'user',
    errors: ['CONSOLE_OTHER_CONSOLE', 'PROVIDER_NO_NODE'],
  },
  'GET /api/nodes/:name/logs': {
    summary:
      'Finds lines of the log of a node: what it printed, and what its logger reported while it was followed',
    access: 'user',
    query: logQuerySchema,
    answer: z.array(logLineSchema),
    errors: [
      'CONSOLE_OTHER_CONSOLE',
      'PROVIDER_NO_NODE',
      'CONSOLE_SEARCH_TOO_SLOW',
      'CONSOLE_TOO_MANY',
      'CONSOLE_STORAGE_FAILED',
    ],
  },
  'GET /api/nodes/:name/logs/download': {
    summary: 'Returns the lines of the log of a node as a file: as text, or as JSON lines',
    access: 'user',
    query: logDownloadQuerySchema,
    media: ['text/plain', 'application/x-ndjson'],
    errors: [
      'CONSOLE_OTHER_CONSOLE',
      'PROVIDER_NO_NODE',
      'CONSOLE_SEARCH_TOO_SLOW',
      'CONSOLE_TOO_MANY',
      'CONSOLE_STORAGE_FAILED',
    ],
  },
  'POST /api/nodes/:name/join': {
    summary: 'Has the node connect to a peer',
    access: 'user',
    body: peerRequestSchema,
    errors: [
      'CONSOLE_OTHER_CONSOLE',
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
    errors: ['CONSOLE_OTHER_CONSOLE', 'CONSOLE_NOT_FOUND', 'CONSOLE_NODE_NOT_UP'],
  },
  'POST /api/nodes/:name/disconnect/forecast': {
    summary: 'Says what OTP will do when the node ends its connection with a peer; changes nothing',
    access: 'user',
    body: peerRequestSchema,
    answer: disconnectForecastSchema,
    errors: ['CONSOLE_OTHER_CONSOLE', 'CONSOLE_NOT_FOUND', 'CONSOLE_NODE_NOT_UP'],
  },
} as const satisfies RouteTable;

/** Routes of clusters. No answer contains a cookie. */
export const clusterRoutes = {
  'GET /api/clusters': {
    summary: 'Lists the clusters: that of this computer, those of open places, and those that were attached',
    access: 'user',
    answer: z.array(clusterViewSchema),
    errors: [],
  },
  'POST /api/clusters': {
    summary: 'Starts to attach a running cluster, and answers without waiting for the connection',
    access: 'user',
    body: attachClusterSchema,
    status: 202,
    answer: clusterViewSchema,
    errors: ['CONSOLE_BAD_REQUEST', 'CONSOLE_CLUSTER_EXISTS', 'CONSOLE_TOO_MANY', 'CONSOLE_AUDIT_FAILED'],
  },
  'GET /api/clusters/:id': {
    summary: 'Reports the progress of attaching a cluster, and whether it is connected',
    access: 'user',
    answer: clusterViewSchema,
    errors: ['CONSOLE_NOT_FOUND'],
  },
  'PATCH /api/clusters/:id': {
    summary: 'Changes the label, the colour or the production mark of a cluster',
    access: 'user',
    body: clusterChangeSchema,
    answer: clusterViewSchema,
    errors: ['CONSOLE_NOT_FOUND', 'CONSOLE_AUDIT_FAILED'],
  },
  'DELETE /api/clusters/:id': {
    summary: 'Detaches a cluster and forgets its cookie; its nodes keep running',
    access: 'user',
    errors: ['CONSOLE_NOT_FOUND', 'CONSOLE_AUDIT_FAILED'],
  },
  'POST /api/clusters/:id/reconnect': {
    summary: 'Has all visible members of a cluster connect to each other again, also those that have left it',
    access: 'user',
    answer: reconnectResultSchema,
    errors: ['CONSOLE_NOT_FOUND', 'CONSOLE_NODE_NOT_UP', 'CONSOLE_AUDIT_FAILED'],
  },
} as const satisfies RouteTable;

/** Routes of all platforms and their places. */
export const placeRoutes = {
  'GET /api/platforms': {
    summary: 'Lists the platforms that nodes can be launched on, each with its forms as data',
    access: 'user',
    answer: z.array(platformSchema),
    errors: [],
  },
} as const satisfies RouteTable;

/** Routes of hosts that are reached by SSH. */
export const hostRoutes = {
  'GET /api/hosts': {
    summary: 'Lists the hosts that are connected by SSH, or are being connected',
    access: 'user',
    answer: z.array(hostViewSchema),
    errors: [],
  },
  'POST /api/hosts': {
    summary: 'Starts to connect to a host by SSH, and answers without waiting for the connection',
    access: 'user',
    body: hostRequestSchema,
    status: 202,
    answer: hostViewSchema,
    errors: ['SSH_BAD_TARGET', 'CONSOLE_TOO_MANY', 'CONSOLE_AUDIT_FAILED'],
  },
  'GET /api/hosts/:id': {
    summary: 'Reports the progress of connecting to a host, and what the host has',
    access: 'user',
    answer: hostViewSchema,
    errors: ['CONSOLE_NOT_FOUND'],
  },
  'POST /api/hosts/:id/refresh': {
    summary: 'Lists the nodes that run on the host again',
    access: 'user',
    deprecatedPath: '/api/hosts/:id/look',
    answer: hostViewSchema,
    errors: ['CONSOLE_NOT_FOUND', 'CONSOLE_NODE_NOT_UP'],
  },
  'POST /api/hosts/:id/attach': {
    summary: 'Connects to a node that runs on the host; answers when the kind of the node is known',
    access: 'user',
    body: attachRequestSchema,
    errors: ['CONSOLE_NOT_FOUND', 'CONSOLE_NODE_NOT_UP', 'CONSOLE_SAME_NAME', 'CONSOLE_AUDIT_FAILED'],
  },
  'DELETE /api/hosts/:id': {
    summary: 'Stops the nodes that were launched on the host, leaves the others running, and logs out',
    access: 'user',
    errors: ['CONSOLE_NOT_FOUND'],
  },
} as const satisfies RouteTable;

/** Routes of Railway. No answer contains the token. */
export const railwayRoutes = {
  'GET /api/railway': {
    summary: 'Reports whether Railway is connected, what the token reaches, and which environments are open',
    access: 'user',
    answer: railwayViewSchema,
    errors: [],
  },
  'POST /api/railway/login': {
    summary: "Connects Railway with a token, which is kept in memory only, or with the console's own",
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
    summary: 'Forgets the token and closes the environments; their nodes keep running',
    access: 'user',
    errors: [],
  },
  'GET /api/railway/projects/:id/environments': {
    summary: 'Lists the environments of a project',
    access: 'user',
    answer: z.array(railwayEnvironmentSchema),
    errors: ['CONSOLE_RAILWAY_LOGGED_OUT', 'RAILWAY_NOT_FOUND', 'RAILWAY_RATE_LIMITED'],
  },
  'POST /api/railway/places': {
    summary:
      'Opens an environment for launching nodes; running nodes of its cluster are added to the list of nodes',
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
  'POST /api/railway/places/:id/refresh': {
    summary: 'Lists the nodes of an environment again',
    access: 'user',
    deprecatedPath: '/api/railway/places/:id/look',
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
    summary: 'Closes an environment; its nodes keep running',
    access: 'user',
    errors: ['CONSOLE_NOT_FOUND'],
  },
} as const satisfies RouteTable;

/** Every route of the console. */
export const routes = {
  ...consoleRoutes,
  ...nodeRoutes,
  ...inspectRoutes,
  ...clusterRoutes,
  ...placeRoutes,
  ...hostRoutes,
  ...railwayRoutes,
} as const satisfies RouteTable;

/** Key of a route: method and path. */
export type RouteKey = keyof typeof routes;

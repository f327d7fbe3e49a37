/** The door `@convoy/console/protocol`: every message between the console and its clients. Uses neither Node.js nor DOM types. */

export {
  type ClientMessage,
  clientMessageSchema,
  type ServerMessage,
  serverMessageSchema,
  type ShellKind,
  shellKindSchema,
  type ShellView,
  shellViewSchema,
} from './live.ts';
export {
  type DiagnosisView,
  diagnosisSchema,
  type DoctorRequest,
  doctorRequestSchema,
  faultSchema,
} from './doctor.ts';
export {
  type AttachRequest,
  attachRequestSchema,
  type HostNodeView,
  type HostRequest,
  hostRequestSchema,
  type HostKeyView,
  type HostView,
  hostViewSchema,
} from './hosts.ts';
export {
  type RailwayAccountView,
  railwayAccountSchema,
  type RailwayControlRequest,
  railwayControlSchema,
  type RailwayEnvironmentView,
  railwayEnvironmentSchema,
  type RailwayLogin,
  railwayLoginSchema,
  type RailwayNodeView,
  railwayNodeSchema,
  type RailwayPlaceRequest,
  railwayPlaceRequestSchema,
  type RailwayPlaceView,
  railwayPlaceSchema,
  type RailwayProjectView,
  railwayProjectSchema,
  type RailwayView,
  railwayViewSchema,
} from './railway.ts';
export { type FormFieldView, formFieldSchema, type PlatformView, platformSchema } from './platforms.ts';
export { findMismatch } from './answer-check.ts';
export { type AnswerOf, type CheckedOf, type ParamOf, type RouteTable, type Row, splitKey } from './route.ts';
export {
  type AttachClusterRequest,
  attachClusterSchema,
  type ClusterChangeRequest,
  clusterChangeSchema,
  type ClusterColor,
  clusterColors,
  type ClusterView,
  clusterViewSchema,
  type DisconnectForecastView,
  disconnectForecastSchema,
  type Proto,
  protoSchema,
  reconnectResultSchema,
  type ReconnectResultView,
} from './clusters.ts';
export {
  clusterRoutes,
  consoleRoutes,
  hostRoutes,
  nodeRoutes,
  placeRoutes,
  railwayRoutes,
  type RouteKey,
  routes,
} from './routes.ts';
export {
  type AuditEntry,
  auditEntrySchema,
  type AuditPage,
  auditPageSchema,
  auditQuerySchema,
} from './audit.ts';
export { type LoginRequest, loginRequestSchema, type Ticket, ticketSchema } from './auth.ts';
export {
  type Capability,
  capabilitySchema,
  type ConsoleInfo,
  consoleInfoSchema,
  consoleStateSchema,
  type LaunchRequest,
  launchRequestSchema,
  type LaunchView,
  launchViewSchema,
  type LogLine,
  logLineSchema,
  type NodeKind,
  type NodeOwner,
  nodeKindSchema,
  type NodeStatus,
  nodeStatusSchema,
  type NodeView,
  nodeViewSchema,
  type PeerRequest,
  type PlaceRef,
  placeRefSchema,
  peerRequestSchema,
  type Problem,
  problemSchema,
  type Step,
  stepSchema,
} from './nodes.ts';

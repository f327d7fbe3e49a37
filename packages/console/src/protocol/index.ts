/** The door `@convoy/console/protocol`: every message between the console and its clients. No Node and no DOM types. */

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
  type HostView,
  hostViewSchema,
} from './hosts.ts';
export { type LoginRequest, loginRequestSchema, type Ticket, ticketSchema } from './auth.ts';
export {
  type Capability,
  capabilitySchema,
  type ConsoleInfo,
  consoleInfoSchema,
  type LaunchRequest,
  launchRequestSchema,
  type LaunchView,
  launchViewSchema,
  type LogLine,
  logLineSchema,
  type NodeKind,
  nodeKinds,
  nodeKindSchema,
  type NodeStatus,
  nodeStatusSchema,
  type NodeView,
  nodeViewSchema,
  type PeerRequest,
  peerRequestSchema,
  type Problem,
  problemSchema,
  type Step,
  stepSchema,
} from './nodes.ts';

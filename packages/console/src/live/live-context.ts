/** The parts of the console that live sockets and the HTTP API share. */

import type { AuditIndex } from '../audit/audit-index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Gatekeeper } from '../auth/gatekeeper.ts';
import type { Faults } from '../fault-boundary.ts';
import type { ConsoleInfo } from '../protocol/index.ts';
import type { Clusters } from '../clusters/clusters.ts';
import type { Attachments } from '../nodes/attachments.ts';
import type { Doctor } from '../nodes/doctor.ts';
import type { Inspecting } from '../inspecting/inspecting.ts';
import type { Fleet } from '../nodes/launched/fleet.ts';
import type { NodeLogs } from '../logs/node-logs.ts';
import type { NodeRegistry } from '../nodes/node-registry.ts';
import type { Platforms } from '../platforms.ts';
import type { OtherConsoles } from '../sharing/other-consoles.ts';
import type { ShellHost } from '../shells/shell-host.ts';
import type { TraceHost } from '../tracing/trace-host.ts';

/** Receives log entries. A pino logger can be used. */
export interface Logger {
  /** Logs normal operation. */
  info(detail: object, message: string): void;
  /** Logs a problem that the console can handle. */
  warn(detail: object, message: string): void;
  /** Logs an internal error, which is in `detail.err`. */
  error(detail: object, message: string): void;
}

/** The parts of a running console. */
export interface LiveContext {
  readonly gatekeeper: Gatekeeper;
  readonly audit: AuditLog;
  readonly auditIndex: AuditIndex;
  readonly faults: Faults;
  readonly fleet: Fleet;
  readonly registry: NodeRegistry;
  /** The other consoles with the same store, and their nodes. */
  readonly others: OtherConsoles;
  readonly attachments: Attachments;
  readonly clusters: Clusters;
  readonly platforms: Platforms;
  readonly doctor: Doctor;
  readonly logs: NodeLogs;
  readonly shells: ShellHost;
  readonly traces: TraceHost;
  readonly inspecting: Inspecting;
  readonly logger: Logger;
  info(): Promise<ConsoleInfo>;
}

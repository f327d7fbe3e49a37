/** What every live socket shares: the console's parts, seen from a socket. */

import type { AuditLog } from '../audit/audit-log.ts';
import type { Gatekeeper } from '../auth/gatekeeper.ts';
import type { Faults } from '../fault-boundary.ts';
import type { ConsoleInfo } from '../protocol/index.ts';
import type { Doctor } from './doctor.ts';
import type { Fleet } from './fleet.ts';
import type { NodeBoard } from './node-board.ts';
import type { RailwayPlaces } from './railway-places.ts';
import type { ShellHost } from './shell-host.ts';
import type { SshHosts } from './ssh-hosts.ts';

/** The part of a pino logger that is used. */
export interface Logger {
  info(detail: object, message: string): void;
  warn(detail: object, message: string): void;
  error(detail: object, message: string): void;
}

export interface LiveContext {
  readonly gatekeeper: Gatekeeper;
  readonly audit: AuditLog;
  readonly faults: Faults;
  readonly fleet: Fleet;
  readonly board: NodeBoard;
  readonly hosts: SshHosts;
  readonly railway: RailwayPlaces;
  readonly doctor: Doctor;
  readonly shells: ShellHost;
  readonly logger: Logger;
  info(): Promise<ConsoleInfo>;
}

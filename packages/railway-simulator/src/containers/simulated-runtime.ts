/**
 * The contract of a runtime, which runs the containers of the Railway simulator: as processes of this computer, or in network
 * namespaces. The simulator decides when, the runtime how. Every service has one address in the private network, with at most
 * one container behind it.
 */

import type { Duplex } from 'node:stream';
import type { RailwaySource } from '@convoy/cluster/railway';

/** A service, as the runtime sees it. */
export interface SimulatedService {
  readonly serviceId: string;
  readonly serviceName: string;
  readonly environmentId: string;
}

/** Name and addresses of a service in the private network. */
export interface SimulatedEndpoint {
  /** Value of `RAILWAY_PRIVATE_DOMAIN`: a host at which every container can reach the service. */
  readonly domain: string;
  readonly addresses: readonly string[];
}

/** One container to start: its image, its command and its address. */
export interface SimulatedLaunch extends SimulatedService {
  readonly deploymentId: string;
  readonly instanceId: string;
  readonly source: RailwaySource;
  /** Command to run instead of the image's own, without a shell. */
  readonly startCommand: string | undefined;
  readonly endpoint: SimulatedEndpoint;
}

/** How a container ended. */
export interface SimulatedExit {
  readonly code?: number;
  readonly signal?: string | undefined;
}

/** A port that a container listens on. */
export interface SimulatedSocket {
  readonly port: number;
  readonly isIpv6: boolean;
  readonly processName: string;
}

/** A container that was started. */
export interface SimulatedHandle {
  /** Resolves, never rejects, when it has ended and its last line was delivered. */
  readonly exited: Promise<SimulatedExit>;
  /** The ports it listens on. */
  sockets(): Promise<readonly SimulatedSocket[]>;
  /** Opens a stream to one of its ports, as if from its own 127.0.0.1. Rejects when nothing listens there. */
  connect(port: number): Promise<Duplex>;
  /** Sends SIGTERM, and SIGKILL after `graceMs` milliseconds. Resolves when it has ended. */
  stop(graceMs: number): Promise<void>;
  /** Kills it, like a crash. */
  crash(): void;
}

/** Receives each line that a container prints. */
export type LineListener = (line: { readonly text: string; readonly isError: boolean }) => void;

/** Runs the containers of the simulator. The simulator closes it. */
export interface SimulatedRuntime {
  /** Assigns an address to a service. Rejects when none is free. */
  attach(service: SimulatedService): Promise<SimulatedEndpoint>;
  /** Releases the address of a service whose container has ended. */
  detach(service: SimulatedService): Promise<void>;
  /** Prepares the image to run. A rejection fails the build, and its message goes to the build log. */
  build(source: RailwaySource, onLine: LineListener, signal: AbortSignal): Promise<void>;
  /** Starts a container. Resolves when its process runs. `env` has the variables of the service. */
  start(
    launch: SimulatedLaunch,
    env: Readonly<Record<string, string>>,
    onLine: LineListener,
  ): Promise<SimulatedHandle>;
  /** Makes lookups fail. Absent when the runtime has no name servers of its own. */
  readonly dns?: SimulatedDns;
  /** Ends all containers. */
  close(): Promise<void>;
}

/** Faults of the name servers of all private networks. */
export interface SimulatedDns {
  /** Makes all lookups, or those of one name, fail or time out, from when this resolves until `mend`. */
  fail(how: 'SERVFAIL' | 'silence', name?: string): Promise<void>;
  /** Makes lookups succeed again. */
  mend(): Promise<void>;
}

/**
 * The contract of what runs the containers of the Railway simulator: processes of this computer, network namespaces. The
 * simulator says when; the runtime says how. Every service gets one address in the private network, and one container
 * at a time behind it.
 */

import type { Duplex } from 'node:stream';
import type { RailwaySource } from '@convoy/cluster/railway';

/** A service, as its runtime knows it. */
export interface SimulatedService {
  readonly serviceId: string;
  readonly serviceName: string;
  readonly environmentId: string;
}

/** Where a service is in the private network. */
export interface SimulatedEndpoint {
  /** What `RAILWAY_PRIVATE_DOMAIN` says: something that every container can reach the service by. */
  readonly domain: string;
  readonly addresses: readonly string[];
}

/** One container to start: its image, its command and its address. */
export interface SimulatedLaunch extends SimulatedService {
  readonly deploymentId: string;
  readonly instanceId: string;
  readonly source: RailwaySource;
  /** Run instead of what the image runs by itself, without a shell. */
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
  /** Resolves, never rejects, when it has ended and its last line was given out. */
  readonly exited: Promise<SimulatedExit>;
  /** Ports it listens on now. */
  sockets(): Promise<readonly SimulatedSocket[]>;
  /** A stream to one of its ports, as by 127.0.0.1 from inside. Rejects when nobody listens there. */
  connect(port: number): Promise<Duplex>;
  /** Asks it to end, and forces it after `graceMs`. Resolves when it is gone. */
  stop(graceMs: number): Promise<void>;
  /** Ends it at once, as a crash would. */
  crash(): void;
}

/** Receives each line that a container prints. */
export type LineListener = (line: { readonly text: string; readonly isError: boolean }) => void;

/** Runs the containers of the simulator. The simulator closes it. */
export interface SimulatedRuntime {
  /** Gives a service its address. Rejects when there is none. */
  attach(service: SimulatedService): Promise<SimulatedEndpoint>;
  /** The service is gone, its container before it. */
  detach(service: SimulatedService): Promise<void>;
  /** Gets hold of what is to run. Rejects with a message for the build log: the build has failed. */
  build(source: RailwaySource, onLine: LineListener, signal: AbortSignal): Promise<void>;
  /** Resolves when the process runs. `env` is all that it gets of the service. */
  start(
    launch: SimulatedLaunch,
    env: Readonly<Record<string, string>>,
    onLine: LineListener,
  ): Promise<SimulatedHandle>;
  /** How names are looked up in it, where it has name servers of its own. */
  readonly dns?: SimulatedNames;
  /** What still runs ends. */
  close(): Promise<void>;
}

/** What goes wrong with the name servers of private networks, all of them alike. */
export interface SimulatedNames {
  /** Every look-up fails or is left without an answer, or those of one name, from when this resolves until `mend`. */
  fail(how: 'SERVFAIL' | 'silence', name?: string): Promise<void>;
  /** Makes look-ups succeed again. */
  mend(): Promise<void>;
}

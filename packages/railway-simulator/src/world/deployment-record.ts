/**
 * What the simulated Railway stores of one deployment: its state, its steps, the last lines of its logs, and the streams of
 * their changes. No input or output.
 */

import type { DeploymentEventStep, RailwaySource } from '@convoy/cluster/railway';
import { type DeploymentState, firstState, type RestartPolicy } from './deployment-machine.ts';
import { EventStream } from './event-stream.ts';
import type {
  SimulatedEndpoint,
  SimulatedLaunch,
  SimulatedService,
} from '../containers/simulated-runtime.ts';

export interface RecordedEvent {
  readonly id: string;
  readonly step: Exclude<DeploymentEventStep, 'UNKNOWN'>;
  readonly createdAt: string;
  readonly completedAt: string | null;
  readonly payload: { readonly error: string | null; readonly durationMs: number | null };
}

export interface RecordedLine {
  readonly timestamp: string;
  readonly message: string;
  readonly severity: string;
  readonly tags: { readonly deploymentInstanceId: string | null };
}

/** A service in one environment. */
export interface SimulatedInstance extends SimulatedService {
  readonly id: string;
  readonly projectId: string;
  readonly endpoint: SimulatedEndpoint;
  readonly deployments: DeploymentRecord[];
  variables: Record<string, string>;
  source: RailwaySource | undefined;
  region: string;
  startCommand: string | undefined;
  drainingSeconds: number;
  restartPolicy: RestartPolicy;
  limits: { vCPUs: number; memoryGB: number };
}

/** The state of a deployment at one time. */
export interface DeploymentSnapshot {
  readonly state: DeploymentState;
  readonly updatedAt: number;
}

export interface DeploymentRecordOptions {
  readonly id: string;
  readonly instanceId: string;
  readonly newId: () => string;
  readonly now: () => number;
  readonly source: RailwaySource;
  readonly startCommand: string | undefined;
  readonly instance: SimulatedInstance;
}

const maxLines = 2000;
const maxEvents = 200;

export class DeploymentRecord {
  readonly id: string;
  readonly instanceId: string;
  readonly source: RailwaySource;
  readonly startCommand: string | undefined;
  readonly instance: SimulatedInstance;
  readonly createdAt: number;
  readonly events: EventStream<RecordedEvent> = new EventStream(maxEvents);
  readonly buildLines: EventStream<RecordedLine> = new EventStream(maxLines);
  readonly lines: EventStream<RecordedLine> = new EventStream(maxLines);
  readonly changes: EventStream<DeploymentSnapshot> = new EventStream(1);
  state: DeploymentState = firstState;
  updatedAt: number;
  readonly #now: () => number;
  readonly #newId: () => string;
  #lines = 0;

  constructor(options: DeploymentRecordOptions) {
    this.id = options.id;
    this.instanceId = options.instanceId;
    this.source = options.source;
    this.startCommand = options.startCommand;
    this.instance = options.instance;
    this.#now = options.now;
    this.#newId = options.newId;
    this.createdAt = this.#now();
    this.updatedAt = this.createdAt;
  }

  /** What the runtime needs to start it. */
  get launch(): Omit<SimulatedLaunch, 'endpoint'> {
    const { serviceId, serviceName, environmentId } = this.instance;
    const { id: deploymentId, instanceId, source, startCommand } = this;
    return { serviceId, serviceName, environmentId, deploymentId, instanceId, source, startCommand };
  }

  /** Whether it has no container and will never have one again. */
  get isOver(): boolean {
    return ['FAILED', 'REMOVED', 'SKIPPED'].includes(this.state.status) && this.state.container === 'none';
  }

  setState(state: DeploymentState): void {
    const hasChanged = state.status !== this.state.status || state.instance !== this.state.instance;
    this.state = state;
    if (!hasChanged) return;
    this.updatedAt = Math.max(this.#now(), this.updatedAt + 1);
    this.changes.publish({ state, updatedAt: this.updatedAt });
    if (!this.isOver) return;
    for (const stream of [this.lines, this.buildLines, this.events, this.changes]) stream.end();
  }

  addStep(
    step: RecordedEvent['step'],
    phase: 'begin' | 'complete' | 'fail',
    error: string | undefined,
  ): void {
    const at = this.#now();
    const open = this.events.items.findLast((event) => event.step === step && event.completedAt === null);
    const startedAt = open === undefined ? at : Date.parse(open.createdAt);
    this.events.add({
      id: open?.id ?? this.#newId(),
      step,
      createdAt: new Date(startedAt).toISOString(),
      completedAt: phase === 'begin' ? null : new Date(at).toISOString(),
      payload: { error: error ?? null, durationMs: phase === 'begin' ? null : at - startedAt },
    });
  }

  addBuildLine(message: string, isError: boolean): void {
    this.buildLines.add(this.#line(message, isError, null));
  }

  addLine(message: string, isError: boolean): void {
    this.lines.add(this.#line(message, isError, this.instanceId));
  }

  /** No two lines of a deployment have the same timestamp: the nanoseconds are a counter. */
  #line(message: string, isError: boolean, deploymentInstanceId: string | null): RecordedLine {
    this.#lines += 1;
    const nanos = String(this.#lines % 1_000_000).padStart(6, '0');
    return {
      timestamp: new Date(this.#now()).toISOString().replace('Z', `${nanos}Z`),
      message,
      severity: isError ? 'error' : 'info',
      tags: { deploymentInstanceId },
    };
  }
}

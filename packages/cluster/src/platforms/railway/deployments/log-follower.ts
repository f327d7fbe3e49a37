/**
 * Copies the build and container log lines of a deployment to the log of its node, each exactly once. The client removes what
 * Railway repeats after a lost socket; this module removes what it repeats when a failed subscription is started again.
 */

import { backoff, pause } from '@convoy/node/async';
import { LogDeduplicator } from '../streams/log-deduplicator.ts';
import type { RailwayLogLine } from '../model/resources.ts';
import type { RailwayEnvironment } from '../client/railway-environment.ts';
import type { LogOptions } from '../streams/deployment-streams.ts';
import type { NodeLog } from '../../../launch/node-log.ts';
import { hasCode, mayPass } from './provider-failures.ts';

export interface LogFollowerOptions {
  readonly environment: RailwayEnvironment;
  readonly log: NodeLog;
  /** Stops following. */
  readonly signal: AbortSignal;
}

/** As many as a node's log holds, since that many may arrive while a socket is down. */
const limit = 2000;
const waits = { firstMs: 1000, lastMs: 60_000 } as const;

/** Follows the logs in the background; returns immediately and never fails. */
export function followLogs(deploymentId: string, options: LogFollowerOptions): void {
  const { environment } = options;
  void pump((how) => environment.buildLogs(deploymentId, how), options);
  void pump((how) => environment.deploymentLogs(deploymentId, how), options);
}

async function pump(
  open: (options: LogOptions) => AsyncGenerator<RailwayLogLine>,
  { log, signal }: LogFollowerOptions,
): Promise<void> {
  const deduplicator = new LogDeduplicator(4 * limit);
  let isNoted = false;
  const note = ({ message }: Error): void => {
    if (!isNoted) log.note(`the log on Railway cannot be followed: ${message}`);
    isNoted = true;
  };
  const take = (line: RailwayLogLine): void => {
    for (const { text, severity, at } of deduplicator.filter([line])) {
      log.line(severity === 'error' ? 'stderr' : 'stdout', text, at);
    }
  };
  for (let failures = 0; !signal.aborted; failures += 1) {
    deduplicator.restart();
    try {
      for await (const line of open({ limit, signal })) {
        failures = 0;
        take(line);
      }
      return;
    } catch (error) {
      if (signal.aborted || hasCode(error, 'RAILWAY_CLOSED')) return;
      if (!mayPass(error)) note(error as Error);
      if (hasCode(error, 'RAILWAY_NOT_FOUND')) return;
    }
    await pause(backoff(failures, waits), signal, { ref: false }).catch(() => undefined);
  }
}

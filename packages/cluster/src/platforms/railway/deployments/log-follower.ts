/**
 * Carries the log lines of a deployment into the log of its node, those of the build and those of its containers, each
 * once: the client takes out what Railway repeats after a lost socket, and here what it repeats when a subscription had
 * to be given up and is made anew.
 */

import { backoff, pause } from '@convoy/node/async';
import { LogSieve } from '../streams/log-sieve.ts';
import type { RailwayLogLine } from '../model/resources.ts';
import type { RailwayEnvironment } from '../client/railway-environment.ts';
import type { LogOptions } from '../streams/deployment-streams.ts';
import type { NodeLog } from '../../../launch/node-log.ts';
import { hasCode, mayPass } from './provider-failures.ts';

export interface LogFollowerOptions {
  readonly environment: RailwayEnvironment;
  readonly log: NodeLog;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** As many as a node's log holds: what comes while a socket is down may be that much. */
const limit = 2000;
const waits = { firstMs: 1000, lastMs: 60_000 } as const;

/** Returns at once; never fails. */
export function followLogs(deploymentId: string, options: LogFollowerOptions): void {
  const { environment } = options;
  void pump((how) => environment.buildLogs(deploymentId, how), options);
  void pump((how) => environment.deploymentLogs(deploymentId, how), options);
}

async function pump(
  open: (options: LogOptions) => AsyncGenerator<RailwayLogLine>,
  { log, signal }: LogFollowerOptions,
): Promise<void> {
  const sieve = new LogSieve(4 * limit);
  let isTold = false;
  const note = ({ message }: Error): void => {
    if (!isTold) log.note(`its log cannot be followed: ${message}`);
    isTold = true;
  };
  const take = (line: RailwayLogLine): void => {
    for (const { text, severity, at } of sieve.sift([line])) {
      log.line(severity === 'error' ? 'stderr' : 'stdout', text, at);
    }
  };
  for (let failures = 0; !signal.aborted; failures += 1) {
    sieve.restart();
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

/**
 * The traces of a console: one for each node and a few in all. Starting one is an act, which is recorded in the audit log with its target
 * and its outcome, and which the switch of the cluster may forbid.
 */

import {
  type CallTrace,
  parseTraceTarget,
  traceCalls,
  type TraceEnd,
  type TraceEvent,
  traceTargetText,
} from '@convoy/cluster/inspect';
import type { AuditActor, AuditLog } from '../audit/audit-log.ts';
import { ConsoleError, problemOf } from '../errors.ts';
import type { Faults, FaultScope } from '../fault-boundary.ts';
import type { NodeVisit, VisitNode } from '../own-nodes.ts';
import type { TraceStartMessage } from '../protocol/index.ts';

const maxTraces = 8;

/** Options of `TraceHost`. */
export interface TraceHostOptions {
  readonly visit: VisitNode;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly faults: Faults;
  /** Throws CONSOLE_ACTING_OFF if users may not act on the node, and CONSOLE_NOT_FOUND. */
  readonly checkMayAct: (node: string) => void;
  /** Throws CONSOLE_NODE_NOT_UP if the node cannot be asked. */
  readonly checkIsUp: (node: string) => void;
}

/** The trace to start. */
export type TraceRequest = Omit<TraceStartMessage, 'type' | 'requestId'> & {
  /** Ends the trace. */
  readonly signal: AbortSignal;
};

/** Who sees a trace. */
export interface TraceViewer {
  readonly actor: AuditActor;
  takeEvents(events: readonly TraceEvent[]): void;
  /** Called once, after the last events. */
  takeEnd(end: TraceEnd): void;
}

/** A trace that has begun. */
export interface HostedTrace {
  /** The function as its own language writes it. */
  readonly function: string;
  readonly arities: readonly number[];
  readonly stop: () => void;
}

/** The traces of a console. */
export class TraceHost {
  readonly #options: TraceHostOptions;
  /** The nodes with a trace, and what ends it. */
  readonly #running = new Map<string, AbortController>();

  constructor(options: TraceHostOptions) {
    this.#options = options;
  }

  /**
   * Starts a trace. Rejects with CONSOLE_ACTING_OFF, CONSOLE_NOT_FOUND, CONSOLE_NODE_NOT_UP, CONSOLE_TOO_MANY, CONSOLE_AUDIT_FAILED, and as
   * `traceCalls` does.
   */
  async start(request: TraceRequest, viewer: TraceViewer): Promise<HostedTrace> {
    const { audit, checkMayAct, checkIsUp } = this.#options;
    const { node } = request;
    const name = traceTargetText(parseTraceTarget(request.function));
    checkMayAct(node);
    checkIsUp(node);
    this.#checkRoom(node);
    const detail = { node, function: name };
    audit.record('trace.start', viewer.actor, detail);
    const note = (outcome: string): void =>
      audit.record('trace.outcome', viewer.actor, { ...detail, outcome });
    const ending = new AbortController();
    this.#running.set(node, ending);
    try {
      const { trace, visit } = await this.#begin(request, viewer, ending);
      void trace.ended.then((end) => {
        this.#running.delete(node);
        visit.close();
        note(outcomeOf(end));
        viewer.takeEnd(end);
      });
      return { function: name, arities: trace.arities, stop: () => void trace.stop() };
    } catch (error) {
      this.#running.delete(node);
      note(`not started: ${request.signal.aborted ? 'the viewer left' : problemOf(error).code}`);
      throw error;
    }
  }

  /** Ends the traces of nodes on which users may not act any more. */
  endForbidden(): void {
    for (const [node, ending] of this.#running) {
      try {
        this.#options.checkMayAct(node);
      } catch (error) {
        ending.abort(error);
      }
    }
  }

  async #begin(
    request: TraceRequest,
    viewer: TraceViewer,
    ending: AbortController,
  ): Promise<{ readonly trace: CallTrace; readonly visit: NodeVisit }> {
    const { faults, visit: visitNode } = this.#options;
    const { node, maxCalls, maxSeconds, pids, withReturns } = request;
    const signal = AbortSignal.any([request.signal, ending.signal]);
    const end = (): void => ending.abort(new Error('an internal error of the console'));
    const scope: FaultScope = { kind: 'follower', name: `trace on ${node}`, end };
    const visit = await visitNode(node, signal);
    try {
      const options = {
        ...parseTraceTarget(request.function),
        ...{ maxCalls, pids, withReturns, signal },
        maxMs: maxSeconds === undefined ? undefined : Math.round(maxSeconds * 1000),
      };
      const take = (events: readonly TraceEvent[]): void =>
        faults.run(scope, () => viewer.takeEvents(events));
      return { trace: await traceCalls(visit.node, visit.name, options, take), visit };
    } catch (error) {
      visit.close();
      throw error;
    }
  }

  #checkRoom(node: string): void {
    if (this.#running.has(node)) {
      throw new ConsoleError('CONSOLE_TOO_MANY', `a trace is running on ${node} already`, {
        remedy: 'A node has one trace at a time: wait until that one has ended.',
      });
    }
    if (this.#running.size < maxTraces) return;
    throw new ConsoleError('CONSOLE_TOO_MANY', `${maxTraces} traces are running, which is the limit`, {
      remedy: 'Stop one of them, or wait until one has ended.',
    });
  }
}

/** `calls: 100 of 4312`, `time: 7` */
function outcomeOf({ reason, calls, traced }: TraceEnd): string {
  if (traced === undefined) return reason;
  return `${reason}: ${traced}${calls === undefined ? '' : ` of ${calls}`}`;
}

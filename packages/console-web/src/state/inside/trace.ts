/** The trace of this page, at most one. It ends when its panel is left, and with the connection to the console. */

import type { Problem, ServerMessage, TraceEndView, TraceStartMessage } from '@convoy/console/protocol';
import { signal, type Signal } from '@preact/signals';
import { sendMessage } from '../../console-link/live-link.ts';
import { type TraceRow, withEvents } from './trace-rows.ts';

/** What is traced: the fields of the form. */
export type TraceWish = Pick<
  TraceStartMessage,
  'function' | 'maxCalls' | 'maxSeconds' | 'withReturns' | 'pids'
>;

/** A trace of this page. */
export interface PageTrace {
  /** Id of the node. */
  readonly node: string;
  readonly phase: 'starting' | 'running' | 'stopping' | 'ended' | 'refused';
  readonly requestId: string;
  readonly traceId?: string;
  /** The function as its own language writes it, once the trace has begun. */
  readonly function: string;
  readonly arities: readonly number[];
  readonly rows: readonly TraceRow[];
  readonly end?: TraceEndView;
  /** Why it did not begin. */
  readonly problem?: Problem;
}

export type TraceMessage = Extract<ServerMessage, { type: `trace.${string}` }>;

export function isTraceMessage(message: ServerMessage): message is TraceMessage {
  return message.type.startsWith('trace.');
}

export const pageTrace: Signal<PageTrace | undefined> = signal(undefined);

let requests = 0;

function change(part: Partial<PageTrace>): void {
  if (pageTrace.value !== undefined) pageTrace.value = { ...pageTrace.value, ...part };
}

/** Ends what is shown. The console still tells how many calls were traced, if the trace has begun. */
function endHere(message: string): void {
  change({ phase: 'ended', end: { reason: 'stopped', message } });
}

export function isTracing(trace: PageTrace | undefined): boolean {
  return trace !== undefined && ['starting', 'running', 'stopping'].includes(trace.phase);
}

/** Starts a trace in place of the one that is shown. */
export function startTrace(node: string, wish: TraceWish): void {
  leaveTrace();
  requests += 1;
  const requestId = `trace-${requests}`;
  pageTrace.value = { node, phase: 'starting', requestId, function: wish.function, arities: [], rows: [] };
  if (!sendMessage({ type: 'trace.start', requestId, node, ...wish })) loseTrace();
}

export function stopTrace(): void {
  const { phase, traceId } = pageTrace.value ?? {};
  if (phase === 'starting') endHere('The trace was stopped before it had begun.');
  if (phase !== 'running' || traceId === undefined) return;
  change({ phase: 'stopping' });
  sendMessage({ type: 'trace.stop', traceId });
}

/** Ends the trace, because its panel is left or another one starts. What it has shown can be seen again. */
export function leaveTrace(): void {
  const trace = pageTrace.value;
  if (!isTracing(trace)) return;
  endHere('The trace has ended because this page was left.');
  if (trace?.traceId !== undefined) sendMessage({ type: 'trace.stop', traceId: trace.traceId });
}

export function takeTraceMessage(message: TraceMessage): void {
  const trace = pageTrace.value;
  if (message.type === 'trace.started') {
    const { requestId, traceId, arities, function: name } = message;
    const isAwaited = trace?.requestId === requestId && trace.phase === 'starting';
    if (isAwaited) change({ phase: 'running', traceId, arities, function: name });
    // It was stopped, or its panel was left, before it had begun.
    else sendMessage({ type: 'trace.stop', traceId });
    return;
  }
  if (trace?.traceId !== message.traceId) return;
  if (message.type === 'trace.events') change({ rows: withEvents(trace.rows, message.events) });
  else
    change({ phase: 'ended', end: { ...message.end, message: trace.end?.message ?? message.end.message } });
}

/** Takes the refusal of a request. Returns whether it was for a trace. */
export function refuseTrace(requestId: string, problem: Problem): boolean {
  if (!requestId.startsWith('trace-')) return false;
  const { phase, requestId: awaited } = pageTrace.value ?? {};
  if (phase === 'starting' && awaited === requestId) change({ phase: 'refused', problem });
  return true;
}

/** The connection to the console was lost, which ends a trace. */
export function loseTrace(): void {
  if (!isTracing(pageTrace.value)) return;
  const message = 'The connection to the console was lost, which ends a trace.';
  change({ phase: 'ended', end: { reason: 'failed', message } });
}

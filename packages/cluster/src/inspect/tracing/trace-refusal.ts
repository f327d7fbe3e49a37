/** Why a trace did not begin, as errors. Pure. */

import { ConvoyError, RemoteError } from '@convoy/node';
import { InspectError } from '../../errors.ts';
import type { TraceEnd, TraceStart } from './read-trace.ts';
import { type TraceTarget, traceTargetText } from './trace-target.ts';

const tracers: ReadonlyMap<string, string> = new Map([
  ['', 'another program'],
  ['convoy', 'another program that uses Convoy'],
]);

/** The error for a node that has not begun to trace. */
export function refusal(start: TraceStart, node: string, target: TraceTarget): InspectError {
  switch (start.kind) {
    case 'no-module':
      return noFunction(node, target, 'Check the name of the module.');
    case 'no-function':
      return noFunction(node, target, otherArities(start.arities));
    case 'traced': {
      const who = tracers.get(start.by) ?? start.by;
      return new InspectError('INSPECT_TRACED_ALREADY', `${who} is tracing on ${node}`, {
        value: start.by,
        remedy: 'Up to OTP 26 all traces of a node share their settings: end the other trace first.',
      });
    }
    case 'slow':
      return traceFailed(node, 'it did not answer in time');
    case 'failed':
      return traceFailed(node, `it answered ${start.why}`);
    case 'ready':
      return traceFailed(node, 'its answer cannot be read');
  }
}

/** The error for a trace that ended before it began. */
export function beginFailure({ reason, message }: TraceEnd, node: string): InspectError {
  if (reason !== 'no-process') return traceFailed(node, message.replace(/\.$/, ''));
  const remedy = 'Choose processes that exist, or trace the calls of all.';
  return traceFailed(node, 'none of the processes exists', { remedy });
}

function traceFailed(
  node: string,
  why: string,
  {
    remedy = 'The log of that node may have more.',
    cause,
  }: { remedy?: string | undefined; cause?: unknown } = {},
): InspectError {
  return new InspectError('INSPECT_TRACE_FAILED', `calls on ${node} cannot be traced: ${why}`, {
    remedy,
    cause,
  });
}

/** The error for a call to the node that has failed. Errors that are not about the node stay as they are. */
export function callFailure(error: unknown, node: string): unknown {
  if (!(error instanceof ConvoyError)) return error;
  const { message, remedy } = error;
  if (error instanceof RemoteError && error.code === 'REMOTE_UNDEF') {
    const why = 'it does not evaluate Erlang';
    return traceFailed(node, why, { remedy: 'Only Erlang and Elixir nodes can be traced.', cause: error });
  }
  return traceFailed(node, message, {
    remedy: remedy ?? 'The doctor finds out why a node cannot be reached.',
    cause: error,
  });
}

function noFunction(node: string, target: TraceTarget, remedy: string): InspectError {
  const name = traceTargetText(target);
  return new InspectError('INSPECT_NO_FUNCTION', `${node} has no function ${name}`, { value: name, remedy });
}

function otherArities(arities: readonly number[]): string {
  if (arities.length === 0) return 'Check the name of the function.';
  return `A function of that name has ${arities.length === 1 ? 'the arity' : 'the arities'} ${arities.join(', ')}.`;
}

/** What a scripted console says of a trace. */

import type { ServerMessage, TraceEventView, TraceStartMessage } from '@convoy/console/protocol';
import type { ScriptedConsole } from '../scripted-console.ts';

/** The traces that the page has asked for. */
export function wishes({ received }: ScriptedConsole): readonly TraceStartMessage[] {
  return received.filter((message) => message.type === 'trace.start');
}

/** The answer to the last request. */
export function traceStarted(scripted: ScriptedConsole, node: string): ServerMessage {
  const { requestId = '', function: name = '' } = wishes(scripted).at(-1) ?? {};
  return { type: 'trace.started', requestId, traceId: 'trace-of-test', node, function: name, arities: [2] };
}

const at = Date.UTC(2026, 11, 1, 10, 0, 0);

/** Three calls: one has returned, one has raised, one is running. */
export const traceEvents: TraceEventView[] = [
  { kind: 'call', number: 1, pid: '<0.120.0>', at, arity: 2, args: '{cart,"Anna"},3' },
  { kind: 'return', number: 1, pid: '<0.120.0>', at: at + 0.043, arity: 2, value: 'ok', durationUs: 43 },
  { kind: 'call', number: 2, pid: '<0.121.0>', at: at + 20, arity: 2, args: 'nobody,1' },
  {
    kind: 'exception',
    number: 2,
    pid: '<0.121.0>',
    at: at + 21.2,
    arity: 2,
    value: '{error,no_cart}',
    durationUs: 1200,
  },
  { kind: 'call', number: 3, pid: '<0.120.0>', at: at + 400, arity: 2, args: '{cart,"Ben"},1' },
];

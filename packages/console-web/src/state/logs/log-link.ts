/**
 * Where the live socket hands over what it hears of logs. The page of logs is loaded when it is opened first; without it
 * nothing is followed and nothing arrives.
 */

import type { ServerMessage } from '@convoy/console/protocol';

export type LogStateMessage = Extract<ServerMessage, { type: 'logs.state' }>;

export type LogLinesMessage = Extract<ServerMessage, { type: 'logs' }>;

export interface LogReceiver {
  take(message: LogLinesMessage | LogStateMessage): void;
  /** The node was launched again, or has another log now: its lines are followed from the first one. */
  restart(node: string): void;
  /** The socket is live again: whatever is followed is asked for again. */
  resume(): void;
}

let current: LogReceiver | undefined;

/** Hands everything to `receiver`. Returns a function that ends this. */
export function receiveLogs(receiver: LogReceiver): () => void {
  current = receiver;
  return () => {
    if (current === receiver) current = undefined;
  };
}

export function logReceiver(): LogReceiver | undefined {
  return current;
}

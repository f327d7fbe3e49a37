/**
 * The events of a node: names and payloads of its `node:diagnostics_channel` channels, described in docs/events.md.
 * Publishing is free without subscribers. A payload never contains a cookie.
 */

import { type Channel, channel } from 'node:diagnostics_channel';

/** Payload by channel name. */
export interface NodeEvents {
  /** A handshake succeeded. */
  'convoy:connection.up': {
    readonly node: string;
    readonly peer: string;
    readonly visible: boolean;
    readonly direction: 'in' | 'out';
    readonly address: string | undefined;
  };
  /** A connection that was up has ended; `error` is `undefined` when it was closed on purpose or ended cleanly. */
  'convoy:connection.down': {
    readonly node: string;
    readonly peer: string;
    readonly error: Error | undefined;
  };
  /** A handshake failed, in either direction. `peer` is the name the other side claimed, once it has sent one. */
  'convoy:handshake.refused': {
    readonly node: string;
    readonly peer: string | undefined;
    readonly direction: 'in' | 'out';
    readonly address: string | undefined;
    readonly error: Error;
  };
  /** A received or outgoing message was dropped; several in one event if the end of a connection, or of an attempt to connect, lost them. */
  'convoy:message.dropped': {
    readonly node: string;
    readonly peer: string | undefined;
    readonly reason: MessageDropReason;
    /** The number of the control message, if it could be read. */
    readonly op: number | undefined;
    readonly error: Error | undefined;
    /** How many messages the event is about. Default 1. */
    readonly count?: number | undefined;
    /** How many bytes of them were waiting; messages that were sent when the connection had already ended have none. */
    readonly bytes?: number | undefined;
  };
  /** A peer requested something this node does not support. `request` is readable text, shortened. */
  'convoy:request.unsupported': {
    readonly node: string;
    readonly peer: string;
    readonly request: string;
    /** What the operator of either node can do about it, if anything. */
    readonly remedy?: string | undefined;
  };
  /** The function or a callback of a process threw. The process has ended; its links and monitors are being notified. */
  'convoy:process.crashed': {
    readonly node: string;
    readonly pid: string;
    /** The name it was registered under. */
    readonly name: string | undefined;
    readonly error: unknown;
  };
  /** The registration of this node at its EPMD was lost, could not be restored yet, or was restored. */
  'convoy:registration': {
    readonly node: string;
    readonly state: 'lost' | 'failed' | 'restored';
    readonly error: Error | undefined;
  };
  /** The output queue for a peer went over its high-water mark (`active`), or has drained. */
  'convoy:backpressure': {
    readonly node: string;
    readonly peer: string;
    readonly active: boolean;
    readonly bufferedBytes: number;
  };
  /**
   * The mailbox of a process is more than half full, so that `peer`, which sends to it, is held back (`active`); or `peer` is not held back
   * any more. `messages` and `bytes` are those that wait.
   */
  'convoy:mailbox.full': {
    readonly node: string;
    readonly pid: string;
    /** The name it is registered under. */
    readonly name: string | undefined;
    readonly peer: string;
    readonly active: boolean;
    readonly messages: number;
    readonly bytes: number;
  };
  /** The event loop was blocked for longer than a quarter of the tick time, `blockedMs` at least. */
  'convoy:event-loop.blocked': {
    readonly node: string;
    readonly blockedMs: number;
    readonly netTickTimeMs: number;
  };
}

/** The name of an event, which is also the name of its diagnostics channel. */
export type NodeEventName = keyof NodeEvents;

/** Why a message was dropped. */
export type MessageDropReason =
  /** The control message or its payload violates the protocol. */
  | 'malformed'
  /** The operation number is unknown. */
  | 'unknown-op'
  /** The peer has not negotiated what the message needs, and the message has no older form. */
  | 'not-negotiated'
  /** The receiver threw. */
  | 'receiver-failed'
  /** The process, name or alias does not exist. */
  | 'no-receiver'
  /** The receiving node cannot be reached. */
  | 'not-connected'
  /**
   * The sender of a signal, or the process or reference it is about, belongs to a node other than the peer that sent it;
   * or an answer came from a node that was not asked.
   */
  | 'foreign-sender'
  /** The peer's request wanted the answer to go to another node. */
  | 'foreign-receiver'
  /** The peer read too slowly: more than `limits.maxSendQueueBytes` were waiting, and the connection was closed. */
  | 'overflow'
  /** One of the `Limits` was reached. */
  | 'limit';

const channels = new Map<NodeEventName, Channel<unknown, NodeEvents[NodeEventName]>>();

function channelOf(name: NodeEventName): Channel<unknown, NodeEvents[NodeEventName]> {
  let found = channels.get(name);
  if (found === undefined) {
    found = channel(name) as Channel<unknown, NodeEvents[NodeEventName]>;
    channels.set(name, found);
  }
  return found;
}

/** Publishes an event; `make` runs only if there are subscribers. */
export function publishEvent<Name extends NodeEventName>(name: Name, make: () => NodeEvents[Name]): void {
  const target = channelOf(name);
  if (target.hasSubscribers) target.publish(make());
}

/** Subscribes to one kind of event of every node in this process. Returns a function that unsubscribes. */
export function subscribeEvent<Name extends NodeEventName>(
  name: Name,
  listener: (event: NodeEvents[Name]) => void,
): () => void {
  const onMessage = (event: unknown): void => listener(event as NodeEvents[Name]);
  const target = channelOf(name);
  target.subscribe(onMessage);
  return () => {
    target.unsubscribe(onMessage);
  };
}

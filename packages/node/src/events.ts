/**
 * What happens inside a node, for whoever watches: names and payloads of its `node:diagnostics_channel` channels
 * (described in docs/events.md). Publishing costs nothing while nobody is subscribed. Never a cookie in a payload.
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
  /** A connection that was up is over; `error` is `undefined` when it was closed on purpose or ended properly. */
  'convoy:connection.down': {
    readonly node: string;
    readonly peer: string;
    readonly error: Error | undefined;
  };
  /** A handshake failed, either side. `peer` is what the other side claims to be, once it has said so. */
  'convoy:handshake.refused': {
    readonly node: string;
    readonly peer: string | undefined;
    readonly direction: 'in' | 'out';
    readonly address: string | undefined;
    readonly error: Error;
  };
  /** A received or unsendable message was left out. The connection goes on. */
  'convoy:message.dropped': {
    readonly node: string;
    readonly peer: string | undefined;
    readonly reason: MessageDropReason;
    /** The control message's number, where it could be read. */
    readonly op: number | undefined;
    readonly error: Error | undefined;
  };
  /** A peer asked for something this node does not do. `request` is readable text, shortened. */
  'convoy:request.unsupported': {
    readonly node: string;
    readonly peer: string;
    readonly request: string;
    /** What the operator of either node can do about it, where there is something. */
    readonly remedy?: string | undefined;
  };
  /** The function or a callback of a process threw. The process has ended; its links and monitors are being told. */
  'convoy:process.crashed': {
    readonly node: string;
    readonly pid: string;
    /** The name it was registered under. */
    readonly name: string | undefined;
    readonly error: unknown;
  };
  /** The name of this node at its EPMD: the daemon went away, did not take the name again, or has it again. */
  'convoy:registration': {
    readonly node: string;
    readonly state: 'lost' | 'failed' | 'restored';
    readonly error: Error | undefined;
  };
  /** The output queue for a peer went over its high water mark (`active`), or has emptied. */
  'convoy:backpressure': {
    readonly node: string;
    readonly peer: string;
    readonly active: boolean;
    readonly bufferedBytes: number;
  };
}

export type NodeEventName = keyof NodeEvents;

export type MessageDropReason =
  /** The control message or its payload is not what the protocol says. */
  | 'malformed'
  /** An operation number without a meaning. */
  | 'unknown-op'
  /** The peer has not negotiated what the message needs, and there is no older form of it. */
  | 'not-negotiated'
  /** The receiver threw. */
  | 'receiver-failed'
  /** Nobody there: no such process, name or alias. */
  | 'no-receiver'
  /** The node it was for cannot be reached. */
  | 'not-connected'
  /**
   * The sender of a signal, or the process or reference it is about, belongs to another node than the peer it came from;
   * or an answer came from a node that was not asked.
   */
  | 'foreign-sender'
  /** A request of the peer asked for its answer to go to another node. */
  | 'foreign-receiver'
  /** A limit of limits.ts was reached. */
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

/** Publishes an event; `make` runs only when somebody listens. */
export function publishEvent<Name extends NodeEventName>(name: Name, make: () => NodeEvents[Name]): void {
  const target = channelOf(name);
  if (target.hasSubscribers) target.publish(make());
}

/** Listens to one kind of event of every node in this process. Returns what ends it. */
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

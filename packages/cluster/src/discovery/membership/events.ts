/**
 * The events that discovery publishes: names and payloads of its `node:diagnostics_channel` channels (described in
 * docs/events.md). Publishing costs nothing while there are no subscribers.
 */

import { type Channel, channel } from 'node:diagnostics_channel';

/** Payload by channel name. `node` is the node that discovers, `topology` the name given by the user. */
export interface DiscoveryEvents {
  /** A strategy delivered an answer. */
  'convoy:discovery.polled': {
    readonly node: string;
    readonly topology: string;
    readonly strategy: string;
    /** Number of peers in the answer, this node included. */
    readonly peers: number;
    readonly isComplete: boolean;
    readonly durationMs: number | undefined;
  };
  /** A topology saw a peer for the first time. */
  'convoy:discovery.discovered': {
    readonly node: string;
    readonly topology: string;
    readonly peer: string;
    readonly tags: Readonly<Record<string, string>>;
  };
  /** A peer was forgotten: it was missing from the answers, or its topology was removed. */
  'convoy:discovery.lost': {
    readonly node: string;
    readonly topology: string;
    readonly peer: string;
    readonly reason: 'missing' | 'removed';
  };
  /** A wanted peer is connected, regardless of which side dialled. */
  'convoy:discovery.connected': {
    readonly node: string;
    readonly peer: string;
    /** Duration of our dial; 0 when the other side dialled. */
    readonly durationMs: number;
    /** Number of dials it took, this one included. */
    readonly attempts: number;
  };
  /** The connection to a wanted peer went down. The peer is dialled again. */
  'convoy:discovery.disconnected': {
    readonly node: string;
    readonly peer: string;
    readonly reason: string;
  };
  /** A lookup (`topology`) or a dial (`peer`) failed. It is retried. */
  'convoy:discovery.failed': {
    readonly node: string;
    readonly topology: string | undefined;
    readonly peer: string | undefined;
    readonly error: Error;
    /** Consecutive failures so far. */
    readonly attempts: number;
    readonly retryInMs: number | undefined;
  };
}

/** Name of a discovery event's channel. */
export type DiscoveryEventName = keyof DiscoveryEvents;

const channels = new Map<DiscoveryEventName, Channel<unknown, DiscoveryEvents[DiscoveryEventName]>>();

function channelOf(name: DiscoveryEventName): Channel<unknown, DiscoveryEvents[DiscoveryEventName]> {
  let found = channels.get(name);
  if (found === undefined) {
    found = channel(name) as Channel<unknown, DiscoveryEvents[DiscoveryEventName]>;
    channels.set(name, found);
  }
  return found;
}

export function publishDiscovery<Name extends DiscoveryEventName>(
  name: Name,
  event: DiscoveryEvents[Name],
): void {
  const target = channelOf(name);
  if (target.hasSubscribers) target.publish(event);
}

/** Subscribes to one kind of event of every discovery in this process. Returns the function that unsubscribes. */
export function subscribeDiscovery<Name extends DiscoveryEventName>(
  name: Name,
  listener: (event: DiscoveryEvents[Name]) => void,
): () => void {
  const onMessage = (event: unknown): void => listener(event as DiscoveryEvents[Name]);
  const target = channelOf(name);
  target.subscribe(onMessage);
  return () => {
    target.unsubscribe(onMessage);
  };
}

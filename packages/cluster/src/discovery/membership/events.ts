/**
 * What discovery tells whoever watches: names and payloads of its `node:diagnostics_channel` channels (described in
 * docs/events.md). Publishing costs nothing while nobody is subscribed.
 */

import { type Channel, channel } from 'node:diagnostics_channel';

/** Payload by channel name. `node` is the one that looks, `topology` the name its user gave. */
export interface DiscoveryEvents {
  /** A strategy has an answer. */
  'convoy:discovery.polled': {
    readonly node: string;
    readonly topology: string;
    readonly strategy: string;
    /** How many peers are in it, ourselves included. */
    readonly peers: number;
    readonly isComplete: boolean;
    readonly durationMs: number | undefined;
  };
  /** A peer was seen that was not known. */
  'convoy:discovery.discovered': {
    readonly node: string;
    readonly topology: string;
    readonly peer: string;
    readonly tags: Readonly<Record<string, string>>;
  };
  /** A peer is forgotten: it was missing from the answers, or its topology was removed. */
  'convoy:discovery.lost': {
    readonly node: string;
    readonly topology: string;
    readonly peer: string;
    readonly reason: 'missing' | 'removed';
  };
  /** A peer that is wanted is connected, whoever dialled. */
  'convoy:discovery.connected': {
    readonly node: string;
    readonly peer: string;
    /** Of our dial; 0 when the other side dialled. */
    readonly durationMs: number;
    /** Dials it took, this one included. */
    readonly attempts: number;
  };
  /** The connection to a peer that is wanted is gone. It is dialled again. */
  'convoy:discovery.disconnected': {
    readonly node: string;
    readonly peer: string;
    readonly reason: string;
  };
  /** A look-up failed (`topology`), or a dial did (`peer`). It is tried again. */
  'convoy:discovery.failed': {
    readonly node: string;
    readonly topology: string | undefined;
    readonly peer: string | undefined;
    readonly error: Error;
    /** In a row. */
    readonly attempts: number;
    readonly retryInMs: number | undefined;
  };
}

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

/** Listens to one kind of event of every discovery in this process. Returns what ends it. */
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

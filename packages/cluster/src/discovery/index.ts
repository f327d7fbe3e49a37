/** The door `@convoy/cluster/discovery`: nodes that find each other and stay connected. */

export { type BeamJoinerOptions, createBeamJoiner } from './beam-joiner.ts';
export { type Discovery, type DiscoveryOptions, startDiscovery, type TopologyStatus } from './discovery.ts';
export type { Joiner } from './joiner.ts';
export { type DiscoveryEventName, type DiscoveryEvents, subscribeDiscovery } from './membership/events.ts';
export type { PeerStatus, PrunePolicy } from './membership/membership-model.ts';
export type { PeerFilterOptions } from './membership/peer-filter.ts';
export type { ReadyOptions } from './membership/ready-waiters.ts';
export { createPeerFilter } from './membership/peer-filter.ts';
export { createTopology, parseTopology, type TopologyDescription } from './strategy-table.ts';
export type { Topology } from './topology.ts';
export type { AddressType } from '../strategies/dns-client.ts';
export {
  createDnsNamesStrategy,
  createDnsSrvStrategy,
  createDnsStrategy,
  createDnsTxtStrategy,
  type DnsNamesStrategyOptions,
  type DnsSrvStrategyOptions,
  type DnsStrategyOptions,
  type DnsTxtStrategyOptions,
} from '../strategies/dns.ts';
export {
  createEpmdStrategy,
  createHostsFileStrategy,
  createLocalEpmdStrategy,
  type EpmdStrategyOptions,
  type HostsFileStrategyOptions,
} from '../strategies/epmd.ts';
export { DiscoveryError, type DiscoveryErrorCode } from '../strategies/discovery-error.ts';
export { createGossipStrategy, type GossipStrategyOptions } from '../strategies/gossip.ts';
export {
  createPollingStrategy,
  type LookupResult,
  type PollingOptions,
  type PollingStrategyOptions,
} from '../strategies/polling.ts';
export { createStaticStrategy, type StaticStrategyOptions } from '../strategies/static.ts';
export type { SeenPeer, Strategy, StrategyAnswer, StrategyContext } from '../strategies/strategy.ts';

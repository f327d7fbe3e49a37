/**
 * The entry point `@convoy/node/connection`: single connections to a node, with a handshake and ticks but without a node on
 * this side. For tools that check or measure nodes; a program that takes part in a cluster starts a node.
 */

export { Flag, type FlagName, flagNames, hasFlags } from './distribution/flags.ts';
export { acceptConnection, type AcceptDecision, type AcceptOptions, listenForPeers } from './net/accept.ts';
export type { Connection, ConnectionStats, PeerInfo } from './net/connection.ts';
export { dialPeer, type DialOptions, openConnection, type OpenOptions } from './net/dial.ts';

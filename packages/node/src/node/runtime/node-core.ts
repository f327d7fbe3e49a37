/**
 * The interface that the protocols of a node (rpc, erpc, global, net_kernel, remote spawn) are built on: a narrow view of
 * the node that isolates them from sockets and from one another. Interfaces only; node-runtime.ts implements them.
 */

import type { Clock } from '../../clock.ts';
import type { Control, ControlOf } from '../../distribution/control-messages.ts';
import type { ControlKind } from '../../distribution/control-rows.ts';
import type { DecodeOptions, Pid, Reference, Term } from '../../etf/index.ts';
import type { Limits } from '../../limits.ts';
import type { PeerInfo } from '../../net/connection.ts';
import type { MonitorTarget, ProcessFunction, ServerCallbacks, SpawnOptions } from '../../process/process.ts';
import type { Destination } from '../../process/router.ts';

/** Options of `Node.connect`. */
export interface ConnectOptions {
  /** Timeout for looking up, dialling and the handshake. Default: the node's `handshakeTimeoutMs`. */
  readonly timeoutMs?: number | undefined;
  /** Aborts the attempt. */
  readonly signal?: AbortSignal | undefined;
}

/** Which nodes to list: `connected` are all connected ones; `known` also includes those being dialled. */
export type NodeKind = 'visible' | 'hidden' | 'connected' | 'known';

/** Options of `Node.send`. */
export interface SendOptions {
  /** The sender that the receiver sees. Default: the node's own process. */
  readonly from?: Pid;
}

/** Control messages that a protocol handles itself. Traced variants are delivered as the plain kind. */
export type HookedKind = Extract<ControlKind, 'SPAWN_REQUEST' | 'SPAWN_REPLY'>;

export type ControlHook<Kind extends HookedKind> = (
  peer: PeerInfo,
  control: ControlOf<Kind>,
  payload: Term,
) => void;

/** Called with the name of a node that connected. */
export type NodeUpListener = (name: string, info: { readonly visible: boolean }) => void;
/**
 * Called with the name of a node that disconnected. `reason` is the code of the error that ended the connection,
 * `disconnect`, or `connection_closed`.
 */
export type NodeDownListener = (name: string, reason: string) => void;

export interface NodeCore {
  readonly name: string;
  readonly creation: number;
  readonly hidden: boolean;
  /** Processes of this node answer only the peer that asked, and only `connect` dials. */
  readonly isIsolated: boolean;
  readonly limits: Limits;
  readonly clock: Clock;
  /** How payloads are decoded: the node's `mapping` option. */
  readonly mapping: DecodeOptions;
  /** The node's own process: the default sender, and a group leader that always exists. Drops its messages. */
  readonly pid: Pid;

  spawn(fn: ProcessFunction, options?: SpawnOptions): Pid;
  spawnServer(callbacks: ServerCallbacks, options?: SpawnOptions): Pid;
  register(name: string, pid: Pid): void;
  unregister(name: string): boolean;
  whereis(name: string): Pid | undefined;
  isAlive(pid: Pid): boolean;
  /** Ends a local process with exactly this reason, which its links and monitors get; nothing is logged. */
  terminate(pid: Pid, reason: Term): void;
  /** Sends an exit signal to a process on any node, as `exit(Pid, Reason)` does. */
  exit(pid: Pid, reason: Term): void;
  makeRef(): Reference;

  /** Delivers locally, or dials if needed. Never throws for a destination that does not exist. */
  send(to: Destination, message: Term, options?: SendOptions): void;
  /** Delivers a message of the node `peer` to a registered local process. Returns `false` when there is no such process. */
  relay(peer: string, name: string, message: Term): boolean;
  /** Sends to a connected peer, in order with everything else. Never dials: returns `false` when it is not connected. */
  sendControl(peer: string, control: Control, payload?: Term): boolean;
  /** Sets the handler for one kind of incoming control message. Returns a function that removes it. */
  onControl<Kind extends HookedKind>(kind: Kind, hook: ControlHook<Kind>): () => void;

  /** Monitors on behalf of the local process `owner`, which receives the `{'DOWN', ...}` message. */
  monitor(owner: Pid, target: MonitorTarget): Reference;
  demonitor(owner: Pid, ref: Reference): void;
  /**
   * Lets `owner` expect a DOWN for `ref` from `peer` without a MONITOR_P: a SPAWN_REQUEST with `monitor` requests one. Loss
   * of the connection delivers it with `noconnection`. Call this before sending the request.
   */
  expectDown(owner: Pid, ref: Reference, peer: string): void;
  /**
   * Records that remote `watcher` monitors the local process `pid`, for a SPAWN_REQUEST with `monitor`. Returns `false` when
   * its node has reached `limits.maxRemoteWatches`.
   */
  adoptMonitor(pid: Pid, watcher: Pid, ref: Reference): boolean;
  /** Records a link of the local process `pid` with remote `other`, for a SPAWN_REQUEST with `link`; same limit. */
  adoptLink(pid: Pid, other: Pid): boolean;

  /** Resolves when the peer is connected; rejects when it cannot be reached. */
  connect(peer: string, options?: ConnectOptions): Promise<void>;
  disconnect(peer: string): boolean;
  list(kind?: NodeKind): string[];
  /** Information about a connected peer. */
  peer(name: string): PeerInfo | undefined;
  onNodeUp(listener: NodeUpListener): () => void;
  onNodeDown(listener: NodeDownListener): () => void;
  /** Calls `listener` once when the node closes, before its processes are killed. */
  onClose(listener: () => void): () => void;
}

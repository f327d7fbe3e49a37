/**
 * What the protocols of a node (rpc, erpc, global, net_kernel, remote spawn) are built on: a narrow view of the node
 * that keeps them away from sockets and from one another. Interfaces only; node.ts implements it.
 */
import type { Clock } from '../../clock.ts';
import type { Control, ControlKind, ControlOf } from '../../distribution/control-messages.ts';
import type { DecodeOptions, Pid, Reference, Term } from '../../etf/index.ts';
import type { Limits } from '../../limits.ts';
import type { PeerInfo } from '../../net/connection.ts';
import type { MonitorTarget, ProcessFunction, ServerCallbacks, SpawnOptions } from '../../process/process.ts';
import type { Destination } from '../../process/router.ts';

export interface ConnectOptions {
  /** For looking the peer up, dialling and shaking hands. Default: the node's `handshakeTimeoutMs`. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** `known` are the connected ones and those being dialled. */
export type NodeKind = 'visible' | 'hidden' | 'connected' | 'known';

export interface SendOptions {
  /** The sender the receiver sees. Default: the node's own process. */
  readonly from?: Pid;
}

/** Control messages that only their protocol understands. Traced variants arrive as the plain kind. */
export type HookedKind = Extract<ControlKind, 'SPAWN_REQUEST' | 'SPAWN_REPLY'>;

export type ControlHook<Kind extends HookedKind> = (
  peer: PeerInfo,
  control: ControlOf<Kind>,
  payload: Term,
) => void;

export type NodeUpListener = (name: string, info: { readonly visible: boolean }) => void;
/** `reason` is text: the code of the error that ended the connection, `disconnect`, or `connection_closed`. */
export type NodeDownListener = (name: string, reason: string) => void;

export interface NodeCore {
  readonly name: string;
  readonly creation: number;
  readonly hidden: boolean;
  /** Processes of this node answer the peer that asked and no other; nothing is dialled but by `connect`. */
  readonly isIsolated: boolean;
  readonly limits: Limits;
  readonly clock: Clock;
  /** How payloads are decoded, as the node's `mapping` option says. */
  readonly mapping: DecodeOptions;
  /** The node's own process: the default sender, and a group leader that is always there. Drops what it is sent. */
  readonly pid: Pid;

  spawn(fn: ProcessFunction, options?: SpawnOptions): Pid;
  spawnServer(callbacks: ServerCallbacks, options?: SpawnOptions): Pid;
  register(name: string, pid: Pid): void;
  unregister(name: string): boolean;
  whereis(name: string): Pid | undefined;
  isAlive(pid: Pid): boolean;
  /** Ends a local process with exactly this reason, told to its links and monitors; nothing is logged. */
  terminate(pid: Pid, reason: Term): void;
  /** Sends an exit signal as `exit(Pid, Reason)` does, to a process of any node. */
  exit(pid: Pid, reason: Term): void;
  makeRef(): Reference;

  /** Delivers locally or dials where needed. Never throws for a destination that is not there. */
  send(to: Destination, message: Term, options?: SendOptions): void;
  /** Delivers what the node `peer` wants a registered process of this node to get; `false` when there is none. */
  relay(peer: string, name: string, message: Term): boolean;
  /** Sends to a connected peer, in order with everything else. `false` when there is no connection; never dials. */
  sendControl(peer: string, control: Control, payload?: Term): boolean;
  /** Sets who serves a kind of control message that arrives. One hook per kind. Returns what removes it. */
  onControl<Kind extends HookedKind>(kind: Kind, hook: ControlHook<Kind>): () => void;

  /** Monitors on behalf of the local process `owner`, which gets the `{'DOWN', ...}` message. */
  monitor(owner: Pid, target: MonitorTarget): Reference;
  demonitor(owner: Pid, ref: Reference): void;
  /**
   * Lets `owner` expect a DOWN for `ref` from `peer` although no MONITOR_P was sent: a SPAWN_REQUEST with `monitor`
   * asks for one. Connection loss delivers it with `noconnection`. Send nothing before this is called.
   */
  expectDown(owner: Pid, ref: Reference, peer: string): void;
  /**
   * Records that remote `watcher` monitors the local process `pid`, as a SPAWN_REQUEST with `monitor` asks. `false` when
   * its node has as many links and monitors as it may have.
   */
  adoptMonitor(pid: Pid, watcher: Pid, ref: Reference): boolean;
  /** Records a link of the local process `pid` with remote `other`, as a SPAWN_REQUEST with `link` asks; the same. */
  adoptLink(pid: Pid, other: Pid): boolean;

  /** Resolves when the peer is connected; rejects with the reason when it cannot be. */
  connect(peer: string, options?: ConnectOptions): Promise<void>;
  disconnect(peer: string): boolean;
  list(kind?: NodeKind): string[];
  /** The connected peer's flags and creation. */
  peer(name: string): PeerInfo | undefined;
  onNodeUp(listener: NodeUpListener): () => void;
  onNodeDown(listener: NodeDownListener): () => void;
  /** Called once when the node closes, before its processes are killed. */
  onClose(listener: () => void): () => void;
}

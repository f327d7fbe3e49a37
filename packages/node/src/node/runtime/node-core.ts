/**
 * The interface that the protocols of a node (rpc, erpc, gen calls, global, net_kernel, remote spawn) are built on: a narrow
 * view of the node that isolates them from sockets and from one another. Interfaces only; node-runtime.ts implements them.
 */

import type { Clock } from '../../clock.ts';
import type { Control, ControlOf } from '../../distribution/control-messages.ts';
import type { ControlKind } from '../../distribution/control-rows.ts';
import type { DecodeOptions, Pid, Term } from '../../etf/index.ts';
import type { Limits } from '../../limits.ts';
import type { PeerInfo } from '../../net/connection.ts';
import type { ProcessTable } from '../../process/process-table.ts';
import type { Destination } from '../../process/router.ts';
import type { NetKernel } from './net-kernel.ts';
import type { UnfinishedWork } from './unfinished-work.ts';

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

/** The processes of this node, without what belongs to the processes themselves. */
export type CoreProcesses = Pick<
  ProcessTable,
  | 'spawn'
  | 'spawnServer'
  | 'register'
  | 'unregister'
  | 'whereis'
  | 'registered'
  | 'isAlive'
  | 'exit'
  | 'terminate'
  | 'makeRef'
  | 'monitor'
  | 'demonitor'
  | 'expectDown'
  | 'adoptMonitor'
  | 'adoptLink'
  | 'adoptSpawned'
  | 'relay'
  | 'pids'
  | 'find'
  | 'size'
>;

/** The connections of this node, without what comes over them. */
export type CoreConnections = Pick<
  NetKernel,
  'connect' | 'disconnect' | 'find' | 'list' | 'peer' | 'traffic' | 'whenWritable'
>;

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
  readonly processes: CoreProcesses;
  readonly connections: CoreConnections;
  /** What is finished before the node closes. */
  readonly work: UnfinishedWork;

  /** Delivers locally, or dials if needed. Never throws for a destination that does not exist. */
  send(to: Destination, message: Term, options?: SendOptions): void;
  /** Sends to a connected peer, in order with everything else. Never dials: returns `false` when it is not connected. */
  sendControl(peer: string, control: Control, payload?: Term): boolean;
  /** Sets the handler for one kind of incoming control message. Returns a function that removes it. */
  onControl<Kind extends HookedKind>(kind: Kind, hook: ControlHook<Kind>): () => void;

  onNodeUp(listener: NodeUpListener): () => void;
  onNodeDown(listener: NodeDownListener): () => void;
  /** Calls `listener` once when the node closes, before its processes are killed. */
  onClose(listener: () => void): () => void;
}

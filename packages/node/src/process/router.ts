/**
 * The contract by which processes reach processes on other nodes, and the signals between processes. A signal has the
 * shape of the control message that carries it, so neither side translates. The router delivers the signals from one
 * process to another in order; signals.ts applies them.
 */

import type { Pid, Reference, Term } from '../etf/index.ts';

/** A registered name on some node, `{name, node}` in Erlang. */
export interface RemoteName {
  readonly name: string;
  readonly node: string;
}

/** Where a message can go: a pid, a local name, a name on any node, an alias. */
export type Destination = Pid | string | RemoteName | Reference;

/** A signal other than a message. The `PAYLOAD_` kinds come with a reason. */
export type Signal =
  | { readonly kind: 'LINK'; readonly from: Pid; readonly to: Pid }
  | { readonly kind: 'UNLINK'; readonly from: Pid; readonly to: Pid }
  | { readonly kind: 'UNLINK_ID'; readonly id: number | bigint; readonly from: Pid; readonly to: Pid }
  | { readonly kind: 'UNLINK_ID_ACK'; readonly id: number | bigint; readonly from: Pid; readonly to: Pid }
  | { readonly kind: 'MONITOR_P'; readonly from: Pid; readonly to: Pid | string; readonly ref: Reference }
  | { readonly kind: 'DEMONITOR_P'; readonly from: Pid; readonly to: Pid | string; readonly ref: Reference }
  | { readonly kind: 'PAYLOAD_EXIT'; readonly from: Pid; readonly to: Pid }
  | { readonly kind: 'PAYLOAD_EXIT2'; readonly from: Pid; readonly to: Pid }
  | {
      readonly kind: 'PAYLOAD_MONITOR_P_EXIT';
      readonly from: Pid | string;
      readonly to: Pid;
      readonly ref: Reference;
    }
  | { readonly kind: 'GROUP_LEADER'; readonly from: Pid; readonly to: Pid };

/** An exit signal to a process or an alias. */
export interface SentExit {
  readonly reason: Term;
  /** It overtakes the messages that wait, if it is sent to an alias that was made for that. */
  readonly isPriority: boolean;
}

/** Delivers messages and signals to other nodes, preserving the order between any two processes. */
export interface Router {
  /** Sends a message to a process, name or alias on another node. Throws `EncodeError` when it cannot be encoded as a term. */
  sendMessage(from: Pid, to: Pid | RemoteName | Reference, message: Term): void;
  /** Like `sendMessage`, with priority if the other node knows that. */
  sendPriority(from: Pid, to: Pid | RemoteName | Reference, message: Term): void;
  /** Sends an exit signal to an alias, or with priority. Never throws. */
  sendExit(from: Pid, to: Pid | Reference, exit: SentExit): void;
  /** Like `sendMessage`, but only over an existing connection: it never dials. */
  answerMessage(from: Pid, to: Pid | RemoteName | Reference, message: Term): void;
  /** Calls `send` when `node` can take more data, in the order of the calls. Rejects if the connection ends before, or the signal aborts. */
  sendWhenWritable(node: string, send: () => void, signal: AbortSignal | undefined): Promise<void>;
  /** Takes nothing more from a node for a while; `release` ends that. */
  holdBack(node: string, durationMs: number): void;
  release(node: string): void;
  /** Sends a signal to a process on another node. `reason` belongs to the `PAYLOAD_` kinds. Never throws. */
  sendSignal(node: string, signal: Signal, reason?: Term): void;
}

/**
 * The contract by which processes reach processes of other nodes, and the signals that travel between processes.
 * A signal has the shape of the control message that carries it, so neither side translates; how one process's
 * signals reach another in order is the router's business, what they mean is signals.ts's.
 */
import type { Pid, Reference, Term } from '../etf/index.ts';

/** A registered name on some node, `{name, node}` in Erlang. */
export interface RemoteName {
  readonly name: string;
  readonly node: string;
}

/** Where a message can go: a pid, a name of the local node, a name of any node, an alias. */
export type Destination = Pid | string | RemoteName | Reference;

/** What a process tells another beside messages. `PAYLOAD_` ones come with a reason. */
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

/** Carries messages and signals to other nodes, those from one process to another in the order given. */
export interface Router {
  /** A message for a process, name or alias of another node. Throws `EncodeError` for what is not a term. */
  sendMessage(from: Pid, to: Pid | RemoteName | Reference, message: Term): void;
  /** The same over a connection that is up; nothing is dialled for it. */
  answerMessage(from: Pid, to: Pid | RemoteName | Reference, message: Term): void;
  /** A signal for a process of `node`, which is another one. `reason` goes with the `PAYLOAD_` kinds. Never throws. */
  sendSignal(node: string, signal: Signal, reason?: Term): void;
}

/** Skeleton: signatures only. */
import type { Control } from '../dist/control-messages.ts';
import type { ConnectionError } from '../errors.ts';
import type { Term } from '../etf/terms.ts';

/** The node at the other end, as agreed in the handshake. */
export interface PeerInfo {
  readonly name: string;
  /** What both sides understand: the AND of the two offers (`Flag` of dist/flags.ts). */
  readonly flags: bigint;
  readonly creation: number;
  /** Both nodes are visible, so the connection counts as a cluster membership. */
  readonly visible: boolean;
}

export interface ConnectionStats {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
  /** Received messages left out because they could not be understood. */
  readonly messagesDropped: number;
}

export type MessageListener = (control: Control, payload: Term, hasPayload: boolean) => void;

/** An established connection to a peer. Made by `dialPeer`, `openConnection` and `acceptConnection`. */
export declare class Connection {
  readonly peer: PeerInfo;
  /** Which side dialled. */
  readonly direction: 'in' | 'out';
  readonly remoteAddress: string | undefined;
  readonly isOpen: boolean;
  /** Bytes waiting to be taken by the stream or by the network. */
  readonly bufferedBytes: number;
  readonly stats: ConnectionStats;

  /**
   * Sends a control message, with the payload where its kind has one (`undefined` is the atom then). Falls back to the
   * older form of the message when the peer has not negotiated the newer. Returns `false` when the peer takes less than
   * it is given (wait for `onDrain`) or the connection is over (the message is lost). Throws `EncodeError` when a value
   * has no external form; nothing is sent then.
   */
  send(control: Control, payload?: Term): boolean;
  /** Sets who receives messages. Nothing is delivered before; what has arrived earlier is not lost. */
  onMessage(listener: MessageListener): void;
  /** Adds a listener for the moment when `send` may go on after it returned `false`. */
  onDrain(listener: () => void): void;
  /**
   * Adds a listener for the end, called once, in a later microtask; at once-later too when it is over already. The error
   * is `undefined` when `close()` was called without a reason.
   */
  onClose(listener: (reason: ConnectionError | undefined) => void): void;
  /** Ends the connection: sends what is queued, then closes. No message is delivered any more. */
  close(reason?: ConnectionError): void;
}

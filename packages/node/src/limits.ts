/**
 * Every bound on what a peer may make us allocate or keep, with its default and the reason for it.
 * A peer that goes over one gets its message or its connection refused; nothing else is touched.
 */

export interface Limits {
  /** Longest handshake message, in bytes. Real ones are under 300; only strangers send more. */
  readonly maxHandshakeBytes: number;
  /** Longest distribution frame, in bytes. A 10 MB `IO.write` is one frame. */
  readonly maxFrameBytes: number;
  /** Deepest nesting of a term that is decoded or encoded. */
  readonly maxTermDepth: number;
  /**
   * Maximum number of objects in one term: containers, binaries, and everything else except small integers and atoms. Two
   * bytes of a frame can be an object of 100, so that a frame within its bound can be more than the memory there is.
   */
  readonly maxTermObjects: number;
  /** Largest size a compressed term (tag 80) may declare, in bytes. */
  readonly maxUncompressedBytes: number;
  /** Most bytes of magnitude of an integer. */
  readonly maxIntegerBytes: number;
  /**
   * Handshakes under way at once: as many with strangers that have sent no name, and as many with those that have. The one
   * that has lasted longest makes room for one more.
   */
  readonly maxPendingHandshakes: number;
  /** Connected nodes. */
  readonly maxConnections: number;
  /** Messages kept for one peer while it is being dialled; more are dropped and reported. */
  readonly maxDialQueueMessages: number;
  /** Live processes of this node. */
  readonly maxProcesses: number;
  /** Messages waiting in one mailbox; a remote message beyond it is dropped and reported. */
  readonly maxMailboxMessages: number;
  /** Links and monitors that remote processes may hold on ours, per connection. */
  readonly maxRemoteWatches: number;
  /** Remote calls (rpc, erpc) being served at once, per connection. */
  readonly maxServedCalls: number;
  /** Globally registered names, and global locks, that this node keeps for its mesh. */
  readonly maxGlobalNames: number;
  /** Global locks that the processes of one node may hold here; further ones are refused as if already taken. */
  readonly maxGlobalLocksPerPeer: number;
  /** Messages of one node to the global name server that wait for their turn; one more is dropped and reported. */
  readonly maxGlobalMessagesPerPeer: number;
  /** Bytes queued for one peer before `send` reports back-pressure. OTP's `+zdbbl` is 1 MiB. */
  readonly sendQueueHighWaterBytes: number;
  /** Bytes queued for one peer at which the connection is given up. */
  readonly maxSendQueueBytes: number;
  /** Names one EPMD server holds. */
  readonly maxEpmdNames: number;
  /** Connections one EPMD server holds open. */
  readonly maxEpmdConnections: number;
  /** Of those, connections that hold no name; the oldest makes room for one more. A question takes a moment. */
  readonly maxEpmdIdleConnections: number;
}

export const defaultLimits: Limits = {
  maxHandshakeBytes: 4 * 1024,
  maxFrameBytes: 128 * 1024 * 1024,
  maxTermDepth: 10_000,
  maxTermObjects: 8 * 1024 * 1024,
  maxUncompressedBytes: 64 * 1024 * 1024,
  maxIntegerBytes: 1024 * 1024,
  maxPendingHandshakes: 128,
  maxConnections: 4096,
  maxDialQueueMessages: 100_000,
  maxProcesses: 262_144,
  maxMailboxMessages: 1_000_000,
  maxRemoteWatches: 262_144,
  maxServedCalls: 10_000,
  maxGlobalNames: 262_144,
  maxGlobalLocksPerPeer: 4096,
  maxGlobalMessagesPerPeer: 16_384,
  sendQueueHighWaterBytes: 1024 * 1024,
  maxSendQueueBytes: 512 * 1024 * 1024,
  maxEpmdNames: 4096,
  maxEpmdConnections: 8192,
  maxEpmdIdleConnections: 256,
};

/**
 * Every bound on what a peer may make this node allocate or keep, with its default and the reason for it.
 */

/** The bounds of a node. When a peer exceeds one, its message or its connection is refused; nothing else is affected. */
export interface Limits {
  /** Longest handshake message, in bytes. Real ones are under 300; only a peer that is not a node sends more. */
  readonly maxHandshakeBytes: number;
  /** Longest message of the distribution, in bytes. A longer one is dropped and reported. A 10 MB `IO.write` is one message. */
  readonly maxFrameBytes: number;
  /**
   * Bytes of messages that have arrived in part, per connection. The message that exceeds it is dropped and reported. It
   * grows with `maxFrameBytes`, if only that is raised: there is room for two such messages.
   */
  readonly maxFragmentBytes: number;
  /** Deepest nesting of a term when decoding or encoding. */
  readonly maxTermDepth: number;
  /**
   * Maximum number of objects in one term: containers, binaries, and everything else except small integers and atoms. Two
   * bytes of a frame can become an object of 100 bytes, so a frame within `maxFrameBytes` could still exhaust the memory.
   */
  readonly maxTermObjects: number;
  /** Largest size a compressed term (tag 80) may declare, in bytes. */
  readonly maxUncompressedBytes: number;
  /** Largest integer, in bytes of magnitude. */
  readonly maxIntegerBytes: number;
  /**
   * Concurrent handshakes, counted separately for connections that have sent a name and for those that have not. When the
   * limit is reached, the oldest handshake is dropped to make room for the new one.
   */
  readonly maxPendingHandshakes: number;
  /** Connected nodes. */
  readonly maxConnections: number;
  /** Messages queued for one peer while it is being dialled; further ones are dropped and reported. */
  readonly maxDialQueueMessages: number;
  /** Live processes on this node. */
  readonly maxProcesses: number;
  /** Messages waiting in one mailbox. From half of it on remote senders are slowed; at the bound remote messages are dropped and reported. */
  readonly maxMailboxMessages: number;
  /** Bytes of remote messages waiting in one mailbox, as they were encoded; as `maxMailboxMessages`. */
  readonly maxMailboxBytes: number;
  /** Links and monitors that remote processes may hold on processes of this node, per connection. */
  readonly maxRemoteWatches: number;
  /** Concurrent remote calls (rpc, erpc) being served, per connection. */
  readonly maxServedCalls: number;
  /** Globally registered names, and global locks, that this node keeps for its mesh. */
  readonly maxGlobalNames: number;
  /** Global locks that the processes of one node may hold here; further ones are refused as if already taken. */
  readonly maxGlobalLocksPerPeer: number;
  /** Messages from one node waiting for the global name server; further ones are dropped and reported. */
  readonly maxGlobalMessagesPerPeer: number;
  /** Bytes queued for one peer before `send` reports back-pressure. OTP's `+zdbbl` is 1 MiB. */
  readonly sendQueueHighWaterBytes: number;
  /** Bytes queued for one peer at which its connection is closed. */
  readonly maxSendQueueBytes: number;
  /** Names registered with one EPMD server. */
  readonly maxEpmdNames: number;
  /** Open connections of one EPMD server. */
  readonly maxEpmdConnections: number;
  /** Of those, connections without a registered name; the oldest is closed to make room. A query takes milliseconds. */
  readonly maxEpmdIdleConnections: number;
}

/** The limits of a node that sets none. */
export const defaultLimits: Limits = {
  maxHandshakeBytes: 4 * 1024,
  maxFrameBytes: 128 * 1024 * 1024,
  maxFragmentBytes: 256 * 1024 * 1024,
  maxTermDepth: 10_000,
  maxTermObjects: 8 * 1024 * 1024,
  maxUncompressedBytes: 64 * 1024 * 1024,
  maxIntegerBytes: 1024 * 1024,
  maxPendingHandshakes: 128,
  maxConnections: 4096,
  maxDialQueueMessages: 100_000,
  maxProcesses: 262_144,
  maxMailboxMessages: 1_000_000,
  maxMailboxBytes: 512 * 1024 * 1024,
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

/** All limits, of which `own` replaces some. */
export function completeLimits(own: Partial<Limits> = {}): Limits {
  const limits = { ...defaultLimits, ...own };
  const { maxFragmentBytes = Math.max(defaultLimits.maxFragmentBytes, 2 * limits.maxFrameBytes) } = own;
  return { ...limits, maxFragmentBytes };
}

/**
 * An established connection to a peer: control messages in and out over a byte stream, ticks, back-pressure, and one
 * reason why it ended. A message that cannot be decoded is dropped and reported, as the next frame is not affected;
 * broken framing ends the connection. The meaning of messages is not known here.
 */

import { type Clock, systemClock, type Timer } from '../clock.ts';
import type { Control } from '../distribution/control-messages.ts';
import { type ControlKind, rowOf } from '../distribution/control-rows.ts';
import { Flag, hasFlags } from '../distribution/flags.ts';
import { FrameWriter } from '../distribution/frames/frame-writer.ts';
import { framingOf } from '../distribution/frames/framing.ts';
import type { PeerInfo } from '../distribution/handshake.ts';
import { adaptMessage, type Envelope, sendableKinds } from '../distribution/message-forms.ts';
import { createTickState, stepTick, tickIntervalMs, type TickState } from '../distribution/tick.ts';
import { type ConnectionError, DecodeError } from '../errors.ts';
import type { ByteWriter, DecodeOptions, Term } from '../etf/index.ts';
import { type MessageDropReason, publishEvent } from '../events.ts';
import { completeLimits, type Limits } from '../limits.ts';
import { ended, overflow, protocolError, silent, unreadable } from './connection-failures.ts';
import { type DroppedMessage, type MessageListener, MessageReceiver } from './message-receiver.ts';
import type { Sender } from './outgoing-fragments.ts';
import { ReadHold } from './flow/read-hold.ts';
import { SendQueue } from './send-queue.ts';
import type { ByteStream } from './transport.ts';

export type { PeerInfo } from '../distribution/handshake.ts';
export type { MessageListener } from './message-receiver.ts';

/** Counters of a connection. */
export interface ConnectionStats {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
  /** Received messages that were dropped, usually because they could not be decoded. */
  readonly messagesDropped: number;
}

export interface EstablishedOptions {
  readonly self: { readonly name: string };
  readonly peer: PeerInfo;
  /** Which side dialled. */
  readonly direction: 'in' | 'out';
  /** Bytes that arrived together with the last message of the handshake. */
  readonly received: Uint8Array;
  readonly limits?: Partial<Limits>;
  readonly clock?: Clock;
  /** Default 60000. */
  readonly netTickTimeMs?: number;
  /** How payloads are decoded. Default: lossless. */
  readonly decode?: DecodeOptions;
}

interface LostMessages {
  count: number;
  readonly bytes: number;
}

/** How long a closing connection may take to send its queued bytes. */
const closeTimeoutMs = 5000;

/** An established connection to a peer, created by `dialPeer`, `openConnection` and `acceptConnection`. */
export class Connection {
  /** The peer, as the handshake has proven it. */
  readonly peer: PeerInfo;
  /** Which side dialled. */
  readonly direction: 'in' | 'out';
  /** Address of the other side, if the transport has one. */
  readonly remoteAddress: string | undefined;
  readonly #self: string;
  readonly #stream: ByteStream;
  readonly #clock: Clock;
  readonly #receiver: MessageReceiver;
  readonly #queue: SendQueue;
  readonly #frames: FrameWriter;
  readonly #canFragment: boolean;
  readonly #sendable: ReadonlySet<ControlKind>;
  readonly #tickIntervalMs: number;
  #received: Uint8Array | undefined;
  readonly #drainListeners: (() => void)[] = [];
  readonly #closeListeners: ((reason: ConnectionError | undefined) => void)[] = [];
  #isOpen = true;
  #isOver = false;
  #reason: ConnectionError | undefined;
  #timer: Timer;
  #tickState: TickState;
  #messagesOut = 0;
  readonly #readHold: ReadHold;
  /** What the end of the connection has cost, until it is reported. */
  #lost: LostMessages | undefined;

  /** @internal Takes over a stream whose handshake is done. */
  constructor(stream: ByteStream, options: EstablishedOptions) {
    const limits = completeLimits(options.limits);
    this.peer = options.peer;
    this.direction = options.direction;
    this.remoteAddress = stream.remoteAddress;
    this.#self = options.self.name;
    this.#stream = stream;
    this.#clock = options.clock ?? systemClock;
    const { flags } = options.peer;
    const framing = framingOf(flags);
    this.#frames = new FrameWriter({
      framing,
      hasAtomCache: hasFlags(flags, Flag.DIST_HDR_ATOM_CACHE),
      encode: { nativeRecords: hasFlags(flags, Flag.NATIVE_RECORDS) },
    });
    this.#canFragment = hasFlags(flags, Flag.FRAGMENTS);
    this.#receiver = new MessageReceiver({
      framing,
      limits,
      decode: options.decode,
      onDropped: (dropped) => this.#publishDropped(dropped),
    });
    this.#sendable = sendableKinds(options.peer.flags);
    this.#received = options.received;
    this.#queue = new SendQueue(stream, this.#frames, {
      highWaterBytes: limits.sendQueueHighWaterBytes,
      maxBytes: limits.maxSendQueueBytes,
      onOverflow: (bufferedBytes) => this.#fail(overflow(this.peer.name, bufferedBytes)),
      onCongested: () => this.#reportCongestion({ active: true }),
      onRelaxed: () => this.#noteRelaxed(),
    });
    this.#tickIntervalMs = tickIntervalMs(options.netTickTimeMs ?? 60_000);
    this.#readHold = new ReadHold(stream, this.#clock, this.#tickIntervalMs / 2);
    this.#tickState = createTickState({ bytesIn: 0, bytesOut: 0 });
    this.#timer = this.#clock.after(this.#tickIntervalMs, () => this.#checkTick());
    stream.pause();
    stream.onData((chunk) => this.#receive(chunk));
    stream.onClose((error) => this.#streamClosed(error));
  }

  /** Whether messages can be sent. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Queued bytes that have not left this process. */
  get bufferedBytes(): number {
    return this.#queue.bufferedBytes;
  }

  /** The current counters. */
  get stats(): ConnectionStats {
    return {
      bytesIn: this.#receiver.bytesIn,
      bytesOut: this.#queue.bytesOut,
      messagesIn: this.#receiver.messagesIn,
      messagesOut: this.#messagesOut,
      messagesDropped: this.#receiver.messagesDropped,
    };
  }

  /**
   * Sends a control message, with the payload if its kind has one (`undefined` is the atom then). Falls back to the older
   * form of the message if the peer has not negotiated the newer one. Returns `false` when the peer reads too slowly (wait
   * for `onDrain`) or when the connection has ended (the message is lost, and counted in the event that tells of the end if that is in
   * this turn). Throws `EncodeError` when a value cannot be encoded; nothing is sent in that case.
   */
  send(control: Control, payload?: Term): boolean {
    if (!this.#isOpen) {
      if (this.#lost !== undefined) this.#lost.count += 1;
      return false;
    }
    const message = { control, payload };
    const sent = this.#sendable.has(control.kind) ? message : adaptMessage(message, this.peer.flags);
    // The sender is that of the newest form: older ones lack it.
    if (sent !== undefined) return this.#sendFrame(sent, senderOf(control));
    this.#publishDropped({ reason: 'not-negotiated', op: rowOf(control.kind).op });
    return true;
  }

  /** Sets the listener for messages. Messages that arrived earlier are kept and delivered then. */
  onMessage(listener: MessageListener): void {
    this.#receiver.listener = listener;
    const received = this.#received;
    if (received === undefined) return;
    this.#received = undefined;
    // In a separate microtask: the caller is not ready for messages before this method returns.
    queueMicrotask(() => {
      this.#receive(received);
      if (!this.#readHold.isActive) this.#stream.resume();
    });
  }

  /**
   * Reads nothing more for a while, so that the peer has to wait; the times of several calls add up. Never for longer than half of
   * the time between two ticks, or a second, before the next read: what else the peer sends arrives, only later.
   */
  holdBack(durationMs: number): void {
    if (!this.#isOpen) return;
    this.#readHold.add(durationMs);
  }

  /** Ends `holdBack`. */
  release(): void {
    this.#readHold.end();
  }

  /** Adds a listener that is called when sending can continue after `send` returned `false`. */
  onDrain(listener: () => void): void {
    this.#drainListeners.push(listener);
  }

  /**
   * Adds a listener for the end of the connection. It is called once and asynchronously, even if the connection has already
   * ended. The error is `undefined` after `close()` without a reason.
   */
  onClose(listener: (reason: ConnectionError | undefined) => void): void {
    if (this.#isOver) queueMicrotask(() => listener(this.#reason));
    else this.#closeListeners.push(listener);
  }

  /** Sends the queued bytes, then closes the connection. No more messages are delivered. */
  close(reason?: ConnectionError): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#queue.close();
    this.#stream.end();
    this.#finish(reason);
    this.#timer = this.#clock.after(closeTimeoutMs, () => this.#giveUpClosing());
  }

  /** The peer has not taken the last messages in time. */
  #giveUpClosing(): void {
    const { unsentMessages: count, bufferedBytes: bytes } = this.#queue;
    if (count > 0) this.#publishLost('not-connected', { count, bytes });
    this.#stream.destroy();
  }

  #sendFrame(message: Envelope, sender: Sender): boolean {
    const queue = this.#queue;
    const writer = queue.begin();
    this.#encode(writer, message);
    if (!this.#isOpen) {
      // Closed by code that ran while the value was being encoded.
      queue.rollback(writer);
      return false;
    }
    this.#messagesOut += 1;
    return queue.commit(writer, this.#canFragment ? { sender } : undefined);
  }

  #encode(writer: ByteWriter, message: Envelope): void {
    try {
      this.#frames.write(writer, message);
    } catch (error) {
      this.#queue.rollback(writer);
      throw error;
    }
  }

  #receive(chunk: Uint8Array): void {
    try {
      this.#receiver.receive(chunk);
    } catch (error) {
      // Even a bug of ours must end only this connection, not the whole process.
      const { name } = this.peer;
      this.#fail(error instanceof DecodeError ? protocolError(name, error) : unreadable(name, error));
    }
  }

  #publishDropped({ reason, op, error }: DroppedMessage): void {
    publishEvent('convoy:message.dropped', () => ({
      node: this.#self,
      peer: this.peer.name,
      reason,
      op,
      error: error instanceof Error ? error : undefined,
    }));
  }

  #checkTick(): void {
    this.#receiver.dropIdle();
    const { state, action } = stepTick(this.#tickState, {
      bytesIn: this.#receiver.bytesIn,
      bytesOut: this.#queue.bytesOut,
    });
    this.#tickState = state;
    if (action === 'give-up') return this.#fail(silent(this.peer.name, this.#tickIntervalMs * 4));
    if (action === 'tick') {
      this.#queue.tick();
      // The tick itself must not count as traffic that makes the next tick unnecessary.
      this.#tickState = { ...state, bytesOut: this.#queue.bytesOut };
    }
    this.#timer = this.#clock.after(this.#tickIntervalMs, () => this.#checkTick());
  }

  #streamClosed(error: Error | undefined): void {
    this.#timer.cancel();
    if (!this.#isOpen) return;
    this.#noteLost();
    this.#queue.close();
    this.#finish(ended(this.peer.name, { error, isCut: !this.#receiver.isBetweenFrames }));
  }

  /** Closes the connection immediately; queued bytes are lost. */
  #fail(reason: ConnectionError): void {
    if (!this.#isOpen) return;
    this.#noteLost();
    this.#finish(reason);
    this.#stream.destroy(reason);
  }

  #noteLost(): void {
    const { unsentMessages: count, bufferedBytes: bytes } = this.#queue;
    this.#lost = { count, bytes };
  }

  #finish(reason: ConnectionError | undefined): void {
    this.#isOpen = false;
    this.#receiver.stop();
    this.#reason = reason;
    this.#timer.cancel();
    this.#readHold.cancel();
    queueMicrotask(() => {
      this.#isOver = true;
      publishEvent('convoy:connection.down', () => ({
        node: this.#self,
        peer: this.peer.name,
        error: reason,
      }));
      this.#reportLost();
      for (const listener of this.#closeListeners.splice(0)) listener(reason);
    });
  }

  /** Once for all messages: those that were waiting, and those that were sent before anyone could know of the end. */
  #reportLost(): void {
    const lost = this.#lost;
    this.#lost = undefined;
    if (lost === undefined || lost.count === 0) return;
    this.#publishLost(this.#reason?.code === 'CONNECTION_OVERFLOW' ? 'overflow' : 'not-connected', lost);
  }

  #publishLost(reason: MessageDropReason, { count, bytes }: LostMessages): void {
    publishEvent('convoy:message.dropped', () => ({
      node: this.#self,
      peer: this.peer.name,
      reason,
      op: undefined,
      error: this.#reason,
      count,
      bytes,
    }));
  }

  #noteRelaxed(): void {
    this.#reportCongestion({ active: false });
    if (this.#isOpen) for (const listener of this.#drainListeners) listener();
  }

  #reportCongestion({ active }: { readonly active: boolean }): void {
    publishEvent('convoy:backpressure', () => ({
      node: this.#self,
      peer: this.peer.name,
      active,
      bufferedBytes: this.bufferedBytes,
    }));
  }
}

function senderOf(control: Control): Sender {
  return 'from' in control ? control.from : undefined;
}

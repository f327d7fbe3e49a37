/**
 * Channels over the control socket of a running `ssh`, which relays them unchanged (PROTOCOL.mux, proxy mode). Refusals, ends
 * and exit statuses come from the far end itself, so no text has to be interpreted.
 */

import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import {
  type ChannelMessage,
  decodeMessage,
  decodeMuxReply,
  encodeMuxStart,
  encodeOpenAddress,
  encodeOpenSession,
} from './channel-messages.ts';
import { type ChannelCarrier, localMaxPacket, localWindow, MuxChannel } from './mux-channel.ts';
import { PacketReader } from './packet-reader.ts';

/** The far end refused to open a channel; `reason` as in RFC 4254 section 5.1. */
export class ChannelRefusedError extends Error {
  readonly reason: number;

  constructor(reason: number, message: string) {
    super(message);
    this.reason = reason;
  }
}

interface OpeningChannel {
  readonly kind: 'opening';
  readonly resolve: (channel: MuxChannel) => void;
  readonly reject: (error: Error) => void;
  /** The caller no longer waits: the channel is closed as soon as it is open. */
  isGivenUp: boolean;
}

interface OpenChannel {
  readonly kind: 'open';
  readonly channel: MuxChannel;
}

/** Called once when the session has ended. Returns the error for its channels; `undefined` ends them normally. */
type OnEnd = (error: Error) => Error | undefined;

export class MuxSession implements ChannelCarrier {
  readonly #socket: Socket;
  readonly #table = new Map<number, OpeningChannel | OpenChannel>();
  readonly #packets = new PacketReader();
  readonly #onEnd: OnEnd;
  readonly #started = Promise.withResolvers<void>();
  #replies: string[] = [];
  #nextId = 0;
  #error: Error | undefined;

  private constructor(socket: Socket, onEnd: OnEnd) {
    this.#socket = socket;
    this.#onEnd = onEnd;
    this.#started.promise.catch(() => undefined);
    socket.on('data', (chunk) => this.#onData(chunk));
    socket.on('drain', () => this.#pumpAll());
    socket.on('error', (error) => (this.#error ??= error));
    socket.on('close', () => this.#onClose());
    socket.write(encodeMuxStart());
  }

  /** Connects to the control socket. */
  static async open(
    path: string,
    { signal, onEnd }: { readonly signal: AbortSignal; readonly onEnd: OnEnd },
  ): Promise<MuxSession> {
    const socket = connect({ path });
    try {
      await once(socket, 'connect', { signal });
      const session = new MuxSession(socket, onEnd);
      const onAbort = (): void => session.#started.reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      await session.#started.promise.finally(() => signal.removeEventListener('abort', onAbort));
      return session;
    } catch (error) {
      socket.on('error', () => undefined).destroy();
      throw error;
    }
  }

  get canSend(): boolean {
    return !this.#socket.writableNeedDrain;
  }

  send(packet: Buffer): boolean {
    return this.#socket.destroyed || this.#socket.write(packet);
  }

  /** Opens a channel to an address. Throws `ChannelRefusedError`, the error that ended the session, or the signal's reason. */
  openAddress(
    address: { readonly host: string; readonly port: number },
    signal: AbortSignal | undefined,
  ): Promise<MuxChannel> {
    return this.#open((request) => encodeOpenAddress({ ...request, ...address }), signal);
  }

  /** Runs a command in a new channel; `undefined` when the far end refuses to run it. Throws like `openAddress`. */
  async run(command: string, signal: AbortSignal | undefined): Promise<MuxChannel | undefined> {
    const channel = await this.#open(encodeOpenSession, signal);
    // A lost connection is reported by the exit of the command.
    channel.on('error', () => undefined);
    const isGranted = await channel.run(command);
    if (signal?.aborted !== true && isGranted) return channel;
    channel.destroy();
    signal?.throwIfAborted();
    if (this.#error !== undefined) throw this.#error;
    return undefined;
  }

  /** Ends the session and every channel in it. */
  close(): void {
    this.#socket.destroy();
  }

  #open(
    encode: (request: { channel: number; window: number; maxPacket: number }) => Buffer,
    signal: AbortSignal | undefined,
  ): Promise<MuxChannel> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason as Error);
      if (this.#socket.destroyed) return reject(this.#error ?? new Error('the session has ended'));
      const onAbort = (): void => {
        entry.isGivenUp = true;
        reject(signal?.reason as Error);
      };
      const settle = (): void => signal?.removeEventListener('abort', onAbort);
      const entry: OpeningChannel = {
        kind: 'opening',
        resolve: (channel) => {
          settle();
          resolve(channel);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
        isGivenUp: false,
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const channel = this.#freeId();
      this.#table.set(channel, entry);
      this.send(encode({ channel, window: localWindow, maxPacket: localMaxPacket }));
    });
  }

  #freeId(): number {
    while (this.#table.has(this.#nextId)) this.#nextId = (this.#nextId + 1) % 0x1000_0000;
    return this.#nextId++;
  }

  #onData(chunk: Buffer): void {
    try {
      for (const packet of this.#packets.read(chunk)) {
        if (this.#replies.length < 2) this.#onStart(packet);
        else this.#onMessage(decodeMessage(packet));
      }
    } catch (error) {
      // Not valid SSH messages: the rest of the stream is unusable.
      this.#error ??= error as Error;
      this.#socket.destroy();
    }
  }

  #onStart(packet: Buffer): void {
    this.#replies.push(decodeMuxReply(packet));
    if (this.#replies.length < 2) return;
    const replies = this.#replies.join(' ');
    if (replies === 'hello proxied') this.#started.resolve();
    else throw new Error(`the control socket sent an unexpected answer: ${replies}`);
  }

  #onMessage(message: ChannelMessage | undefined): void {
    if (message === undefined) return;
    const entry = this.#table.get(message.channel);
    if (entry?.kind === 'opening') this.#onAnswer(entry, message);
    else if (entry?.kind === 'open') this.#onChannel(entry, message);
  }

  #onAnswer(entry: OpeningChannel, message: ChannelMessage): void {
    const id = message.channel;
    if (message.kind === 'refused') {
      this.#table.delete(id);
      entry.reject(new ChannelRefusedError(message.reason, message.message));
    } else if (message.kind === 'opened') {
      const channel = new MuxChannel(this, message);
      this.#table.set(id, { kind: 'open', channel });
      // When both sides have closed, the number is free again.
      channel.once('close', () => this.#forget(id));
      if (entry.isGivenUp) channel.destroy();
      else entry.resolve(channel);
    }
  }

  #onChannel({ channel }: OpenChannel, message: ChannelMessage): void {
    switch (message.kind) {
      case 'data':
        return channel.receive(message.data, message.isError);
      case 'window':
        return channel.grow(message.bytes);
      case 'eof':
        return channel.receiveEnd();
      case 'exit':
        return channel.receiveExit(message.exit);
      case 'success':
      case 'failure':
        return channel.receiveReply(message.kind === 'success');
      case 'request':
        return message.wantsReply ? channel.refuseRequest() : undefined;
      case 'close':
        channel.receiveClose();
        return this.#forget(message.channel);
      default:
        throw new RangeError('an open channel was opened again');
    }
  }

  #forget(id: number): void {
    const entry = this.#table.get(id);
    if (entry?.kind === 'open' && entry.channel.isOver) this.#table.delete(id);
  }

  #pumpAll(): void {
    for (const entry of this.#table.values()) if (entry.kind === 'open') entry.channel.pump();
  }

  #onClose(): void {
    const entries = [...this.#table.values()];
    this.#table.clear();
    this.#error ??= new Error('ssh closed its control socket');
    const error = this.#error;
    this.#started.reject(error);
    const loss = this.#onEnd(error);
    for (const entry of entries) {
      if (entry.kind === 'open') entry.channel.lose(loss);
      else if (!entry.isGivenUp) entry.reject(error);
    }
  }
}

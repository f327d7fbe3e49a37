/**
 * An ssh2 channel as a stream that behaves like a socket: when the far side ends, the stream ends but stays writable;
 * `destroy` closes the channel; a write that can no longer arrive fails; and a lost connection is an error.
 */

import { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';

export class ChannelStream extends Duplex {
  readonly #channel: ClientChannel;
  readonly #lostBy: () => Error | undefined;
  #pendingWrite: ((error?: Error | null) => void) | undefined;
  #isOver = false;

  /** `lostBy` returns why the connection was lost, if it was. */
  constructor(channel: ClientChannel, lostBy: () => Error | undefined) {
    super({ allowHalfOpen: true, readableHighWaterMark: 256 * 1024, writableHighWaterMark: 256 * 1024 });
    this.#channel = channel;
    this.#lostBy = lostBy;
    channel.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) channel.pause();
    });
    channel.on('end', () => this.push(null));
    channel.on('close', () => this.#endBoth());
    // The connection reports the errors of its channels.
    channel.on('error', () => undefined);
  }

  override _read(): void {
    this.#channel.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#isOver) return done(brokenPipe());
    this.#pendingWrite = done;
    this.#channel.write(chunk, () => this.#finishWrite(undefined));
  }

  override _writev(
    chunks: { chunk: Buffer; encoding: BufferEncoding }[],
    done: (error?: Error | null) => void,
  ): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'utf8', done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#channel.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.#isOver) {
      this.#channel.destroy();
      this.#channel.resume();
    }
    this.#finishWrite(error ?? brokenPipe());
    done(error);
  }

  #endBoth(): void {
    this.#isOver = true;
    const lost = this.#lostBy();
    if (lost !== undefined) return void this.destroy(lost);
    this.#finishWrite(brokenPipe());
    if (this.readableEnded) return void this.destroy();
    // The reader gets the buffered data first.
    this.once('end', () => this.destroy());
    this.push(null);
  }

  #finishWrite(error: Error | undefined): void {
    const done = this.#pendingWrite;
    this.#pendingWrite = undefined;
    done?.(error);
  }
}

function brokenPipe(): Error {
  return Object.assign(new Error('the far side has closed the stream'), { code: 'EPIPE' });
}

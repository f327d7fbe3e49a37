/** Sends any bytes to a daemon, also those that no well-behaved client sends, and collects the answer. */

import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

export class RawConnection implements Disposable {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #isClosed = false;
  #wake = Promise.withResolvers<void>();

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#notify();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#isClosed = true;
      this.#notify();
    });
  }

  get received(): Uint8Array {
    return this.#received;
  }

  /** Sends each part in a segment of its own. */
  async send(...parts: Uint8Array[]): Promise<void> {
    for (const part of parts) {
      await new Promise<void>((resolve) => this.#socket.write(part, () => resolve()));
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  end(): void {
    this.#socket.end();
  }

  /** Waits until so many bytes have come, or the end. */
  async take(count: number): Promise<Uint8Array> {
    while (this.#received.length < count && !this.#isClosed) await this.#wake.promise;
    return this.#received;
  }

  /** Waits until the other side has closed, and returns all it has sent. */
  async waitForClose(): Promise<Uint8Array> {
    while (!this.#isClosed) await this.#wake.promise;
    return this.#received;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #notify(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }
}

export async function openRaw(port: number, host: string = '127.0.0.1'): Promise<RawConnection> {
  const socket = connect({ port, host, noDelay: true });
  await once(socket, 'connect');
  return new RawConnection(socket);
}

/**
 * A relay on loopback whose line can be cut, or held in one direction: what is sent meanwhile is lost with the connection,
 * as on a network that fails.
 */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export class TcpRelay implements AsyncDisposable {
  /** Where connections lead; set it before the first one. */
  target = 0;
  readonly #server: Server;
  readonly #pairs = new Map<Socket, Socket>();
  #isCut = false;

  private constructor() {
    this.#server = createServer((near) => this.#join(near));
  }

  static async start(): Promise<TcpRelay> {
    const relay = new TcpRelay();
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Stops forwarding to the target, silently. */
  holdRequests(): void {
    for (const near of this.#pairs.keys()) near.unpipe().pause();
  }

  /** Stops forwarding from the target, silently. */
  holdAnswers(): void {
    for (const far of this.#pairs.values()) far.unpipe().pause();
  }

  /** Ends all connections, including buffered data, and every new one. */
  cut(): void {
    this.#isCut = true;
    for (const [near, far] of this.#pairs) {
      near.destroy();
      far.destroy();
    }
  }

  mend(): void {
    this.#isCut = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(near: Socket): void {
    near.on('error', () => near.destroy());
    if (this.#isCut) return void near.destroy();
    const far = connect({ host: '127.0.0.1', port: this.target, noDelay: true });
    near.setNoDelay(true);
    this.#pairs.set(near, far);
    far.on('error', () => far.destroy());
    near.on('close', () => {
      this.#pairs.delete(near);
      far.destroy();
    });
    far.on('close', () => near.destroy());
    near.pipe(far);
    far.pipe(near);
  }
}

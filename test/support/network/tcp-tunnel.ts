/**
 * A tunnel without a carrier: its far end is this machine, reached by TCP. It can be taken down and up again, which
 * breaks every stream in it, as losing an SSH connection does.
 */

import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { TunnelError, type Tunnel, type TunnelAddress, type TunnelState } from '@convoy/cluster';

export class TcpTunnel implements Tunnel, AsyncDisposable {
  readonly name = 'ssh://ops@far.example';
  readonly #translate: (address: TunnelAddress) => TunnelAddress;
  readonly #listeners = new Set<(state: TunnelState) => void>();
  readonly #sockets = new Set<Socket>();
  #state: TunnelState = { kind: 'up' };

  /** `translate` maps an address of the other end to one of this machine. Default: the same address. */
  constructor(translate: (address: TunnelAddress) => TunnelAddress = (address) => address) {
    this.#translate = translate;
  }

  get state(): TunnelState {
    return this.#state;
  }

  /** Number of open streams. */
  get openStreams(): number {
    return this.#sockets.size;
  }

  goDown(): void {
    this.#change({ kind: 'down', error: new Error('the line is cut'), attempt: 1, retryInMs: 1000 });
    for (const socket of this.#sockets) socket.destroy(new Error('the line is cut'));
  }

  goUp(): void {
    this.#change({ kind: 'up' });
  }

  async open(address: TunnelAddress, { signal }: { readonly signal?: AbortSignal }): Promise<Socket> {
    signal?.throwIfAborted();
    while (this.#state.kind === 'down') await this.#nextState(signal);
    if (this.#state.kind === 'closed') {
      throw new TunnelError('TUNNEL_CLOSED', 'the tunnel is closed', { tunnel: this.name });
    }
    const socket = connect({ ...this.#translate(address), allowHalfOpen: true, noDelay: true });
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    await once(socket, 'connect', signal === undefined ? {} : { signal });
    return socket;
  }

  onState(listener: (state: TunnelState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#change({ kind: 'closed' });
    const closed = [...this.#sockets].map((socket) => once(socket, 'close'));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #change(state: TunnelState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }

  #nextState(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = this.onState(() => settle(resolve));
      const onAbort = (): void => settle(() => reject(signal?.reason as Error));
      const settle = (action: () => void): void => {
        stop();
        signal?.removeEventListener('abort', onAbort);
        action();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }
}

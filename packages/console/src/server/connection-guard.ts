/**
 * Limits the connections of the HTTP port, so that clients that are not logged in cannot use up the descriptors or the
 * connection limit. When there are too many, the connection that has been idle longest is dropped, from the address with
 * the most such connections. Connections with a response in progress are dropped later, and those of logged-in users last.
 */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Limits of a `ConnectionGuard`. */
export interface ConnectionLimits {
  /** Maximum number of connections, without live sockets, which have a limit of their own. */
  readonly all: number;
  /** Maximum number of connections that have not sent a complete request. */
  readonly silent: number;
}

/** Limits of the console. */
export const defaultConnectionLimits: ConnectionLimits = { all: 512, silent: 256 };

interface Guarded {
  readonly socket: Socket;
  readonly address: string;
  state: 'silent' | 'busy' | 'idle';
}

/** Limits the connections of one server. */
export class ConnectionGuard {
  readonly #limits: ConnectionLimits;
  /** Ordered by when they entered their state. */
  readonly #connections = new Map<Socket, Guarded>();
  readonly #known = new WeakSet<Socket>();

  constructor(limits: ConnectionLimits = defaultConnectionLimits) {
    this.#limits = limits;
  }

  /** Number of connections. */
  get size(): number {
    return this.#connections.size;
  }

  /** Applies the limits to `server` from now on. */
  watch(server: Server): void {
    server.on('connection', (socket: Socket) => this.#add(socket));
    server.on('request', (request, response) => this.#follow(request, response));
    server.on('upgrade', ({ socket }: IncomingMessage) => this.#connections.delete(socket));
  }

  /** Marks this connection as used by a logged-in user. */
  trust(socket: Socket): void {
    this.#known.add(socket);
  }

  #add(socket: Socket): void {
    // Make room before adding the new connection, so that it is not dropped itself.
    const silent = this.#those(({ state }) => state === 'silent');
    if (silent.length >= this.#limits.silent) drop(silent);
    else if (this.#connections.size >= this.#limits.all) drop(this.#leastWorthKeeping());
    this.#connections.set(socket, { socket, address: socket.remoteAddress ?? '', state: 'silent' });
    socket.once('close', () => this.#connections.delete(socket));
  }

  #follow(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    if (hasBody(request)) request.once('end', () => this.#enter(socket, 'busy'));
    else this.#enter(socket, 'busy');
    response.once('close', () => this.#enter(socket, 'idle'));
  }

  #enter(socket: Socket, state: Guarded['state']): void {
    const guarded = this.#connections.get(socket);
    if (guarded === undefined) return;
    guarded.state = state;
    this.#connections.delete(socket);
    this.#connections.set(socket, guarded);
  }

  #leastWorthKeeping(): readonly Guarded[] {
    const isStranger = ({ socket }: Guarded): boolean => !this.#known.has(socket);
    const choices = [
      // Silent and idle ones together, longest first: a new connection is about to send its request.
      this.#those((one) => one.state !== 'busy' && isStranger(one)),
      this.#those(isStranger),
      this.#those(() => true),
    ];
    return choices.find(({ length }) => length > 0) ?? [];
  }

  #those(fits: (guarded: Guarded) => boolean): Guarded[] {
    return [...this.#connections.values()].filter(fits);
  }
}

/** Drops the oldest connection of the address with the most candidates. */
function drop(candidates: readonly Guarded[]): void {
  const counts = new Map<string, number>();
  for (const { address } of candidates) counts.set(address, (counts.get(address) ?? 0) + 1);
  const countOf = ({ address }: Guarded): number => counts.get(address) ?? 0;
  let [victim] = candidates;
  for (const candidate of candidates) {
    if (victim !== undefined && countOf(candidate) > countOf(victim)) victim = candidate;
  }
  victim?.socket.destroy();
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

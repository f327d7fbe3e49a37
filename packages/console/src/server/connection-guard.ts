/**
 * Bounds the connections of the HTTP port, so that clients that are not logged in can use up neither the descriptors nor the
 * connection limit. When there are too many, the longest idle connection of the address with the most such connections is
 * dropped. Connections with a response in progress are dropped later, and those of logged-in users last.
 */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface ConnectionLimits {
  /** Connections at a time, live sockets not counted: they have a limit of their own. */
  readonly all: number;
  /** Of those, connections that have not sent a whole request. */
  readonly silent: number;
}

export const defaultConnectionLimits: ConnectionLimits = { all: 512, silent: 256 };

interface Guarded {
  readonly socket: Socket;
  readonly address: string;
  state: 'silent' | 'busy' | 'idle';
}

export class ConnectionGuard {
  readonly #limits: ConnectionLimits;
  /** In the order in which they reached their state. */
  readonly #connections = new Map<Socket, Guarded>();
  readonly #known = new WeakSet<Socket>();

  constructor(limits: ConnectionLimits = defaultConnectionLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#connections.size;
  }

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
    // Room is made before the newest is among those that can be dropped.
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
      // Both together, the one that has done nothing for longest first: one that has just come is about to ask.
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

/** The oldest of the address that has most among them. */
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

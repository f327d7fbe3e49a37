/**
 * How other nodes find this one: chooses the resolver from the options, starts our own EPMD daemon if none is running,
 * and keeps the node's name registered there. When that daemon goes away, `auto` nodes start one in its place.
 */

import { type EpmdServer, startEpmdServer } from '../epmd/index.ts';
import { EpmdError, NodeError } from '../errors.ts';
import { subscribeEvent } from '../events.ts';
import { createEpmdResolver } from '../net/resolvers/epmd-resolver.ts';
import type { Registration, Resolver } from '../net/resolver.ts';
import { isLoopbackHost } from './options/host-name.ts';
import { defaultListenHost, type NodeSettings } from './options/node-options.ts';

/** The resolver, the registration and the EPMD daemon of one node. */
export class NameService {
  readonly resolver: Resolver;
  readonly #settings: NodeSettings;
  #server: EpmdServer | undefined;
  /** Reserved names, each with the function that releases it at the current daemon. */
  readonly #reserved = new Map<object, { readonly name: string; release: (() => void) | undefined }>();
  #registration: Registration | undefined;
  #unsubscribe: (() => void) | undefined;
  #isClosed = false;

  constructor(settings: NodeSettings) {
    const { epmdPort: port, family, clock } = settings;
    this.#settings = settings;
    const resolver = settings.resolver ?? createEpmdResolver({ port, family, clock });
    this.resolver = settings.routes === undefined ? resolver : withRoutes(settings.routes, resolver);
  }

  /** Registers the node at `port`. Throws `NodeError` NODE_NAME_TAKEN, or what the resolver throws. */
  async register(port: number, signal: AbortSignal | undefined): Promise<void> {
    const { resolver, epmd } = this.#settings;
    const usesEpmd = resolver === undefined;
    if (usesEpmd && epmd === 'none') return;
    if (usesEpmd && epmd === 'embedded') await this.#startServer();
    try {
      this.#registration = await this.#tryRegister(port, signal);
    } catch (error) {
      if (!usesEpmd || epmd !== 'auto' || !isUnreachable(error)) throw error;
      await this.#startServerUnlessTaken();
      this.#registration = await this.#tryRegister(port, signal);
    }
    if (usesEpmd && epmd === 'auto') this.#replaceLostDaemon();
  }

  /** Reserves a name at our own EPMD daemon, now or once it runs, until the returned function is called. */
  reserve(name: string): () => void {
    const key = {};
    this.#reserved.set(key, { name, release: this.#server?.reserve(name) });
    return () => {
      this.#reserved.get(key)?.release?.();
      this.#reserved.delete(key);
    };
  }

  /** Removes the name, so that no node finds this one any more. */
  async withdraw(): Promise<void> {
    this.#unsubscribe?.();
    const registration = this.#registration;
    this.#registration = undefined;
    await registration?.close();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.withdraw();
    await this.#server?.close();
  }

  async #tryRegister(port: number, signal: AbortSignal | undefined): Promise<Registration> {
    const { name, hidden } = this.#settings;
    try {
      const request = { name: name.name, host: name.host, port, hidden };
      return await this.resolver.register(request, { signal });
    } catch (error) {
      if (!(error instanceof EpmdError) || error.code !== 'EPMD_NAME_TAKEN') throw error;
      throw new NodeError(
        'NODE_NAME_TAKEN',
        `another node on this machine is already registered as ${name.name} (EPMD at ${error.address})`,
        { value: name.name, remedy: 'Stop that node, or start this one under another name.', cause: error },
      );
    }
  }

  async #startServer(): Promise<void> {
    const { name, family, epmdPort } = this.#settings;
    // An EPMD always listens on 127.0.0.1 and ::1.
    const host = isLoopbackHost(name.host) ? [] : defaultListenHost(name.host, family === 6);
    const server = await startEpmdServer({
      host,
      port: epmdPort,
      limits: this.#settings.limits,
    });
    this.#server = server;
    server.reserve(name.name);
    for (const reservation of this.#reserved.values()) reservation.release = server.reserve(reservation.name);
    void server.closed.then(() => {
      if (this.#server === server) this.#server = undefined;
    });
    if (this.#isClosed) await server.close();
  }

  async #startServerUnlessTaken(): Promise<void> {
    try {
      await this.#startServer();
    } catch (error) {
      // Another program was quicker; its daemon serves this node as well.
      if (!(error instanceof EpmdError) || error.code !== 'EPMD_ADDRESS_IN_USE') throw error;
    }
  }

  /** The daemon that holds our registration may belong to another node and end with it. */
  #replaceLostDaemon(): void {
    this.#unsubscribe = subscribeEvent('convoy:registration', ({ node, state }) => {
      // Not as soon as it is lost: the machine's own daemon may be restarting and needs its port.
      if (node !== this.#settings.name.full || state !== 'failed') return;
      if (this.#isClosed || this.#server !== undefined) return;
      // The resolver retries every two seconds and registers with any daemon that is up then.
      this.#startServerUnlessTaken().catch(() => undefined);
    });
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof EpmdError && error.code === 'EPMD_UNREACHABLE';
}

function withRoutes(routes: Pick<Resolver, 'resolve'>, rest: Resolver): Resolver {
  return {
    resolve: async (peer, options) =>
      (await routes.resolve(peer, options)) ?? (await rest.resolve(peer, options)),
    register: (request, options) => rest.register(request, options),
    names: (host, options) => rest.names(host, options),
    listenPort: (name) => rest.listenPort?.(name),
  };
}

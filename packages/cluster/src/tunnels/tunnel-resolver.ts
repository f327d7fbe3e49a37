/**
 * Maps full node names to tunnels: `app@db1` and `app@db2` are two entries. The port of a node is either known, or looked up
 * in the EPMD behind the tunnel at every dial, because a restarted node has another port. For `NodeOptions.routes`, or in a
 * chain of resolvers.
 */

import {
  ConnectionError,
  EpmdError,
  type Registration,
  type ResolvedAddress,
  type Resolver,
  type ResolveOptions,
} from '@convoy/node';
import { EpmdClient } from '@convoy/node/epmd';
import { splitNodeName } from '@convoy/node/names';
import type { Tunnel } from './tunnel.ts';
import { createTunnelTransport, isNothingListening, loopbackHosts, openFirst } from './tunnel-transport.ts';

/** A route through a tunnel, or to a known port on the host in the name of the node. */
export type NodeRoute = TunnelRoute | { readonly tunnel?: undefined; readonly port: number };

/** How to reach a node through a tunnel. */
export interface TunnelRoute {
  readonly tunnel: Tunnel;
  /**
   * The host of the node as seen from the far end, if that is another one: its EPMD and the node are dialled there. Default: the far end
   * itself.
   */
  readonly host?: string | undefined;
  /** Port of a node that is not registered with EPMD. Default: looked up in the EPMD behind the tunnel. */
  readonly port?: number | undefined;
  /** Port of the EPMD behind the tunnel. Default 4369. */
  readonly epmdPort?: number | undefined;
  /** Called before each dial with the node and its port. When it rejects, the dial rejects with the same error. */
  readonly check?: ((node: string, port: number, options: ResolveOptions) => Promise<void>) | undefined;
}

/**
 * A `Resolver` with a table that can change while it is in use. It does not register nodes: a node behind a tunnel cannot
 * dial out through it.
 */
export interface TunnelResolver extends Resolver {
  /** Sets the route to a node, by its full name. Replaces an earlier route. */
  add(node: string, route: NodeRoute): void;
  /** Removes a route; `false` if there was none. */
  delete(node: string): boolean;
  /** Whether there is a route to the node. */
  has(node: string): boolean;
  /** The full names in the table. */
  readonly nodes: readonly string[];
}

/** A resolver for nodes with a route, by full node name. For other nodes, combine it with `createChainResolver`. */
export function createTunnelResolver(): TunnelResolver {
  return new RouteTable();
}

class RouteTable implements TunnelResolver {
  readonly #routes = new Map<string, NodeRoute>();

  get nodes(): readonly string[] {
    return [...this.#routes.keys()];
  }

  add(node: string, route: NodeRoute): void {
    this.#routes.set(node, route);
  }

  delete(node: string): boolean {
    return this.#routes.delete(node);
  }

  has(node: string): boolean {
    return this.#routes.has(node);
  }

  /**
   * Returns `undefined` for a node that is not in the table. A node in the table that its EPMD does not know is an error,
   * because another resolver would find a different node of that name. Throws `ConnectionError` CONNECTION_NAME_UNKNOWN,
   * `EpmdError`, or an error of the tunnel.
   */
  async resolve(peer: string, options: ResolveOptions): Promise<ResolvedAddress | undefined> {
    const route = this.#routes.get(peer);
    if (route === undefined) return undefined;
    if (route.tunnel === undefined) return { host: hostPart(peer), port: route.port };
    const port = await portOf(peer, route, options);
    await route.check?.(peer, port, options);
    const [host, ...alternatives] =
      route.host === undefined ? [...loopbackHosts, hostPart(peer)] : [route.host];
    return { host: host ?? '', port, transport: createTunnelTransport(route.tunnel, { alternatives }) };
  }

  register(): Promise<Registration> {
    return Promise.resolve({ creation: undefined, close: () => Promise.resolve() });
  }

  /** The nodes in the table whose host is `host`, with their known or registered ports. */
  async names(host: string, options: ResolveOptions): Promise<readonly { name: string; port: number }[]> {
    const rows = [...this.#routes].filter(([node]) => hostPart(node) === host);
    return Promise.all(
      rows.map(async ([node, route]) => ({
        name: namePart(node),
        port: route.tunnel === undefined ? route.port : await portOf(node, route, options),
      })),
    );
  }
}

/** A client for the EPMD behind a tunnel: that of `host`, or of the far end, which may listen on one address family only. */
export function epmdBehind(
  tunnel: Tunnel,
  { epmdPort = 4369, host, signal, timeoutMs }: ResolveOptions & Pick<TunnelRoute, 'epmdPort' | 'host'>,
): EpmdClient {
  const hosts = host === undefined ? loopbackHosts : ([host] as const);
  return new EpmdClient({
    port: epmdPort,
    signal,
    timeoutMs,
    openStream: ({ port }, options) => openFirst(tunnel, { hosts, port }, options),
  });
}

async function portOf(
  node: string,
  { tunnel, host, port, epmdPort }: TunnelRoute,
  options: ResolveOptions,
): Promise<number> {
  if (port !== undefined) return port;
  const epmd = epmdBehind(tunnel, { ...options, host, epmdPort });
  const where = host === undefined ? `behind ${tunnel.name}` : `on ${host} behind ${tunnel.name}`;
  const found = await epmd.lookup(namePart(node)).catch((error: unknown) => {
    throw explainEpmd(where, error);
  });
  if (found !== undefined) return found.port;
  throw new ConnectionError(
    'CONNECTION_NAME_UNKNOWN',
    `the EPMD ${where} does not know ${namePart(node)}: the node is down or has another name`,
    { peer: node, remedy: 'Start it, or check its name: `EpmdClient.names` lists the registered names.' },
  );
}

/** Returns a problem of the tunnel unchanged; for a missing EPMD, an error about the far end instead of this machine. */
function explainEpmd(where: string, error: unknown): unknown {
  if (!(error instanceof EpmdError) || error.code !== 'EPMD_UNREACHABLE') return error;
  if (!isNothingListening(error.cause)) return error.cause ?? error;
  return new EpmdError('EPMD_UNREACHABLE', `no EPMD runs ${where}`, {
    address: error.address,
    remedy: 'Start one there; to reach a node without EPMD, set the port of its route.',
    cause: error.cause,
  });
}

function namePart(node: string): string {
  return splitNodeName(node).name;
}

function hostPart(node: string): string {
  return splitNodeName(node).host;
}

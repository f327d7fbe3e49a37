/** The way into an attached cluster: its cookie, the console's own node for it, and the routes to its members. */

import { createTunnelResolver } from '@convoy/cluster';
import type { Carrier, OwnNode, OwnNodes } from '../own-nodes.ts';
import type { OpenRoute, Place, Way } from '../places/place.ts';
import type { AttachClusterRequest, PlaceRef } from '../protocol/index.ts';
import { ConsoleError } from '../errors.ts';
import { carrierOf } from './cluster-carrier.ts';
import { findCookie, type FoundCookie } from './cluster-cookie.ts';

/** A request without its secret: what is shown, and what was typed. */
export type SavedRequest = Omit<AttachClusterRequest, 'cookie'>;

/** Resolves with the place with this key, or the SSH host with this target, which is opened, once it is up. */
export type OpenPlace = (via: string) => Promise<Place>;

/** An open way. */
export interface ClusterAccess extends FoundCookie {
  /** The caller closes it. */
  readonly own: OwnNode;
  /** Prepares a dial to a member: sets its cookie, and its route through the place, which stays open until the member is disconnected. */
  reach(member: string): Promise<void>;
  /** Closes the routes that are open. */
  close(): Promise<void>;
  /** Calls `probe` with the way to a member. Resolves with `undefined` when the place is not up. */
  examine<Result>(member: string, probe: (way: Way) => Promise<Result>): Promise<Result | undefined>;
  /** Where a member runs as far as it is known. */
  placeOf(member: string): PlaceRef;
}

/** What the way depends on. */
export interface AccessOptions {
  readonly id: string;
  readonly request: SavedRequest;
  readonly cookie?: string | undefined;
  readonly owner?: number | undefined;
  readonly own: OwnNodes;
  readonly openPlace: OpenPlace;
  readonly epmdPort: number;
}

const elsewhere: PlaceRef = { key: 'elsewhere', kind: 'elsewhere' };

/** Opens the way. Rejects with CONSOLE_BAD_REQUEST, CONSOLE_TOO_MANY, or the error of the place. */
export async function openAccess(options: AccessOptions): Promise<ClusterAccess> {
  const { id, request, own, openPlace } = options;
  const place = request.via === undefined ? undefined : await openPlace(request.via);
  const { cookie, owner } = await findCookie({ ...request, cookie: options.cookie }, place);
  const found = { cookie, owner: owner ?? options.owner };
  // Nodes behind a place are never looked up in the EPMD of this computer.
  const carrier =
    place === undefined ? await carrierOf(request, found.owner) : { resolver: createTunnelResolver() };
  const opened = await own.forCluster(id, carrier);
  const through = place === undefined ? undefined : new RoutesThrough(place, opened);
  return {
    ...found,
    own: opened,
    reach: async (member) => {
      opened.node.setCookie(member, cookie);
      await through?.open(member);
    },
    close: async () => through?.close(),
    examine: async (member, probe) =>
      place === undefined ? probe(directWay(options, carrier, cookie)) : place.examine(member, probe, cookie),
    placeOf: (member) => (place?.lists(member) === true ? { key: place.key, kind: place.kind } : elsewhere),
  };
}

/** The open routes of an own node through a place. */
class RoutesThrough {
  readonly #place: Place;
  readonly #own: OwnNode;
  readonly #open = new Map<string, OpenRoute>();
  readonly #closing = new AbortController();
  readonly #unsubscribe: () => void;

  constructor(place: Place, own: OwnNode) {
    this.#place = place;
    this.#own = own;
    this.#unsubscribe = own.node.onNodeDown((member) => void this.#drop(member));
  }

  /** Opens the route to a member afresh, because a node that was started again may have another port. */
  async open(member: string): Promise<void> {
    const { signal } = this.#closing;
    const opened = await this.#place.routeTo?.(member, signal);
    if (opened === undefined) throw noWay(this.#place, member);
    const before = this.#open.get(member);
    this.#open.set(member, opened);
    this.#own.routes.add(member, opened.route);
    await before?.close();
    if (signal.aborted) await this.#drop(member);
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the cluster was left'));
    this.#unsubscribe();
    await Promise.all([...this.#open.keys()].map((member) => this.#drop(member)));
  }

  async #drop(member: string): Promise<void> {
    const opened = this.#open.get(member);
    this.#open.delete(member);
    await opened?.close();
  }
}

function noWay(place: Place, member: string): ConsoleError {
  return new ConsoleError('CONSOLE_NODE_NOT_UP', `${place.label} has no way to ${member}`, {
    remedy: 'Attach its cluster by another way.',
  });
}

function directWay({ request, epmdPort }: AccessOptions, { transport }: Carrier, cookie: string): Way {
  const { proto, port } = request;
  const isInet6 = proto === 'inet6' || proto === 'tls6';
  return {
    cookie,
    transport,
    port,
    epmdPort: request.epmdPort ?? epmdPort,
    ...(isInet6 ? { family: 6 } : {}),
  };
}

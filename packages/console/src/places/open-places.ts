/**
 * The places of one platform that users open and close: a limit, one opening however many ask for it, one closing in an order
 * that leaves nothing behind, the scope of faults, and the adoption of nodes that were found again.
 */

import { ConsoleError } from '../errors.ts';
import type { Faults, FaultScope } from '../fault-boundary.ts';
import type { OwnNode, OwnNodes } from '../own-nodes.ts';
import { adoptFound, type HowToAdopt } from './adopt-found.ts';
import type { AttachedNodes, LaunchedNodes, Place } from './place.ts';
import type { PlaceRegistry } from './place-registry.ts';

/** A place that was opened. */
export interface OpenedPlace extends Place {
  readonly id: string;
  /** What makes it the same place when it is opened again. */
  readonly identity: string;
  /** What clients see of it. */
  readonly view: object;
  /** The own node for nodes launched there, once there is one. */
  readonly own: OwnNode | undefined;
  /** Aborts everything that goes on in the place. */
  readonly closing: AbortController;
  /** Settles when nothing is being opened any more. */
  readonly opening: Promise<void>;
  /** Whether opening it has failed, so that it is opened afresh. */
  readonly hasFailed: boolean;
  /** What ends when something throws unexpectedly in this place. */
  readonly scope: FaultScope;
  /** Stops its nodes, or leaves them running. */
  stopNodes(): Promise<void>;
  /** Gives back everything else. */
  release(): Promise<void>;
}

/** What every platform of a console uses. */
export interface PlaceContext {
  readonly places: PlaceRegistry;
  readonly launched: LaunchedNodes;
  readonly attached: AttachedNodes;
  readonly own: OwnNodes;
  readonly faults: Faults;
  /** Maximum number of nodes per place. */
  readonly nodeLimit: number;
  readonly logger: { warn(detail: object, message: string): void };
}

/** What differs between platforms. */
export interface OpenPlacesOptions {
  readonly limit: number;
  /** What is open when the limit is reached, and how to close one: `hosts are connected`, `Disconnect one of them first.` */
  readonly full: { readonly what: string; readonly remedy: string };
  /** The error for an id that no place has. */
  readonly unknown: { readonly what: string; readonly remedy: string };
  /** How long closing waits for nodes to stop, in milliseconds. Default: until they have. */
  readonly stopGraceMs?: number;
}

/** Makes a place, and calls `add` once it counts as open. */
export type Make<One> = (add: (place: One) => One) => Promise<One>;

/** The open places of a platform. */
export class OpenPlaces<One extends OpenedPlace> {
  readonly #context: PlaceContext;
  readonly #options: OpenPlacesOptions;
  readonly #open = new Map<string, One>();
  /** By identity. */
  readonly #opening = new Map<string, Promise<One>>();
  readonly #closing = new Map<string, Promise<void>>();

  constructor(context: PlaceContext, options: OpenPlacesOptions) {
    this.#context = context;
    this.#options = options;
  }

  get all(): readonly One[] {
    return [...this.#open.values()];
  }

  get views(): One['view'][] {
    return this.all.map(({ view }) => view);
  }

  /** The place with this id. Throws CONSOLE_NOT_FOUND. */
  find(id: string): One {
    const place = this.#open.get(id);
    if (place !== undefined) return place;
    const { what, remedy } = this.#options.unknown;
    throw new ConsoleError('CONSOLE_NOT_FOUND', `${what} has the id ${id}`, { remedy });
  }

  /**
   * The place with this identity: the one that is open or being opened, or the one that `make` adds. Rejects with
   * CONSOLE_TOO_MANY, or as `make` does.
   */
  async open(identity: string, make: Make<One>): Promise<One> {
    const known = this.all.find((place) => place.identity === identity);
    if (known !== undefined && !known.hasFailed && !this.#closing.has(known.id)) return known;
    const opening =
      this.#opening.get(identity) ?? this.#make(known, make).finally(() => this.#opening.delete(identity));
    this.#opening.set(identity, opening);
    return opening;
  }

  async #make(former: One | undefined, make: Make<One>): Promise<One> {
    const { limit, full } = this.#options;
    const others = new Set([...this.all.map((place) => place.identity), ...this.#opening.keys()]);
    if (former !== undefined) others.delete(former.identity);
    if (others.size >= limit) {
      throw new ConsoleError('CONSOLE_TOO_MANY', `${limit} ${full.what}, which is the limit`, {
        remedy: full.remedy,
      });
    }
    if (former !== undefined) await this.close(former.id);
    return make((place) => {
      this.#open.set(place.id, place);
      this.#context.places.add(place);
      return place;
    });
  }

  /** Closes a place. Concurrent calls share one closing. Rejects with CONSOLE_NOT_FOUND. */
  async close(id: string): Promise<void> {
    const place = this.find(id);
    const closing = this.#closing.get(id) ?? this.#close(place).finally(() => this.#closing.delete(id));
    this.#closing.set(id, closing);
    return closing;
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((id) => this.close(id)));
  }

  /** Runs work of a place: a fault in it ends the place and nothing else. */
  run(place: One, work: () => Promise<void>): Promise<void> {
    return this.#context.faults.own(place.scope, work);
  }

  /** Adopts nodes that were found again, all at once. `onFailure` gets those that do not answer. */
  adopt<Found>(place: One, found: readonly Found[], how: HowToAdopt<Found>): Promise<void> {
    const { launched } = this.#context;
    return adoptFound(found, how, { place, launched, closing: place.closing.signal });
  }

  async #close(place: One): Promise<void> {
    const { places, launched, attached, own } = this.#context;
    place.closing.abort();
    // No more nodes can be launched there.
    places.delete(place);
    await place.opening;
    await attached.detachAll(place);
    try {
      await withinGrace(place.stopNodes(), this.#options.stopGraceMs);
    } finally {
      launched.forgetPlace(place);
      await place.release();
      if (place.own !== undefined) await own.release(place.own);
      this.#open.delete(place.id);
    }
  }
}

/** Waits for nodes to stop, within the limit. */
async function withinGrace(stopping: Promise<void>, graceMs: number | undefined): Promise<void> {
  if (graceMs === undefined) return stopping;
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, graceMs);
  try {
    await Promise.race([stopping, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The places that are open, of all platforms, by key. */

import { type Provider, ProviderError } from '@convoy/cluster';
import { ConsoleError } from '../errors.ts';
import type { LaunchRequest } from '../protocol/index.ts';
import type { Place } from './place.ts';

/** A place in which nodes can be launched. */
export type UpPlace = Place & { readonly provider: Provider };

/** The open places. */
export class PlaceRegistry {
  readonly #places = new Map<string, Place>();
  readonly #listeners = new Set<() => void>();

  add(place: Place): void {
    this.#places.set(place.key, place);
    this.noteChange();
  }

  delete(place: Place): void {
    if (this.#places.get(place.key) !== place) return;
    this.#places.delete(place.key);
    this.noteChange();
  }

  /** Calls `listener` when a place was opened or closed, or has come up. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Tells the listeners that a place has changed. */
  noteChange(): void {
    for (const listener of this.#listeners) listener();
  }

  /** The open place with this key. */
  find(key: string): Place | undefined {
    return this.#places.get(key);
  }

  /** All open places, in the order in which they were opened. */
  get all(): readonly Place[] {
    return [...this.#places.values()];
  }

  /** The place in which a request wants a node launched. Throws PROVIDER_UNKNOWN or CONSOLE_BAD_REQUEST. */
  choose({ place: asked, provider: former }: Pick<LaunchRequest, 'place' | 'provider'>): UpPlace {
    const key = asked?.key ?? former ?? 'local';
    if (former !== undefined && former !== key) {
      throw new ConsoleError('CONSOLE_BAD_REQUEST', `place is ${key}, but provider is ${former}`, {
        remedy: 'Leave provider out: it is the former name of place.key.',
      });
    }
    const place = this.find(key);
    if (place === undefined) {
      const open = this.all
        .filter(isUp)
        .map((one) => one.key)
        .join(', ');
      throw new ProviderError('PROVIDER_UNKNOWN', `no open place is named ${key}`, {
        remedy: `Open it first, or use one of: ${open}.`,
      });
    }
    if (asked?.kind !== undefined && asked.kind !== place.kind) {
      const message = `the kind of ${key} is ${place.kind}, not ${asked.kind}`;
      throw new ConsoleError('CONSOLE_BAD_REQUEST', message, {
        remedy: 'Leave the kind of the place out.',
      });
    }
    if (isUp(place)) return place;
    throw new ProviderError('PROVIDER_UNKNOWN', `${place.label} is not up`, {
      remedy: 'Wait until it is up, or open it again if that has failed.',
    });
  }
}

function isUp(place: Place): place is UpPlace {
  return place.provider !== undefined;
}

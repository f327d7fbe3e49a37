/** The places that are open, of all platforms, by key. */

import type { Place } from './place.ts';

/** The open places. */
export class PlaceRegistry {
  readonly #places = new Map<string, Place>();

  add(place: Place): void {
    this.#places.set(place.key, place);
  }

  delete(place: Place): void {
    if (this.#places.get(place.key) === place) this.#places.delete(place.key);
  }

  /** The open place with this key. */
  find(key: string): Place | undefined {
    return this.#places.get(key);
  }

  /** All open places, in the order in which they were opened. */
  get all(): readonly Place[] {
    return [...this.#places.values()];
  }
}

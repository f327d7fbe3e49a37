/**
 * Lets every log line through once. After a reconnect Railway sends the last lines again; but a line that two replicas print
 * in the same nanosecond, or one replica prints twice, is not a repetition. So lines are counted: of those with the same
 * timestamp, replica and text, as many pass as any one connection has shown. Bounded: at most `capacity` are remembered.
 */

import { createHash } from 'node:crypto';
import type { RailwayLogLine } from '../model/resources.ts';

export class LogDeduplicator {
  readonly #capacity: number;
  readonly #passed = new Map<string, number>();
  #seen = new Map<string, number>();

  /** `capacity` must be more than Railway repeats: several times the `limit` of the subscription. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** To be called when a new connection begins, whose first lines may be repetitions. */
  restart(): void {
    this.#seen = new Map();
  }

  /** The lines that have not passed yet. */
  filter(lines: readonly RailwayLogLine[]): RailwayLogLine[] {
    return lines.filter((line) => {
      const key = keyOf(line);
      const seen = (this.#seen.get(key) ?? 0) + 1;
      remember(this.#seen, [key, seen], this.#capacity);
      const passed = this.#passed.get(key) ?? 0;
      if (seen <= passed) return false;
      remember(this.#passed, [key, passed + 1], this.#capacity);
      return true;
    });
  }
}

function keyOf({ timestamp, instanceId = '', text }: RailwayLogLine): string {
  return createHash('sha256')
    .update(JSON.stringify([timestamp, instanceId, text]))
    .digest('base64');
}

/** Makes the entry the newest, and removes the oldest when there is no room. */
function remember(map: Map<string, number>, [key, value]: readonly [string, number], capacity: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > capacity && oldest !== undefined) map.delete(oldest);
}

/** Counts the bytes of all connections of a node, those that have ended too. */

import type { Connection } from './connection.ts';

/** Bytes since the start of the node. */
export interface Traffic {
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export class TrafficCounter {
  readonly #ended = { bytesIn: 0, bytesOut: 0 };

  /** Keeps what a connection has carried. */
  end({ stats }: Connection): void {
    this.#ended.bytesIn += stats.bytesIn;
    this.#ended.bytesOut += stats.bytesOut;
  }

  /** The bytes of these connections and of those that have ended. */
  count(connections: Iterable<Connection>): Traffic {
    let { bytesIn, bytesOut } = this.#ended;
    for (const { stats } of connections) {
      bytesIn += stats.bytesIn;
      bytesOut += stats.bytesOut;
    }
    return { bytesIn, bytesOut };
  }
}

/** The last hour of every node that the console knows, from what it asks them anyway. In memory only. */

import type { NodeRegistry } from '../nodes/node-registry.ts';
import type { NodeSample } from '../nodes/node-sample.ts';
import type { HistorySample } from '../protocol/index.ts';
import { NodeHistory } from './node-history.ts';

/** Options of `NodeHistories`. */
export interface NodeHistoriesOptions {
  readonly registry: Pick<NodeRegistry, 'find' | 'subscribe'>;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** The histories of nodes, by their ids. */
export class NodeHistories {
  readonly #registry: NodeHistoriesOptions['registry'];
  readonly #now: () => number;
  readonly #histories = new Map<string, NodeHistory>();

  constructor({ registry, now = Date.now }: NodeHistoriesOptions) {
    this.#registry = registry;
    this.#now = now;
    registry.subscribe(({ gone }) => {
      for (const id of gone) this.#histories.delete(id);
    });
  }

  /** Takes a sample of a node. Returns its load, if it is known. What the console does not know any more is left out. */
  note(id: string, sample: NodeSample): number | undefined {
    if (this.#registry.find(id) === undefined) return undefined;
    const history = this.#histories.get(id) ?? new NodeHistory();
    this.#histories.set(id, history);
    return history.note(this.#now(), sample);
  }

  /** The last hour of a node, oldest first. */
  samples(id: string): HistorySample[] {
    return this.#histories.get(id)?.samples(this.#now()) ?? [];
  }
}

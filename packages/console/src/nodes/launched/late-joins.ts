/** Nodes that could not join a member which did not answer: they are asked to connect again until the member does. */

import { retry } from '@convoy/node/async';
import type { Faults } from '../../fault-boundary.ts';
import type { NodeStatus } from '../../protocol/index.ts';
import type { NodeRegistry } from '../node-registry.ts';

/** Options of `LateJoins`. */
export interface LateJoinsOptions {
  readonly registry: NodeRegistry;
  readonly faults: Faults;
  /** Has a node connect to a peer. */
  readonly connect: (node: string, peer: string) => Promise<void>;
}

const endings: ReadonlySet<NodeStatus> = new Set(['stopping', 'stopped', 'crashed']);
const waits = { firstMs: 2000, lastMs: 15_000, ref: false };

/** The joins that are still to be done. */
export class LateJoins {
  readonly #options: LateJoinsOptions;
  readonly #ending = new AbortController();

  constructor(options: LateJoinsOptions) {
    this.#options = options;
  }

  /** Connects `node` to `peer` once both are up, unless one of them is removed first. */
  add(node: string, peer: string): void {
    const { registry, faults, connect } = this.#options;
    const attempt = async (): Promise<void> => {
      const views = [registry.find(node), registry.find(peer)];
      // Removed, ended, or connected by others in the meantime.
      if (views.some((view) => view === undefined || endings.has(view.status))) return;
      if (views[0]?.peers.includes(peer) === true) return;
      if (views.some((view) => view?.status !== 'up')) throw new Error(`${node} and ${peer} are not both up`);
      await connect(node, peer);
    };
    const { signal } = this.#ending;
    faults.run({ kind: 'launch', name: `late join of ${node}` }, async () => {
      try {
        await retry(signal, attempt, waits);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    });
  }

  /** Ends all attempts. */
  close(): void {
    this.#ending.abort(new Error('the console is shutting down'));
  }
}

/** The nodes and clusters of the console, as its live socket reports them. */

import type { ClusterView, NodeView, ServerMessage } from '@convoy/console/protocol';
import type { LiveListener, LiveSocket, WelcomeMessage } from './live-console.ts';

/** Changes that come together are shown together. */
const settleMs = 50;

type Show = (nodes: readonly NodeView[], clusters: readonly ClusterView[]) => void;

/** A listener of the live socket that passes on all nodes, first launched and attached ones, then discovered ones. */
export class WatchedNodes implements LiveListener {
  readonly #show: Show;
  #nodes = new Map<string, NodeView>();
  #clusters = new Map<string, ClusterView>();
  #timer: NodeJS.Timeout | undefined;

  constructor(show: Show) {
    this.#show = show;
  }

  onWelcome(_socket: LiveSocket, { nodes, clusters }: WelcomeMessage): void {
    this.#nodes = new Map(nodes.map((view) => [view.id, view]));
    this.#clusters = new Map(clusters.map((view) => [view.id, view]));
    this.#changed();
  }

  onMessage(message: ServerMessage): void {
    switch (message.type) {
      case 'node':
        this.#nodes.set(message.node.id, message.node);
        break;
      case 'node.gone':
        this.#nodes.delete(message.name);
        break;
      case 'cluster':
        this.#clusters.set(message.cluster.id, message.cluster);
        break;
      case 'cluster.gone':
        this.#clusters.delete(message.id);
        break;
      default:
        return;
    }
    this.#changed();
  }

  #changed(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const all = [...this.#nodes.values()];
      const isDiscovered = ({ origin }: NodeView): boolean => origin === 'discovered';
      const nodes = [...all.filter((view) => !isDiscovered(view)), ...all.filter(isDiscovered)];
      this.#show(nodes, [...this.#clusters.values()]);
    }, settleMs);
  }
}

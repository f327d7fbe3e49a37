/** The nodes of the console, as its live socket reports them. */

import type { NodeView, ServerMessage } from '@convoy/console/protocol';
import type { LiveListener, LiveSocket } from './live-console.ts';

/** Changes that come together are shown together. */
const settleMs = 50;

/** A listener of the live socket that passes on all nodes, first launched and attached ones, then discovered ones. */
export class WatchedNodes implements LiveListener {
  readonly #show: (nodes: readonly NodeView[]) => void;
  #nodes = new Map<string, NodeView>();
  #timer: NodeJS.Timeout | undefined;

  constructor(show: (nodes: readonly NodeView[]) => void) {
    this.#show = show;
  }

  onWelcome(_socket: LiveSocket, nodes: readonly NodeView[]): void {
    this.#nodes = new Map(nodes.map((view) => [view.name, view]));
    this.#changed();
  }

  onMessage(message: ServerMessage): void {
    if (message.type === 'node') this.#nodes.set(message.node.name, message.node);
    else if (message.type === 'node.gone') this.#nodes.delete(message.name);
    else return;
    this.#changed();
  }

  #changed(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const all = [...this.#nodes.values()];
      const isDiscovered = ({ origin }: NodeView): boolean => origin === 'discovered';
      this.#show([...all.filter((view) => !isDiscovered(view)), ...all.filter(isDiscovered)]);
    }, settleMs);
  }
}

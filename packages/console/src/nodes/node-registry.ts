/** Holds the node table, applies events to it, and notifies listeners of the changes. */

import type { NodeView } from '../protocol/index.ts';
import { changesBetween, type NodeEvent, type NodeTable, reduceNodes } from './node-table.ts';

/** Longer than any request to a node takes. */
const memoryMs = 30_000;

/** The changes that an event has caused. */
export interface NodeChanges {
  readonly changed: readonly NodeView[];
  /** Ids of changed nodes that were launched again: their output starts over. */
  readonly replaced: readonly string[];
  readonly gone: readonly string[];
}

/** The nodes of a console: those it launched or attached, those discovered in their meshes, and the members of attached clusters. */
export class NodeRegistry {
  #table: NodeTable = new Map();
  readonly #listeners = new Set<(changes: NodeChanges) => void>();

  readonly #removed = new Map<string, number>();

  /** Applies an event. */
  dispatch(event: NodeEvent): void {
    if (event.kind === 'removed') this.#rememberRemoval(event.node);
    const before = this.#table;
    this.#table = reduceNodes(before, event);
    if (this.#table === before) return;
    const changes = changesBetween(before, this.#table);
    if (changes.changed.length === 0 && changes.gone.length === 0) return;
    for (const listener of this.#listeners) listener(changes);
  }

  /** The node with this id. */
  find(id: string): NodeView | undefined {
    return this.#table.get(id);
  }

  /** Whether the node was removed after `time`, so that earlier reports of it by other nodes are out of date. */
  wasRemovedSince(name: string, time: number): boolean {
    return (this.#removed.get(name) ?? -Infinity) >= time;
  }

  /** All nodes: launched and attached ones and members in the order they were added, then discovered ones. */
  views(): NodeView[] {
    const all = [...this.#table.values()];
    const isDiscovered = ({ origin }: NodeView): boolean => origin === 'discovered';
    return [...all.filter((view) => !isDiscovered(view)), ...all.filter(isDiscovered)];
  }

  /** Calls `listener` with the changes of every event from now on. Returns a function that unsubscribes. */
  subscribe(listener: (changes: NodeChanges) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #rememberRemoval(name: string): void {
    const now = Date.now();
    for (const [old, at] of this.#removed) if (now - at > memoryMs) this.#removed.delete(old);
    this.#removed.set(name, now);
  }
}

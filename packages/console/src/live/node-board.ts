/** Holds the node table, applies events to it, and tells its listeners what each has changed. */

import type { NodeView } from '../protocol/index.ts';
import { changesBetween, type NodeEvent, type NodeTable, reduceNodes } from './node-table.ts';

/** Longer than any question to a node is under way. */
const memoryMs = 30_000;

export interface NodeChanges {
  readonly changed: readonly NodeView[];
  readonly gone: readonly string[];
}

export class NodeBoard {
  #table: NodeTable = new Map();
  readonly #listeners = new Set<(changes: NodeChanges) => void>();

  readonly #removed = new Map<string, number>();

  dispatch(event: NodeEvent): void {
    if (event.kind === 'removed') this.#bury(event.node);
    const before = this.#table;
    this.#table = reduceNodes(before, event);
    if (this.#table === before) return;
    const changes = changesBetween(before, this.#table);
    if (changes.changed.length === 0 && changes.gone.length === 0) return;
    for (const listener of this.#listeners) listener(changes);
  }

  find(name: string): NodeView | undefined {
    return this.#table.get(name);
  }

  /** Whether the node was removed after `time`: what others say of it from before does not count. */
  wasRemovedSince(name: string, time: number): boolean {
    return (this.#removed.get(name) ?? -Infinity) >= time;
  }

  /** All nodes: launched and attached ones in the order they came, then discovered ones. */
  views(): NodeView[] {
    const all = [...this.#table.values()];
    const isDiscovered = ({ origin }: NodeView): boolean => origin === 'discovered';
    return [...all.filter((view) => !isDiscovered(view)), ...all.filter(isDiscovered)];
  }

  /** Calls `listener` with what changes from now on. Returns what ends that. */
  subscribe(listener: (changes: NodeChanges) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #bury(name: string): void {
    const now = Date.now();
    for (const [old, at] of this.#removed) if (now - at > memoryMs) this.#removed.delete(old);
    this.#removed.set(name, now);
  }
}

/**
 * Which processes have links or monitors with which other nodes, so that the loss of a connection affects only those, and
 * how many links and monitors each node has requested. Pure.
 */

interface Relation<Process> {
  readonly processes: Set<Process>;
  watches: number;
}

export class RelatedNodes<Process extends { readonly relations: { readonly nodes: Set<string> } }> {
  readonly #relations: Map<string, Relation<Process>> = new Map();
  readonly #maxWatches: number;

  constructor(maxWatches: number) {
    this.#maxWatches = maxWatches;
  }

  relate(process: Process, node: string): void {
    const { nodes } = process.relations;
    if (nodes.has(node)) return;
    nodes.add(node);
    this.#relationOf(node).processes.add(process);
  }

  /** Removes a process that has ended. */
  forget(process: Process): void {
    const { nodes } = process.relations;
    for (const node of nodes) {
      const relation = this.#relations.get(node);
      relation?.processes.delete(process);
      this.#dropEmpty(node, relation);
    }
    nodes.clear();
  }

  /** Whether `node` may have one more link or monitor on a local process; counts it if so. */
  claimWatch(node: string): boolean {
    const relation = this.#relationOf(node);
    if (relation.watches >= this.#maxWatches) return false;
    relation.watches += 1;
    return true;
  }

  releaseWatch(node: string): void {
    const relation = this.#relations.get(node);
    if (relation === undefined) return;
    relation.watches -= 1;
    this.#dropEmpty(node, relation);
  }

  /** Removes a node and returns the processes related to it. */
  takeNode(node: string): Iterable<Process> {
    const relation = this.#relations.get(node);
    this.#relations.delete(node);
    return relation?.processes ?? [];
  }

  #relationOf(node: string): Relation<Process> {
    let relation = this.#relations.get(node);
    if (relation === undefined) {
      relation = { processes: new Set(), watches: 0 };
      this.#relations.set(node, relation);
    }
    return relation;
  }

  #dropEmpty(node: string, relation: Relation<Process> | undefined): void {
    if (relation !== undefined && relation.processes.size === 0 && relation.watches <= 0)
      this.#relations.delete(node);
  }
}

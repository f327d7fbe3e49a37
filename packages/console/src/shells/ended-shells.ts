/** The shells that have ended last. The end of a node may explain the end of its shells a moment later. */

/** How long after the end of a shell the end of its node may still explain it. */
const explainMs = 5000;
const maxShells = 32;

export class EndedShells {
  /** Oldest first. */
  #ended: readonly { readonly id: string; readonly node: string; readonly at: number }[] = [];

  note(id: string, node: string): void {
    this.#ended = [...this.#ended, { id, node, at: Date.now() }].slice(-maxShells);
  }

  /** The shells on a node that have ended a moment ago. */
  lateOn(node: string): readonly string[] {
    const now = Date.now();
    return this.#ended.filter((one) => one.node === node && now - one.at < explainMs).map(({ id }) => id);
  }
}

/** Collects steps to undo when a start fails or the console closes, and runs them in reverse order. */

type UndoStep = () => Promise<void> | void;

export class UndoSteps {
  readonly #steps: UndoStep[] = [];

  add(step: UndoStep): void {
    this.#steps.push(step);
  }

  /** Runs all steps, even if one fails, and rejects with the first error at the end. */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

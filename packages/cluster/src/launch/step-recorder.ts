/** Times the steps of a launch and reports when each starts, changes its detail, and ends. */

import type { LaunchOptions, LaunchStep } from './provider.ts';

/** A step's result, and a line of detail to display. */
export interface StepOutcome<Result> {
  readonly result: Result;
  readonly detail?: string;
}

/** Runs the steps of one launch and reports them. */
export class StepRecorder {
  readonly #onStep: (step: LaunchStep) => void;
  readonly #now: () => number;
  readonly #labels: ReadonlyMap<string, string>;

  constructor(
    steps: readonly { readonly name: string; readonly label: string }[],
    onStep: LaunchOptions['onStep'],
    now: () => number = Date.now,
  ) {
    this.#labels = new Map(steps.map(({ name, label }) => [name, label]));
    this.#onStep = onStep ?? (() => undefined);
    this.#now = now;
  }

  /**
   * Runs `work` as the step `name`. When it throws, the step fails and the error is rethrown. `setDetail` changes the detail
   * while the step is running.
   */
  async run<Result>(
    name: string,
    work: (setDetail: (detail: string) => void) => Promise<StepOutcome<Result>>,
  ): Promise<Result> {
    const running = { name, label: this.#labels.get(name) ?? name, startedAt: this.#now() };
    this.#onStep({ ...running, state: 'running' });
    try {
      const { result, detail } = await work((detail) =>
        this.#onStep({ ...running, state: 'running', detail }),
      );
      const ended = { ...running, state: 'done' as const, endedAt: this.#now() };
      this.#onStep(detail === undefined ? ended : { ...ended, detail });
      return result;
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.#onStep({ ...running, state: 'failed', endedAt: this.#now(), detail });
      throw error;
    }
  }
}

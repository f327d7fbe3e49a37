/** Times the steps of a launch and tells of each when it starts, when there is news of it, and when it ends. */

import type { LaunchOptions, LaunchStep } from './provider.ts';

/** A step's result, and the line of detail that people see. */
export interface StepOutcome<Result> {
  readonly result: Result;
  readonly detail?: string;
}

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
   * Runs `work` as the step `name`. What it throws makes the step failed and is thrown on. What it gives to `tell` is
   * the detail meanwhile.
   */
  async run<Result>(
    name: string,
    work: (tell: (detail: string) => void) => Promise<StepOutcome<Result>>,
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

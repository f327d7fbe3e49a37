/** Runs the steps of an examination, times them, and reports each one when it has ended. Independent of what the steps do. */

import type { DiagnosisStep } from './model/diagnosis.ts';

/** What a step has seen, in data and in one line. */
export interface StepResult<Value> {
  readonly value: Value;
  readonly detail: string;
  /** Default `ok`. */
  readonly status?: DiagnosisStep['status'];
}

interface StepName {
  readonly name: string;
  readonly label: string;
}

export class Examination {
  readonly #onStep: (step: DiagnosisStep) => void;
  readonly #steps: DiagnosisStep[] = [];

  constructor(onStep: (step: DiagnosisStep) => void = () => undefined) {
    this.#onStep = onStep;
  }

  get steps(): readonly DiagnosisStep[] {
    return this.#steps;
  }

  /** Runs one step. Rejects like `work`, whose error is then the detail of the step. */
  async step<Value>(what: StepName, work: () => Promise<StepResult<Value>>): Promise<Value> {
    const started = performance.now();
    const end = (status: DiagnosisStep['status'], detail: string): void => {
      const step = { ...what, status, detail, durationMs: Math.round(performance.now() - started) };
      this.#steps.push(step);
      this.#onStep(step);
    };
    try {
      const { value, detail, status = 'ok' } = await work();
      end(status, detail);
      return value;
    } catch (error) {
      end('failed', error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  /** Runs an optional step: when it fails, it counts as skipped. */
  async ask<Value>(what: StepName, work: () => Promise<StepResult<Value>>): Promise<Value | undefined> {
    return this.step<Value | undefined>(what, async () => {
      try {
        return await work();
      } catch (error) {
        return { value: undefined, detail: (error as Error).message, status: 'skipped' };
      }
    });
  }
}

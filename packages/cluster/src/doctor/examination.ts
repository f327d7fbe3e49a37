/** Runs the steps of an examination in order, times them, and ends at the first fault. Independent of what the steps do. */

import { type Diagnosis, type DiagnosisStep, type Fault, FaultFound } from './diagnosis.ts';
import { faultOf } from './faults.ts';

export interface StepResult<Value> {
  readonly value: Value;
  readonly detail: string;
  /** Not a fault, but worth knowing. */
  readonly warning?: Fault | undefined;
}

export class Examination {
  readonly #node: string;
  readonly #from: string;
  readonly #onStep: (step: DiagnosisStep) => void;
  readonly #steps: DiagnosisStep[] = [];
  readonly #warnings: Fault[] = [];

  constructor(
    { node, from }: { readonly node: string; readonly from: string },
    onStep: (step: DiagnosisStep) => void = () => undefined,
  ) {
    this.#node = node;
    this.#from = from;
    this.#onStep = onStep;
  }

  /** Runs one step. An error thrown by `work` is turned into a fault and rethrown as `FaultFound`. */
  async step<Value>(
    { name, label }: { readonly name: string; readonly label: string },
    work: () => Promise<StepResult<Value>>,
  ): Promise<Value> {
    const started = performance.now();
    const end = (status: DiagnosisStep['status'], detail: string): void => {
      const step = { name, label, status, detail, durationMs: Math.round(performance.now() - started) };
      this.#steps.push(step);
      this.#onStep(step);
    };
    try {
      const { value, detail, warning } = await work();
      if (warning !== undefined) this.#warnings.push(warning);
      end(warning === undefined ? 'ok' : 'warning', warning?.sentence ?? detail);
      return value;
    } catch (error) {
      const fault = error instanceof FaultFound ? error.fault : faultOf(error, this.#node);
      end('failed', fault.sentence);
      throw error instanceof FaultFound ? error : new FaultFound(fault);
    }
  }

  /** Runs an optional step: when it fails, it counts as skipped. */
  async ask<Value>(
    what: { readonly name: string; readonly label: string },
    work: () => Promise<StepResult<Value>>,
  ): Promise<Value | undefined> {
    try {
      return await this.step(what, work);
    } catch {
      const failed = this.#steps.pop();
      if (failed === undefined) return undefined;
      this.#steps.push({ ...failed, status: 'skipped' });
      return undefined;
    }
  }

  /** Runs all steps. Errors other than faults, such as the signal's reason, are rethrown. */
  async run(work: () => Promise<void>): Promise<Diagnosis> {
    let fault: Fault | undefined;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof FaultFound)) throw error;
      ({ fault } = error);
    }
    return {
      node: this.#node,
      from: this.#from,
      ok: fault === undefined,
      steps: this.#steps,
      fault,
      warnings: this.#warnings,
    };
  }
}

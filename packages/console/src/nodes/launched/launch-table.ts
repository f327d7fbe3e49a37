/** The launches of this console, in progress or ended, for `GET /api/launches/:id`. Bounded. */

import { randomUUID } from 'node:crypto';
import type { LaunchView, NodeKind, Problem, Step } from '../../protocol/index.ts';

const maxLaunches = 200;

/** Launches by id. */
export class LaunchTable {
  readonly #launches = new Map<string, LaunchView>();

  /** Adds a launch. */
  open(node: string, kind: NodeKind): LaunchView {
    const view: LaunchView = { id: randomUUID(), node, kind, state: 'running', steps: [] };
    this.#launches.set(view.id, view);
    this.#forgetOld();
    return view;
  }

  find(id: string): LaunchView | undefined {
    return this.#launches.get(id);
  }

  setStep(id: string, step: Step): void {
    this.#change(id, (view) => {
      const known = view.steps.findIndex(({ name }) => name === step.name);
      return { ...view, steps: known === -1 ? [...view.steps, step] : view.steps.with(known, step) };
    });
  }

  /** Sets the name of the node, if it differs from the planned one. */
  rename(id: string, node: string): void {
    this.#change(id, (view) => ({ ...view, node }));
  }

  setReady(id: string): void {
    this.#change(id, (view) => ({ ...view, state: 'ready' }));
  }

  /** `lastOutput` are the last lines of output of the node, if it has printed any. */
  setFailed(
    id: string,
    { problem, lastOutput = [] }: { problem: Problem; lastOutput?: readonly string[] },
  ): void {
    const output = lastOutput.length === 0 ? {} : { lastOutput: [...lastOutput] };
    this.#change(id, (view) => ({ ...view, state: 'failed', problem, ...output }));
  }

  #change(id: string, change: (view: LaunchView) => LaunchView): void {
    const view = this.#launches.get(id);
    if (view !== undefined) this.#launches.set(id, change(view));
  }

  #forgetOld(): void {
    for (const [id, { state }] of this.#launches) {
      if (this.#launches.size <= maxLaunches) return;
      if (state !== 'running') this.#launches.delete(id);
    }
  }
}

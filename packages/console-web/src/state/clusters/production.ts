/** The question before something is changed in a cluster that is marked as production. It lies over whatever dialog is open. */

import { signal, type Signal } from '@preact/signals';
import { clusterLabel, isProduction } from './clusters.ts';

/** A change as the question describes it. */
export interface Change {
  /** What happens, as a sentence: `web@h is disconnected from app@h.` */
  readonly sentence: string;
  /** The button that does it: `Disconnect`. */
  readonly button: string;
}

export interface ProductionQuestion extends Change {
  /** Labels of the clusters that are marked. */
  readonly labels: readonly string[];
  readonly answer: (isConfirmed: boolean) => void;
}

export const productionQuestion: Signal<ProductionQuestion | undefined> = signal(undefined);

/** Asks the user if one of these clusters is marked as production. Resolves with whether to go on. */
export function confirmChange(clusters: Iterable<string>, change: Change): Promise<boolean> {
  const marked = [...new Set(clusters)].filter(isProduction);
  if (marked.length === 0) return Promise.resolve(true);
  productionQuestion.value?.answer(false);
  return new Promise((resolve) => {
    productionQuestion.value = {
      ...change,
      labels: marked.map(clusterLabel),
      answer(isConfirmed) {
        productionQuestion.value = undefined;
        resolve(isConfirmed);
      },
    };
  });
}

/** Asks before something is changed in a cluster that is marked as production, and names the cluster. */

import type { JSX } from 'preact';
import { productionQuestion } from '../../state/clusters/production.ts';
import { Dialog } from '../dialog.tsx';
import { ProductionNote } from './production-note.tsx';

export function ProductionQuestion(): JSX.Element | null {
  const question = productionQuestion.value;
  if (question === undefined) return null;
  const { labels, sentence, button, answer } = question;
  return (
    <Dialog
      title={`${button} in ${labels.join(' and ')}?`}
      onClose={() => answer(false)}
      testId="production-dialog"
      role="alertdialog"
    >
      <ProductionNote labels={labels} />
      <p>{sentence}</p>
      <footer class="dialog-foot">
        <button type="button" class="button" data-autofocus onClick={() => answer(false)}>
          Cancel
        </button>
        <button
          type="button"
          class="button danger"
          data-testid="confirm-production"
          onClick={() => answer(true)}
        >
          {button}
        </button>
      </footer>
    </Dialog>
  );
}

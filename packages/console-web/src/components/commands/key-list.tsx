/** The keys of the page: in the settings, and in a dialog of its own that `?` opens. */

import type { JSX } from 'preact';
import { Fragment } from 'preact';
import { closeDialog } from '../../state/page/dialogs.ts';
import { shortcuts } from '../../state/shortcuts.ts';
import { Dialog } from '../dialog.tsx';

export function KeyList(): JSX.Element {
  return (
    <dl class="keys">
      {shortcuts.map(({ keys, does }) => (
        <Fragment key={does}>
          <dt>
            {keys.map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dt>
          <dd>{does}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

export function KeysDialog(): JSX.Element {
  return (
    <Dialog title="Keys" onClose={closeDialog} testId="keys-dialog">
      <KeyList />
      <footer class="dialog-foot">
        <button type="button" class="button primary" data-autofocus onClick={closeDialog}>
          Done
        </button>
      </footer>
    </Dialog>
  );
}

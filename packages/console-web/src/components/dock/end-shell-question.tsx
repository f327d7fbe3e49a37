/** Asks before a shell is ended that other pages show too. */

import type { JSX } from 'preact';
import { closeDialog } from '../../state/page/dialogs.ts';
import { formatCount } from '../../state/page/format.ts';
import { consoleShells, otherViewersOf } from '../../state/shells/console-shells.ts';
import { fullShellName } from '../../state/shells/shell-names.ts';
import { findTab } from '../../state/shells/shell-tabs.ts';
import { endShellNow } from '../../state/shells/shells.ts';
import { Dialog } from '../dialog.tsx';

export function EndShellQuestion({ shellId }: { readonly shellId: string }): JSX.Element | null {
  const tab = findTab((one) => one.shellId === shellId);
  const shell = consoleShells().find(({ id }) => id === shellId);
  if (shell === undefined) return null;
  const others = otherViewersOf(shellId, { isHere: tab !== undefined });
  return (
    <Dialog
      title={`End ${fullShellName(shell)}?`}
      onClose={closeDialog}
      testId="end-shell-dialog"
      role="alertdialog"
    >
      <p>
        {others === 0
          ? 'No other page shows it.'
          : `${formatCount(others, 'other page')} also ${others === 1 ? 'shows' : 'show'} it.`}{' '}
        Ending it stops what runs in it, for everyone.
      </p>
      <footer class="dialog-foot">
        <button type="button" class="button" data-autofocus onClick={closeDialog}>
          Cancel
        </button>
        <button
          type="button"
          class="button danger"
          data-testid="confirm-end-shell"
          onClick={() => {
            closeDialog();
            endShellNow(shellId);
          }}
        >
          End the shell
        </button>
      </footer>
    </Dialog>
  );
}

/** Asks before many lines are pasted: the shell will run every line of them as a command of its own. */

import type { JSX } from 'preact';
import { fullShellName } from '../../state/shells/shell-names.ts';
import type { ShellTab } from '../../state/shells/shell-tabs.ts';
import { shownPaste } from '../../terminal/shown-keys.ts';
import { Dialog } from '../dialog.tsx';

const mostShown = 4000;

export function PasteQuestion(props: {
  readonly tab: ShellTab;
  readonly lines: number;
  readonly text: string;
  readonly onPaste: () => void;
  readonly onCancel: () => void;
}): JSX.Element {
  const { tab, lines, text, onPaste, onCancel } = props;
  return (
    <Dialog
      title={`Paste ${lines} lines into ${fullShellName(tab)}?`}
      onClose={onCancel}
      testId="paste-dialog"
    >
      <p>
        They are put at the prompt, where you can still edit them. Nothing runs until you press Enter. Then
        the shell reads them one after the other, as if you had typed each of them: a program that asks for
        input in between gets the next line.
      </p>
      <pre class="paste-preview" tabIndex={0} aria-label="The lines">
        {shownPaste(text.slice(0, mostShown))}
      </pre>
      {text.length > mostShown && (
        <p class="quiet">
          The first {mostShown} of {text.length} characters are shown.
        </p>
      )}
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={onCancel}>
          Cancel
        </button>
        <button
          type="button"
          class="button primary"
          data-testid="confirm-paste"
          data-autofocus
          onClick={onPaste}
        >
          Put {lines} lines at the prompt
        </button>
      </footer>
    </Dialog>
  );
}

/** Asks for confirmation of a long paste, because every line of it runs as a command. */

import type { JSX } from 'preact';
import { shownPaste } from '../../terminal/shown-keys.ts';
import { Dialog } from '../dialog.tsx';

const mostShown = 4000;

export function PasteQuestion(props: {
  readonly lines: number;
  readonly text: string;
  readonly onPaste: () => void;
  readonly onCancel: () => void;
}): JSX.Element {
  const { lines, text, onPaste, onCancel } = props;
  return (
    <Dialog title={`Paste ${lines} lines?`} onClose={onCancel} testId="paste-dialog">
      <p>The shell runs each line as it arrives.</p>
      <pre class="paste-preview" tabIndex={0}>
        {shownPaste(text.slice(0, mostShown))}
      </pre>
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
          Paste
        </button>
      </footer>
    </Dialog>
  );
}

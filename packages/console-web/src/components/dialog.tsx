/** A modal dialog based on the browser's `<dialog>`: focus stays inside; Escape and a click outside close it. */

import type { ComponentChildren, JSX } from 'preact';
import { Glyph } from './glyphs.tsx';
import { useModal } from '../state/page/use-modal.ts';

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  readonly testId?: string;
  readonly role?: 'dialog' | 'alertdialog';
}

export function Dialog({ title, onClose, children, testId, role = 'dialog' }: DialogProps): JSX.Element {
  const element = useModal();
  return (
    <dialog
      ref={element}
      class="dialog"
      role={role}
      aria-label={title}
      data-testid={testId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === element.current) onClose();
      }}
    >
      <div class="dialog-body">
        <header class="dialog-head">
          <h2>{title}</h2>
          <button type="button" class="icon-button" aria-label="Close the dialog" onClick={onClose}>
            <Glyph name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

/** Short messages in a corner. Screen readers announce errors immediately, other messages at the next pause. */

import type { JSX } from 'preact';
import { openDialog } from '../state/page/dialogs.ts';
import { dismissToast, type Toast, toasts } from '../state/page/toasts.ts';
import { Glyph } from './glyphs.tsx';
import { PlainText } from './plain-text.tsx';

function ToastCard({ toast }: { readonly toast: Toast }): JSX.Element {
  const { doctor } = toast;
  return (
    <div
      class={`toast toast-${toast.tone}`}
      role={toast.tone === 'error' ? 'alert' : 'status'}
      data-testid="toast"
    >
      <Glyph name={toast.tone === 'error' ? 'warning' : 'info'} />
      <div class="toast-text">
        <p>{toast.text}</p>
        {toast.remedy !== undefined && (
          <p class="remedy">
            <span>
              <PlainText text={toast.remedy} />
            </span>
          </p>
        )}
        {doctor !== undefined && (
          <button
            type="button"
            class="button"
            data-testid="toast-doctor"
            onClick={() => {
              dismissToast(toast.id);
              openDialog.value = { kind: 'doctor', request: doctor };
            }}
          >
            Ask the doctor
          </button>
        )}
      </div>
      <button
        type="button"
        class="icon-button"
        aria-label={`Dismiss: ${toast.text}`}
        onClick={() => dismissToast(toast.id)}
      >
        <Glyph name="close" />
      </button>
    </div>
  );
}

export function Toasts(): JSX.Element {
  return (
    <section class="toasts" aria-label="Messages">
      {toasts.value.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </section>
  );
}

/** Opens a `<dialog>` as a modal one, and afterwards gives the focus back to where it was. */

import { useLayoutEffect, useRef } from 'preact/hooks';
import { noteFocus, restoreFocus } from './focus-keeper.ts';

export function useModal(): { readonly current: HTMLDialogElement | null } {
  const element = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const before = noteFocus();
    const dialog = element.current;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => {
      // While it is open, nothing behind it can take the focus.
      dialog?.close();
      restoreFocus(before);
    };
  }, []);
  return element;
}

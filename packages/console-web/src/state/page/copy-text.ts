/** Copies a text to the clipboard, and says so or why not. */

import { showMessage } from './toasts.ts';

export function copyText(text: string, message: string): void {
  const { clipboard }: { clipboard?: Clipboard } = navigator;
  if (clipboard === undefined) {
    showMessage('This browser lets a page copy only if it was loaded by HTTPS or from this computer.');
    return;
  }
  void clipboard.writeText(text).then(
    () => showMessage(message),
    () => showMessage('The browser did not let the page copy. Click into the page, then try again.'),
  );
}

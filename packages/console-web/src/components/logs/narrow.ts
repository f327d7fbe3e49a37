/** Whether the window is as narrow as that of a phone, as the style sheets have it. */

import { signal, type Signal } from '@preact/signals';

const query = globalThis.matchMedia?.('(width < 720px)');

export const isNarrow: Signal<boolean> = signal(query?.matches ?? false);
query?.addEventListener('change', ({ matches }) => {
  isNarrow.value = matches;
});

/** Keys that a shell needs and a touch keyboard lacks. Shown only on touch screens. */

import type { JSX } from 'preact';

const keys: readonly (readonly [label: string, data: string, name: string])[] = [
  ['Tab', '\t', 'Tab'],
  ['↑', '\u001b[A', 'Up'],
  ['↓', '\u001b[B', 'Down'],
  ['←', '\u001b[D', 'Left'],
  ['→', '\u001b[C', 'Right'],
  ['Ctrl C', '\u0003', 'Ctrl C, interrupt'],
];

export function TouchKeys({ onKey }: { readonly onKey: (data: string) => void }): JSX.Element {
  return (
    <div class="touch-keys" role="group" aria-label="Keys">
      {keys.map(([label, data, name]) => (
        <button key={name} type="button" class="button" aria-label={name} onClick={() => onKey(data)}>
          {label}
        </button>
      ))}
    </div>
  );
}

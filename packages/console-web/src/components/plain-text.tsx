/** Plain text in which `backticks` mark what to type in a terminal. It has no other markup. */

import type { JSX } from 'preact';

export function PlainText({ text }: { readonly text: string }): JSX.Element {
  const parts = text.split('`');
  return (
    <>
      {parts.map((part, index) =>
        // An unpaired last backtick is shown as it is.
        index % 2 === 1 && index < parts.length - 1 ? <code key={index}>{part}</code> : part,
      )}
    </>
  );
}

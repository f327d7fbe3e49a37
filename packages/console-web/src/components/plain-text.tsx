/** A sentence in which `backticks` mark what is meant for a terminal. Nothing else in it has a meaning. */

import type { JSX } from 'preact';

export function PlainText({ text }: { readonly text: string }): JSX.Element {
  const parts = text.split('`');
  return (
    <>
      {parts.map((part, index) =>
        // An unpaired last backtick is just a backtick.
        index % 2 === 1 && index < parts.length - 1 ? <code key={index}>{part}</code> : part,
      )}
    </>
  );
}

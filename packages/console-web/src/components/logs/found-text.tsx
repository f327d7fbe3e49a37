/** A text in which what is looked for is marked. */

import type { JSX } from 'preact';

const mostMarks = 20;

interface Part {
  readonly text: string;
  readonly isFound: boolean;
}

function partsOf(text: string, found: string): readonly Part[] {
  const lower = text.toLowerCase();
  const parts: Part[] = [];
  let from = 0;
  // Some letters become longer in lower case, so that positions would not be those of the text.
  if (lower.length === text.length)
    for (
      let at = lower.indexOf(found);
      at >= 0 && parts.length < mostMarks;
      at = lower.indexOf(found, from)
    ) {
      parts.push({ text: text.slice(from, at), isFound: false });
      from = at + found.length;
      parts.push({ text: text.slice(at, from), isFound: true });
    }
  return [...parts, { text: text.slice(from), isFound: false }];
}

/** `found` is in lower case; with '' nothing is marked. */
export function FoundText({ text, found }: { readonly text: string; readonly found: string }): JSX.Element {
  if (found === '') return <>{text}</>;
  return (
    <>
      {partsOf(text, found).map((part, at) => (part.isFound ? <mark key={at}>{part.text}</mark> : part.text))}
    </>
  );
}

/**
 * Text on one line, cut in the middle where it does not fit: names differ at their ends as often as at their starts.
 * The whole text stays in the document, for search, copies and screen readers; only what is seen of it is cut.
 */

import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

const endLength = 8;

let observer: ResizeObserver | undefined;

function check(element: HTMLElement): void {
  const text = element.firstElementChild;
  // Both numbers are rounded.
  const isCut = text !== null && text.scrollWidth > element.clientWidth + 1;
  element.classList.toggle('is-cut', isCut);
  if (isCut) element.title = text.textContent ?? '';
  else element.removeAttribute('title');
}

function watch(element: HTMLElement): () => void {
  observer ??= new ResizeObserver((entries) => {
    for (const { target } of entries) if (target instanceof HTMLElement) check(target);
  });
  observer.observe(element);
  check(element);
  return () => observer?.unobserve(element);
}

/** The characters that are always seen; less than half of a short text. */
function endOf(text: string): string {
  const characters = Array.from(text);
  return characters.slice(-Math.min(endLength, Math.floor(characters.length / 2))).join('');
}

export function CutText({ text }: { readonly text: string }): JSX.Element {
  const element = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => (element.current === null ? undefined : watch(element.current)), [text]);
  return (
    <span ref={element} class="cut" data-end={endOf(text)}>
      <span>{text}</span>
    </span>
  );
}

/**
 * Text on one line, cut in the middle where it does not fit: names differ at their ends as often as at their starts.
 * The whole text stays in the document, for search, copies and screen readers; only what is seen of it is cut.
 */

import { splitNodeName } from '@convoy/node/names';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

const endLength = 8;
/** With the `@`. The end of a longer host tells as much as all of it. */
const longestHost = 16;

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

/** The characters that are always seen: those before a short host and the host; less than half of a short text. */
function endOf(text: string): string {
  const characters = Array.from(text);
  const at = characters.lastIndexOf('@');
  const hostLength = characters.length - at;
  const length = at > 0 && hostLength <= longestHost ? endLength + hostLength : endLength;
  return characters.slice(-Math.min(length, Math.floor(characters.length / 2))).join('');
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

/** A full node name. Where it does not fit, the part before the `@` is cut in its middle, and the host as well only if it has to. */
export function WholeName({ name }: { readonly name: string }): JSX.Element {
  const { name: short, host } = splitNodeName(name);
  return (
    <span class="whole-name">
      <CutText text={short} />
      {host !== '' && <CutText text={`@${host}`} />}
    </span>
  );
}

/** Keeps the current entry of a list that scrolls in view, also when the window or the entries change their sizes. */

import { useLayoutEffect } from 'preact/hooks';

/** While the entry is current, scrolls it into view whenever it or its list is resized. */
export function useKeptInView(element: { readonly current: HTMLElement | null }, isCurrent: boolean): void {
  useLayoutEffect(() => {
    const entry = element.current;
    if (!isCurrent || entry === null) return;
    const observer = new ResizeObserver(() => entry.scrollIntoView({ block: 'nearest', inline: 'nearest' }));
    observer.observe(entry);
    if (entry.parentElement !== null) observer.observe(entry.parentElement);
    return () => observer.disconnect();
  }, [isCurrent]);
}

/** Keys of the page of logs: from line to line, open one, pause, follow. */

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { includesEntry, indexOfEntry, type LogEntry } from '../../state/logs/log-entries.ts';
import { leaveLine } from '../../state/logs/log-scope.ts';
import type { LogSession } from '../../state/logs/log-session.ts';
import { addKeys } from '../../state/shortcuts.ts';
import { rowAt, type RowGeometry, topShowing, type Viewport } from '../../virtual-list/visible-rows.ts';

interface Seen {
  readonly entries: readonly LogEntry[];
  readonly geometry: RowGeometry;
  readonly viewport: Viewport;
}

interface ElementRef {
  readonly current: HTMLElement | null;
}

/** The index of the line to go to: from none, the last one that is seen, or upwards the one before it. */
function nextIndex({ entries, geometry, viewport }: Seen, current: LogEntry | undefined, by: 1 | -1): number {
  const last = entries.length - 1;
  if (current !== undefined && includesEntry(entries, current))
    return Math.max(0, Math.min(last, indexOfEntry(entries, current) + by));
  return rowAt(geometry, viewport.top + viewport.height - 1);
}

function move(session: LogSession, seen: Seen, by: 1 | -1): boolean {
  const index = nextIndex(seen, session.current.value, by);
  const entry = seen.entries[index];
  if (entry === undefined) return false;
  session.current.value = entry;
  const top = topShowing(seen.geometry, index, seen.viewport);
  session.scrollTo(session.placeOf(seen.geometry, { ...seen.viewport, top }, seen.entries));
  return true;
}

function toggleCurrent(session: LogSession): boolean {
  const current = session.current.value;
  if (current === undefined) return false;
  session.toggle(current);
  return true;
}

export function useLogKeys(session: LogSession, view: ElementRef, seen: Seen): void {
  const latest = useRef(seen);
  latest.current = seen;
  const wantsFocus = useRef(false);
  const focus = (): void => {
    wantsFocus.current = false;
    view.current?.querySelector<HTMLElement>('.is-current .log-open')?.focus({ preventScroll: true });
  };
  useLayoutEffect(() => {
    if (wantsFocus.current) focus();
  });
  useEffect(
    () =>
      addKeys((event) => {
        // In the dock, keys concern shells.
        if (document.querySelector('.dock :focus') !== null || event.shiftKey) return false;
        const isInView = view.current?.contains(document.activeElement) === true;
        const step = stepOf(event.key, isInView);
        if (step !== undefined) {
          const before = session.current.value;
          const isTaken = move(session, latest.current, step);
          // Another line is drawn first.
          if (session.current.value === before) focus();
          else wantsFocus.current = true;
          return isTaken;
        }
        if (event.key === 'o') return toggleCurrent(session);
        if (event.key === 'p') session.togglePause();
        else if (event.key === 'f') goToNewest(session);
        else return false;
        return true;
      }),
    [session],
  );
}

/** The address that names a line has it shown; without, the newest are. */
function goToNewest(session: LogSession): void {
  if (session.stream.hold.value === 'around') leaveLine();
  else session.follow();
}

/** Elsewhere the arrow keys scroll. */
function stepOf(key: string, isInView: boolean): 1 | -1 | undefined {
  if (key === 'j' || (isInView && key === 'ArrowDown')) return 1;
  if (key === 'k' || (isInView && key === 'ArrowUp')) return -1;
  return undefined;
}

/** The lines, as a list of which only what can be seen is in the document. It follows its end until the user scrolls up. */

import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { isOwnScroll, rowPlaceAt, topOfPlace } from '../../virtual-list/scroll-place.ts';
import {
  drawnRows,
  listHeight,
  type OpenRow,
  rowAt,
  type RowGeometry,
  topOf,
  type Viewport,
} from '../../virtual-list/visible-rows.ts';
import {
  compareEntries,
  entryKey,
  firstOfNodes,
  includesEntry,
  indexOfEntry,
  type LogEntry,
} from '../../state/logs/log-entries.ts';
import type { LogSession, OpenedLine } from '../../state/logs/log-session.ts';
import { isNarrow } from './narrow.ts';
import { LogRow } from './log-row.tsx';
import { useLogKeys } from './use-log-keys.ts';

const rowHeights = { wide: 24, narrow: 42 } as const;

function openRows(entries: readonly LogEntry[], opened: Iterable<OpenedLine>): readonly OpenRow[] {
  return [...opened]
    .filter(({ entry }) => includesEntry(entries, entry))
    .map(({ entry, height }) => ({ index: indexOfEntry(entries, entry), extra: height }))
    .toSorted((a, b) => a.index - b.index);
}

/** The height of the view, which changes with the window and the dock. */
function useHeight(view: { readonly current: HTMLElement | null }): number {
  const [height, setHeight] = useState(0);
  useLayoutEffect(() => {
    const element = view.current;
    if (element === null) return;
    const measure = (): void => setHeight(element.clientHeight);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);
  return height;
}

export interface LogViewProps {
  readonly session: LogSession;
  readonly label: string;
  /** How many nodes are followed. */
  readonly nodes: number;
  /** What is looked for, in lower case. */
  readonly found: string;
}

/** What is drawn, and where. */
interface Drawing {
  readonly entries: readonly LogEntry[];
  readonly geometry: RowGeometry;
  readonly viewport: Viewport;
}

function useDrawing(session: LogSession, view: { readonly current: HTMLElement | null }): Drawing {
  const height = useHeight(view);
  const entries = session.stream.shown.value;
  const rowHeight = isNarrow.value ? rowHeights.narrow : rowHeights.wide;
  const opened = openRows(entries, session.opened.value.values());
  const geometry = { count: entries.length, rowHeight, opened };
  const place = session.place.value;
  const indexOf = (entry: LogEntry): number => indexOfEntry(entries, entry);
  return { entries, geometry, viewport: { top: topOfPlace(geometry, { place, height, indexOf }), height } };
}

/** Loads stored lines where the loaded ones end and the user looks. */
function useLoading(session: LogSession, { entries, geometry, viewport }: Drawing, nodes: number): void {
  const { stream, place } = session;
  const first = rowAt(geometry, viewport.top);
  const last = rowAt(geometry, viewport.top + viewport.height);
  const isStill = place.value.kind !== 'end';
  const isAround = stream.hold.value === 'around';
  useEffect(() => {
    if (!isStill) return;
    session.loadBefore(entries.slice(first, last + 1), nodes);
    const newest = entries.at(-1);
    if (isAround && newest !== undefined && last === entries.length - 1)
      void stream.history.loadNewer(newest.node);
  }, [entries, first, last, isStill, isAround]);
}

export function LogView({ session, label, nodes, found }: LogViewProps): JSX.Element {
  const view = useRef<HTMLDivElement>(null);
  /** The scroll position that was set last. */
  const setTop = useRef(0);
  const drawing = useDrawing(session, view);
  const { entries, geometry, viewport } = drawing;
  useLayoutEffect(() => {
    const element = view.current;
    if (element === null) return;
    if (Math.abs(element.scrollTop - viewport.top) >= 1) element.scrollTop = viewport.top;
    setTop.current = element.scrollTop;
    session.stay = () => session.scrollTo(rowPlaceAt(geometry, viewport.top, entries));
  });
  useLoading(session, drawing, nodes);
  useLogKeys(session, view, drawing);
  const onScroll = (): void => {
    const element = view.current;
    if (element === null) return;
    const seen = { top: element.scrollTop, height: element.clientHeight };
    if (!isOwnScroll(seen.top, setTop.current)) session.scrollTo(session.placeOf(geometry, seen, entries));
  };
  return (
    <div
      ref={view}
      class={`log-view ${nodes > 1 ? 'has-nodes' : ''}`}
      role="log"
      aria-live="off"
      aria-label={label}
      tabIndex={0}
      data-testid="log-view"
      onScroll={onScroll}
    >
      <div class="log-rows" style={{ height: `${listHeight(geometry)}px` }}>
        <Rows session={session} drawing={drawing} nodes={nodes} found={found} />
      </div>
    </div>
  );
}

function Rows(props: {
  readonly session: LogSession;
  readonly drawing: Drawing;
  readonly nodes: number;
  readonly found: string;
}): JSX.Element {
  const { session, drawing, nodes, found } = props;
  const { entries, geometry } = drawing;
  const { history } = session.stream;
  const current = session.current.value;
  const marked = session.marked.value;
  const opened = session.opened.value;
  const isStill = session.place.value.kind !== 'end';
  const firsts = isStill ? firstOfNodes(entries, nodes) : undefined;
  return (
    <>
      {drawnIndexes(drawing, current).map((index) => {
        const entry = entries[index];
        if (entry === undefined) return null;
        const key = entryKey(entry);
        return (
          <LogRow
            key={key}
            entry={entry}
            session={session}
            top={topOf(geometry, index)}
            isOpen={opened.has(key)}
            isCurrent={isSame(entry, current)}
            isMarked={isSame(entry, marked)}
            hasNode={nodes > 1}
            isFirst={firsts?.get(entry.node) === entry && history.mayHaveOlder(entry.node)}
            found={found}
          />
        );
      })}
    </>
  );
}

/** The line with the focus stays in the document while it cannot be seen, so that the focus does not fall to the page. */
function drawnIndexes(
  { entries, geometry, viewport }: Drawing,
  current: LogEntry | undefined,
): readonly number[] {
  const { first, end } = drawnRows(geometry, viewport);
  const drawn = Array.from({ length: end - first }, (_, at) => first + at);
  if (current === undefined || !includesEntry(entries, current)) return drawn;
  const index = indexOfEntry(entries, current);
  if (index < first) return [index, ...drawn];
  return index < end ? drawn : [...drawn, index];
}

function isSame(entry: LogEntry, other: LogEntry | undefined): boolean {
  return other !== undefined && compareEntries(entry, other) === 0;
}

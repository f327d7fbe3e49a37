/** What the page of logs has while it is open: the stream, where it is scrolled to, and which lines are opened. */

import type { LogLine, LogQuery } from '@convoy/console/protocol';
import { batch, signal, type Signal } from '@preact/signals';
import { ask, problemFrom } from '../../console-link/api-client.ts';
import { sendMessage } from '../../console-link/live-link.ts';
import { placeAt, rowPlaceAt, type ScrollPlace } from '../../virtual-list/scroll-place.ts';
import type { RowGeometry, Viewport } from '../../virtual-list/visible-rows.ts';
import { entryKey, firstOfNodes, type LogEntry } from './log-entries.ts';
import { LogStream } from './log-stream.ts';
import { RegexTester } from './filter/regex-tester.ts';

/** An opened line, and the height of what it shows as soon as that is known. */
export interface OpenedLine {
  readonly entry: LogEntry;
  readonly height: number;
}

/** Every opened line makes each frame a little slower. */
const mostOpened = 50;
const guessedHeight = 120;

/** A hidden page gets no frames, but must not collect lines indefinitely either. */
function schedule(work: () => void): void {
  if (document.hidden) setTimeout(work, 250);
  else requestAnimationFrame(work);
}

function fetchLines(name: string, query: LogQuery): Promise<readonly LogLine[]> {
  return ask('GET /api/nodes/:name/logs', { params: { name }, query });
}

export class LogSession {
  readonly stream: LogStream;
  readonly place: Signal<ScrollPlace<LogEntry>> = signal({ kind: 'end' });
  readonly opened: Signal<ReadonlyMap<string, OpenedLine>> = signal(new Map());
  /** The line that keys concern. */
  readonly current: Signal<LogEntry | undefined> = signal(undefined);
  /** The line that the address names. */
  readonly marked: Signal<LogEntry | undefined> = signal(undefined);
  /** The line that the address names and the console no longer has. */
  readonly missing: Signal<{ readonly node: string; readonly seq: number } | undefined> = signal(undefined);
  /** Set by the view: has it stay where it is, even at its end. */
  stay: () => void = () => undefined;
  readonly #tester: RegexTester;
  /** Counts the lines that were asked for. */
  #asked = 0;

  constructor() {
    this.#tester = new RegexTester(
      () => new Worker(new URL('./filter/regex-worker.ts', import.meta.url), { type: 'module' }),
    );
    this.stream = new LogStream({
      send: sendMessage,
      fetchLines,
      problemFrom,
      schedule,
      test: (regex, texts) => this.#tester.test(regex, texts),
    });
  }

  close(): void {
    this.stream.close();
    this.#tester.close();
  }

  scrollTo(place: ScrollPlace<LogEntry>): void {
    batch(() => {
      this.place.value = place;
      this.stream.setFollowing(place.kind === 'end');
    });
  }

  /** The place that a scroll position is. The end of the lines around one is not the end of the log: it is not followed. */
  placeOf(geometry: RowGeometry, viewport: Viewport, entries: readonly LogEntry[]): ScrollPlace<LogEntry> {
    if (this.stream.hold.value === 'around') return rowPlaceAt(geometry, viewport.top, entries);
    return placeAt(geometry, viewport, entries);
  }

  /** Shows the newest lines, and each new one. */
  follow(): void {
    batch(() => {
      if (this.stream.hold.value !== undefined) this.stream.proceed();
      this.marked.value = undefined;
      this.missing.value = undefined;
      this.scrollTo({ kind: 'end' });
    });
  }

  togglePause(): void {
    const { value: hold } = this.stream.hold;
    if (hold === undefined) this.stream.pause();
    else if (hold === 'pause') this.follow();
  }

  /** Shows a line among those around it. `above`: how far below the upper edge of the view it is to be, in pixels. */
  async showLine({ node, seq, above }: { node: string; seq: number; above: number }): Promise<void> {
    this.missing.value = undefined;
    this.#asked += 1;
    const asked = this.#asked;
    const entry = await this.stream.showAround(node, seq);
    // The user may have gone on meanwhile.
    if (asked !== this.#asked || this.stream.hold.value !== 'around') return;
    if (entry === undefined) {
      // Why the console does not answer is said in any case.
      if (this.stream.history.state.value.problem === undefined) this.missing.value = { node, seq };
      return;
    }
    batch(() => {
      this.marked.value = entry;
      this.current.value = entry;
      this.open(entry);
      this.scrollTo({ kind: 'row', row: entry, offset: -above });
    });
  }

  open(entry: LogEntry): void {
    const others = [...this.opened.value].slice(1 - mostOpened);
    this.opened.value = new Map([...others, [entryKey(entry), { entry, height: guessedHeight }]]);
  }

  toggle(entry: LogEntry): void {
    const key = entryKey(entry);
    if (!this.opened.value.has(key)) {
      // What was pressed does not move.
      this.stay();
      this.open(entry);
      return;
    }
    this.opened.value = new Map([...this.opened.value].filter(([one]) => one !== key));
  }

  /** Notes how high the details of an opened line are. */
  measure(entry: LogEntry, height: number): void {
    const key = entryKey(entry);
    const known = this.opened.value.get(key);
    if (known === undefined || Math.abs(known.height - height) < 1) return;
    this.opened.value = new Map(this.opened.value).set(key, { entry, height });
  }

  /** Loads what is stored before the seen lines of each node that has no earlier ones in the view. */
  loadBefore(seen: readonly LogEntry[], nodes: number): void {
    const first = firstOfNodes(this.stream.shown.value, nodes);
    for (const entry of seen)
      if (first.get(entry.node) === entry && this.stream.history.mayHaveOlder(entry.node))
        void this.stream.loadOlder(entry.node);
  }
}

/** A chart of the last hour, drawn by uPlot, with its last value, or that under the pointer, as text above it. */

import type { HistorySample } from '@convoy/console/protocol';
import { effect } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { chartData, lastValue, shownTimes } from '../../../state/inside/series.ts';
import { formatClock } from '../../../state/page/format.ts';
import { preferences } from '../../../state/page/preferences.ts';
import { chartHeight, chartOptions } from './chart-options.ts';
import type { ChartLine, ChartSpec } from './chart-spec.ts';

/** Calls `redraw` when colours have changed. */
function followColours(redraw: () => void): () => void {
  const queries = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)'].map((query) =>
    matchMedia(query),
  );
  // After the attributes of the document have changed.
  const later = (): void => void requestAnimationFrame(redraw);
  for (const query of queries) query.addEventListener('change', later);
  const stop = effect(() => {
    void preferences.value;
    later();
  });
  return () => {
    stop();
    for (const query of queries) query.removeEventListener('change', later);
  };
}

interface Pointed {
  readonly at: number;
  readonly values: readonly (number | undefined)[];
}

function pointedIn(chart: uPlot): Pointed | undefined {
  const { idx } = chart.cursor;
  const at = idx === null || idx === undefined ? undefined : chart.data[0][idx];
  if (at === undefined || idx === null || idx === undefined) return undefined;
  return { at: at * 1000, values: chart.data.slice(1).map((line) => line[idx] ?? undefined) };
}

/** The chart in its element, with the size of the element. Returns what is under the pointer. */
function useChart(
  holder: { readonly current: HTMLDivElement | null },
  spec: ChartSpec,
  samples: readonly HistorySample[],
): Pointed | undefined {
  const chart = useRef<uPlot | undefined>(undefined);
  const [pointed, setPointed] = useState<Pointed | undefined>(undefined);
  useLayoutEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const onPoint = (): void => setPointed(chart.current && pointedIn(chart.current));
    const made = new uPlot(chartOptions(element, spec, onPoint), [[], ...spec.lines.map(() => [])], element);
    chart.current = made;
    const observer = new ResizeObserver(() =>
      made.setSize({ width: Math.max(element.clientWidth, 1), height: chartHeight }),
    );
    observer.observe(element);
    const unfollow = followColours(() => made.redraw());
    return () => {
      unfollow();
      observer.disconnect();
      made.destroy();
      chart.current = undefined;
    };
  }, []);
  useLayoutEffect(() => {
    const keys = spec.lines.map(({ key }) => key);
    const [min, max] = shownTimes(samples, Date.now());
    chart.current?.batch(() => {
      chart.current?.setData(chartData(samples, keys));
      chart.current?.setScale('x', { min, max });
    });
  }, [samples]);
  return pointed;
}

function Reading(props: {
  readonly line: ChartLine;
  readonly text: string;
  readonly index: number;
}): JSX.Element {
  const { line, text, index } = props;
  return (
    <span class="chart-reading">
      {line.label !== '' && (
        <>
          <svg class={`chart-key chart-key-${index}`} width="14" height="6" aria-hidden="true">
            <line x1="0" y1="3" x2="14" y2="3" />
          </svg>
          {line.label}{' '}
        </>
      )}
      <strong>{text}</strong>
    </span>
  );
}

export function Chart(props: {
  readonly spec: ChartSpec;
  readonly samples: readonly HistorySample[];
}): JSX.Element {
  const { spec, samples } = props;
  const holder = useRef<HTMLDivElement>(null);
  const pointed = useChart(holder, spec, samples);
  const values = spec.lines.map(({ key }, index) =>
    pointed === undefined ? lastValue(samples, key) : pointed.values[index],
  );
  const texts = values.map((value) => (value === undefined ? '–' : spec.format(value)));
  const summary = spec.lines.map(({ label }, index) => `${label} ${texts[index]}`.trim()).join(', ');
  return (
    <figure class="chart" data-testid={`chart-${spec.lines[0]?.key}`}>
      <figcaption>
        <span class="chart-title">{spec.title}</span>
        {pointed !== undefined && <time class="quiet">{formatClock(pointed.at)}</time>}
        {spec.lines.map((line, index) => (
          <Reading key={line.key} line={line} text={texts[index] ?? '–'} index={index} />
        ))}
      </figcaption>
      <div
        ref={holder}
        class="chart-holder"
        role="img"
        aria-label={`${spec.title} during the last hour, now ${summary}`}
      />
    </figure>
  );
}

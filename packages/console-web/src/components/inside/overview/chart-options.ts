/** How uPlot draws a chart: its lines, axes and colours, which are those of the page. */

import type uPlot from 'uplot';
import { shownRange } from '../../../state/inside/series.ts';
import { formatClock } from '../../../state/page/format.ts';
import type { ChartSpec } from './chart-spec.ts';

export const chartHeight = 132;
const lineTokens = ['--accent', '--kind-lfe'] as const;
/** The second line is told from the first without its colour, too. */
const dashes: readonly number[][] = [[], [5, 4]];
const steps = {
  bytes: Array.from({ length: 50 }, (_, power) => 2 ** power),
  whole: Array.from({ length: 16 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat(),
} as const;
const axisFont = '11px system-ui, sans-serif';

/** Reads colours of the style sheet where the chart stands: they may contain `light-dark()`, and differ in a greyed panel. */
function inkIn(holder: HTMLElement): (token: string, alpha?: number) => string {
  const probe = document.createElement('span');
  probe.hidden = true;
  holder.append(probe);
  return (token, alpha = 1) => {
    probe.style.color =
      alpha === 1 ? `var(${token})` : `color-mix(in srgb, var(${token}) ${alpha * 100}%, transparent)`;
    return getComputedStyle(probe).color;
  };
}

function linesOf(spec: ChartSpec, ink: (token: string, alpha?: number) => string): uPlot.Series[] {
  return spec.lines.map((_, index) => {
    const token = lineTokens[index] ?? '--accent';
    return {
      stroke: () => ink(token),
      ...(spec.lines.length === 1 ? { fill: () => ink(token, 0.1) } : {}),
      width: 1.5,
      dash: dashes[index] ?? [],
      points: { show: false },
    };
  });
}

/** `onPoint` is called whenever the pointer has moved. */
export function chartOptions(holder: HTMLElement, spec: ChartSpec, onPoint: () => void): uPlot.Options {
  const ink = inkIn(holder);
  const axis: uPlot.Axis = {
    font: axisFont,
    stroke: () => ink('--text-faint'),
    grid: { stroke: () => ink('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: Math.max(holder.clientWidth, 1),
    height: chartHeight,
    padding: [8, 6, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: {
      x: { time: true },
      y: {
        range: (_, least, most) => [...shownRange([least ?? 0, most ?? 0], spec.fromZero)],
      },
    },
    axes: [
      {
        ...axis,
        size: 24,
        space: 64,
        values: (_, times) => times.map((at) => formatClock(at * 1000).slice(0, 5)),
      },
      {
        ...axis,
        size: 58,
        gap: 4,
        space: 34,
        ...(spec.steps === undefined ? {} : { incrs: steps[spec.steps] }),
        values: (_, values) => values.map(spec.format),
      },
    ],
    series: [{}, ...linesOf(spec, ink)],
    hooks: { setCursor: [onPoint] },
  };
}

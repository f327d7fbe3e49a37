/** The charts of a node: which samples they show, and how. */

import { formatByteRate, formatShare, formatShort } from '../../../state/inside/inside-format.ts';
import type { SampleKey } from '../../../state/inside/series.ts';
import { formatBytes } from '../../../state/page/format.ts';

export interface ChartLine {
  readonly key: SampleKey;
  /** Empty where there is one line. */
  readonly label: string;
}

export interface ChartSpec {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  readonly format: (value: number) => string;
  /** Whether the axis starts at zero. That of memory does not: its changes would not be seen. */
  readonly fromZero: boolean;
  /** The steps of the axis: powers of two for bytes, whole numbers for counts. */
  readonly steps?: 'bytes' | 'whole';
}

const memory: ChartSpec = {
  title: 'Memory',
  lines: [{ key: 'memoryBytes', label: '' }],
  format: formatBytes,
  fromZero: false,
  steps: 'bytes',
};
const processes: ChartSpec = {
  title: 'Processes',
  lines: [{ key: 'processes', label: '' }],
  format: formatShort,
  fromZero: false,
  steps: 'whole',
};

/** Of an Erlang or Elixir node. */
export const beamCharts: readonly ChartSpec[] = [
  memory,
  processes,
  {
    title: 'Run queue',
    lines: [{ key: 'runQueue', label: '' }],
    format: formatShort,
    fromZero: true,
    steps: 'whole',
  },
  {
    title: 'Reductions per second',
    lines: [{ key: 'reductionsPerSecond', label: '' }],
    format: formatShort,
    fromZero: true,
    steps: 'whole',
  },
  {
    title: 'I/O',
    lines: [
      { key: 'inPerSecond', label: 'in' },
      { key: 'outPerSecond', label: 'out' },
    ],
    format: formatByteRate,
    fromZero: true,
    steps: 'bytes',
  },
  { title: 'Schedulers at work', lines: [{ key: 'load', label: '' }], format: formatShare, fromZero: true },
];

/** Of a TypeScript node. */
export const typescriptCharts: readonly ChartSpec[] = [
  memory,
  { title: 'Event loop at work', lines: [{ key: 'load', label: '' }], format: formatShare, fromZero: true },
  processes,
];

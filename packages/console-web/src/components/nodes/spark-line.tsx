/** The last looks at a node's memory, as a line without axes: its shape is the message, the number stands beside it. */

import type { JSX } from 'preact';

const width = 88;
const height = 24;
const inset = 2;

/** Points of the line, scaled so that a change of a few per cent does not look like a cliff. */
export function sparkPoints(values: readonly number[]): readonly (readonly [x: number, y: number])[] {
  if (values.length === 0) return [];
  const least = Math.min(...values);
  const most = Math.max(...values);
  const span = Math.max(most - least, most * 0.1, 1);
  const floor = (least + most) / 2 - span / 2;
  const step = values.length === 1 ? 0 : (width - 2 * inset) / (values.length - 1);
  return values.map((value, index) => {
    const y = height - inset - ((value - floor) / span) * (height - 2 * inset);
    return [inset + index * step, Math.round(y * 10) / 10];
  });
}

export function SparkLine({ values }: { readonly values: readonly number[] }): JSX.Element {
  const points = sparkPoints(values);
  const line = points.map(([x, y]) => `${x.toFixed(1)},${y}`).join(' ');
  const last = points.at(-1);
  return (
    <svg class="spark" viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
      {points.length > 1 && (
        <>
          <polygon points={`${inset},${height} ${line} ${width - inset},${height}`} />
          <polyline points={line} />
        </>
      )}
      {last !== undefined && <circle cx={last[0]} cy={last[1]} r="1.8" />}
    </svg>
  );
}

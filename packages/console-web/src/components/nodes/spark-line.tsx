/** The recent memory use of a node, or the number of its processes, as a line without axes: it shows the trend, the number is beside it. */

import type { JSX } from 'preact';
import { height, inset, sparkPoints, width } from './spark-points.ts';

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

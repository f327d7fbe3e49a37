/** The colour of a cluster, each with its shape. */

import type { ClusterColor } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { clusterColors, colorNames } from '../../state/clusters/clusters.ts';
import { ClusterMark } from '../clusters/cluster-mark.tsx';

export function ColorField(props: {
  readonly value: ClusterColor;
  readonly onChoose: (color: ClusterColor) => void;
}): JSX.Element {
  return (
    <fieldset class="choice">
      <legend>Colour</legend>
      <div class="color-choices">
        {clusterColors.map((color) => (
          <label key={color} class="color-choice" title={colorNames[color]}>
            <input
              type="radio"
              name="cluster-color"
              value={color}
              aria-label={colorNames[color]}
              checked={color === props.value}
              onChange={() => props.onChoose(color)}
            />
            <ClusterMark color={color} />
          </label>
        ))}
      </div>
    </fieldset>
  );
}

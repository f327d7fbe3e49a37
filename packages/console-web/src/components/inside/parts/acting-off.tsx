/** Why nothing can be done in a cluster, and where that is changed. */

import type { JSX } from 'preact';
import { clusterLabel } from '../../../state/clusters/clusters.ts';
import { openDialog } from '../../../state/page/dialogs.ts';
import { Glyph } from '../../glyphs.tsx';

export function ActingOff({ cluster }: { readonly cluster: string }): JSX.Element {
  return (
    <p class="acting-off" id="acting-off" data-testid="acting-off">
      <Glyph name="info" />
      <span>
        Acting inside the nodes of {clusterLabel(cluster)} is off.{' '}
        <button
          type="button"
          class="link-button"
          data-testid="acting-settings"
          onClick={() => {
            openDialog.value = { kind: 'cluster', cluster };
          }}
        >
          Switch it on in the settings of the cluster
        </button>
      </span>
    </p>
  );
}

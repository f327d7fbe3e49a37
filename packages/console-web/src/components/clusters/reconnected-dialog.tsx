/** What connecting all members of a cluster with each other has achieved. */

import type { ReconnectResultView } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { reconnectCluster } from '../../state/clusters/cluster-acts.ts';
import { clusterLabel } from '../../state/clusters/clusters.ts';
import { closeDialog } from '../../state/page/dialogs.ts';
import { formatCount } from '../../state/page/format.ts';
import { WholeName } from '../cut-text.tsx';
import { Dialog } from '../dialog.tsx';
import { LinkList } from './link-list.tsx';

function headline({ connected, missing, absent }: ReconnectResultView): string {
  if (missing.length > 0 || absent.length > 0) return 'Not all members could be connected.';
  return connected.length === 0
    ? 'All members are connected with each other.'
    : `All members are connected with each other; ${formatCount(connected.length, 'connection')} ${connected.length === 1 ? 'is' : 'are'} new.`;
}

export function ReconnectedDialog(props: {
  readonly cluster: string;
  readonly result: ReconnectResultView;
}): JSX.Element {
  const { cluster, result } = props;
  const { connected, missing, absent } = result;
  const isWhole = missing.length === 0 && absent.length === 0;
  return (
    <Dialog
      title={`The members of ${clusterLabel(cluster)}`}
      onClose={closeDialog}
      testId="reconnected-dialog"
    >
      <p role="status">
        <strong>{headline(result)}</strong>
      </p>
      {connected.length > 0 && <LinkList title="Connected again" links={connected} />}
      {missing.length > 0 && <LinkList title="Still not connected" links={missing} />}
      {absent.length > 0 && (
        <section>
          <h3>Not brought back</h3>
          <ul class="link-list" tabIndex={0} aria-label="Not brought back">
            {absent.map((name) => (
              <li key={name}>
                <WholeName name={name} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <footer class="dialog-foot">
        {!isWhole && (
          <button type="button" class="button" onClick={() => void reconnectCluster(cluster)}>
            Join all again
          </button>
        )}
        <button type="button" class="button primary" data-autofocus onClick={closeDialog}>
          Done
        </button>
      </footer>
    </Dialog>
  );
}

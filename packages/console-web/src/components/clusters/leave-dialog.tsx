/** Asks before a cluster is detached, and says what stays and what goes. */

import type { ClusterView } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { leaveCluster } from '../../state/clusters/cluster-acts.ts';
import { findCluster } from '../../state/clusters/clusters.ts';
import { findNode } from '../../state/nodes/nodes.ts';
import { closeDialog } from '../../state/page/dialogs.ts';
import { formatCount } from '../../state/page/format.ts';
import { consoleShells } from '../../state/shells/console-shells.ts';
import { Dialog } from '../dialog.tsx';
import { ProductionNoteOf } from './production-note.tsx';

function consequences({ id, request }: ClusterView): string {
  const shells = consoleShells().filter(({ node }) => findNode(node)?.cluster === id).length;
  return [
    shells === 0
      ? ''
      : `${formatCount(shells, 'open shell')} ${shells === 1 ? 'ends, and what runs in it' : 'end, and what runs in them'}.`,
    request?.keep === false ? '' : 'It is not attached again when the console restarts.',
    'The console forgets its cookie.',
  ]
    .filter((text) => text !== '')
    .join(' ');
}

export function LeaveDialog({ id }: { readonly id: string }): JSX.Element | null {
  const cluster = findCluster(id);
  if (cluster === undefined) return null;
  return (
    <Dialog
      title={`Leave ${cluster.label}?`}
      onClose={closeDialog}
      role="alertdialog"
      testId="leave-cluster-dialog"
    >
      <ProductionNoteOf cluster={id} />
      <p>
        Its nodes keep running and stay connected with each other; only the console goes.{' '}
        {consequences(cluster)}
      </p>
      <footer class="dialog-foot">
        <button type="button" class="button" data-autofocus onClick={closeDialog}>
          Stay
        </button>
        <button
          type="button"
          class="button danger"
          data-testid="confirm-leave"
          onClick={() => {
            closeDialog();
            void leaveCluster(id);
          }}
        >
          Leave the cluster
        </button>
      </footer>
    </Dialog>
  );
}

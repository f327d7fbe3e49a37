/** Asks for confirmation before several nodes are deleted, names them, and explains what will happen. */

import type { NodeView } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { removeNodes } from '../../../state/bulk.ts';
import { clusterLabel, isProduction } from '../../../state/clusters/clusters.ts';
import { nodeTitle } from '../../../state/clusters/node-titles.ts';
import { isRemovable } from '../../../state/nodes/bulk-plan.ts';
import { findNode } from '../../../state/nodes/nodes.ts';
import { closeDialog } from '../../../state/page/dialogs.ts';
import { formatCount } from '../../../state/page/format.ts';
import { shellTabs } from '../../../state/shells/shell-tabs.ts';
import { Dialog } from '../../dialog.tsx';
import { ProductionNote } from '../../clusters/production-note.tsx';

function consequences(nodes: readonly NodeView[]): string {
  const launched = nodes.filter(({ origin }) => origin === 'launched').length;
  const attached = nodes.length - launched;
  const ids = new Set(nodes.map(({ id }) => id));
  const shells = shellTabs.value.filter((tab) => ids.has(tab.node) && tab.phase === 'live').length;
  const parts = [
    launched > 0
      ? `${formatCount(launched, 'node is', 'nodes are')} stopped, and what is in memory is lost.`
      : '',
    attached > 0 ? `${formatCount(attached, 'node is', 'nodes are')} disconnected and left running.` : '',
    shells > 0 ? `${formatCount(shells, 'open shell ends', 'open shells end')}.` : '',
    launched > 0 ? 'This cannot be undone.' : '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** Labels of the clusters of these nodes that are marked as production. */
function markedIn(nodes: readonly NodeView[]): readonly string[] {
  return [...new Set(nodes.map(({ cluster }) => cluster).filter(isProduction))].map(clusterLabel);
}

export function ConfirmBulkDelete({ ids }: { readonly ids: readonly string[] }): JSX.Element {
  // Some may have gone while the question is open.
  const nodes = ids.flatMap((id) => findNode(id) ?? []).filter(isRemovable);
  const marked = markedIn(nodes);
  const of = marked.length === 0 ? '' : ` of ${marked.join(' and ')}`;
  return (
    <Dialog
      title={`Delete ${formatCount(nodes.length, 'node')}${of}?`}
      onClose={closeDialog}
      role="alertdialog"
      testId="bulk-delete-dialog"
    >
      {marked.length > 0 && <ProductionNote labels={marked} />}
      <p>{consequences(nodes)}</p>
      <ul class="name-list" tabIndex={0} aria-label="Nodes to delete">
        {nodes.map(({ id }) => (
          <li key={id}>
            <code>{nodeTitle(id)}</code>
          </li>
        ))}
      </ul>
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={closeDialog}>
          Keep them
        </button>
        <button
          type="button"
          class="button danger"
          data-testid="confirm-bulk-delete"
          data-autofocus
          disabled={nodes.length === 0}
          onClick={() => {
            closeDialog();
            void removeNodes(nodes);
          }}
        >
          Delete {nodes.length}
        </button>
      </footer>
    </Dialog>
  );
}

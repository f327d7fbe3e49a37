/** Asks for confirmation before a node is deleted, and explains what will happen to it. */

import type { NodeView } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { clusterLabel, isProduction } from '../../state/clusters/clusters.ts';
import { nodeTitle } from '../../state/clusters/node-titles.ts';
import { removeNode } from '../../state/actions.ts';
import { closeDialog } from '../../state/page/dialogs.ts';
import { findNode } from '../../state/nodes/nodes.ts';
import { shellTabs } from '../../state/shells/shell-tabs.ts';
import { formatCount } from '../../state/page/format.ts';
import { ProductionNoteOf } from '../clusters/production-note.tsx';
import { Dialog } from '../dialog.tsx';

function consequences(id: string): string {
  const node = findNode(id);
  const openShells = shellTabs.value.filter((tab) => tab.node === id && tab.phase === 'live').length;
  const peers = node?.peers.length ?? 0;
  const parts = [
    peers > 0 ? `${formatCount(peers, 'peer')} will see it go down` : '',
    openShells > 0 ? `${formatCount(openShells, 'open shell')} on it will end` : '',
  ].filter((text) => text !== '');
  return parts.length === 0 ? '' : ` ${parts.join(', and ')}.`;
}

function titleOf(node: NodeView | undefined): string {
  return node !== undefined && isProduction(node.cluster)
    ? `Delete a node of ${clusterLabel(node.cluster)}?`
    : 'Delete this node?';
}

export function ConfirmDelete({ id }: { readonly id: string }): JSX.Element {
  const node = findNode(id);
  return (
    <Dialog title={titleOf(node)} onClose={closeDialog} role="alertdialog" testId="delete-dialog">
      {node !== undefined && <ProductionNoteOf cluster={node.cluster} />}
      <p>
        <code>{nodeTitle(id)}</code> is stopped and everything in its memory is lost.{consequences(id)} This
        cannot be undone.
      </p>
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={closeDialog}>
          Keep it
        </button>
        <button
          type="button"
          class="button danger"
          data-testid="confirm-delete"
          data-autofocus
          onClick={() => {
            closeDialog();
            void removeNode(id);
          }}
        >
          Delete
        </button>
      </footer>
    </Dialog>
  );
}

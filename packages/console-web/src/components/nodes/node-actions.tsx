/** The actions on a node: shell, logs, connect, disconnect, restart, delete. The same buttons wherever a node is shown. */

import type { NodeView } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import {
  askToDisconnect,
  askToRemove,
  deleting,
  join,
  restart,
  showLogs,
  showShell,
} from '../../state/actions.ts';
import { nodeTitle } from '../../state/clusters/node-titles.ts';
import { isRestartable } from '../../state/nodes/bulk-plan.ts';
import { openDialog } from '../../state/page/dialogs.ts';
import { canOpenShell, nodes } from '../../state/nodes/nodes.ts';
import { CutText } from '../cut-text.tsx';
import { peeringNote, peeringOf } from '../../state/nodes/peering.ts';
import { Glyph } from '../glyphs.tsx';
import { MenuButton, type MenuItem } from '../menu.tsx';
import { KindMark } from '../kind-mark.tsx';
import { OwnerNote } from './owner-note.tsx';

function menuLabel(node: NodeView): JSX.Element {
  return (
    <>
      <KindMark kind={node.kind} size="small" />
      <CutText text={nodeTitle(node.id)} />
    </>
  );
}

/** The nodes to connect to, and the peers to disconnect from. */
function peerItems(node: NodeView): readonly MenuItem[] {
  const { joinable, connected } = peeringOf(node, nodes.value);
  return [
    ...joinable.map((other) => ({
      id: `join-${other.id}`,
      section: 'Join',
      label: menuLabel(other),
      onSelect: () => void join(node, other),
    })),
    ...connected.map((other) => ({
      id: `disconnect-${other.id}`,
      section: 'Disconnect',
      label: menuLabel(other),
      onSelect: () => void askToDisconnect(node, other),
    })),
  ];
}

function menuItems(node: NodeView): readonly MenuItem[] {
  const peers = peerItems(node);
  if (!isRestartable(node)) return peers;
  const restarting = { id: 'restart', section: 'This node', label: 'Restart' };
  return [...peers, { ...restarting, onSelect: () => void restart(node) }];
}

/** Why a node that is up has no peers to choose from. */
function menuNote(node: NodeView): string | undefined {
  return node.status === 'up' && peerItems(node).length === 0 ? peeringNote(node, nodes.value) : undefined;
}

function removalTitle({ origin }: NodeView): string {
  if (origin === 'attached') return 'Disconnect; the node keeps running';
  if (origin === 'member') return 'The node was not launched here; leaving the cluster is in its settings';
  return origin === 'launched' ? 'Delete' : 'Only nodes that this console launched can be deleted';
}

function DoctorButton({ id }: { readonly id: string }): JSX.Element {
  const title = nodeTitle(id);
  return (
    <button
      type="button"
      class="button"
      data-testid="node-doctor"
      aria-label={`Doctor for ${title}`}
      title={`Find out why ${title} does not answer`}
      onClick={() => {
        openDialog.value = { kind: 'doctor', request: { node: id } };
      }}
    >
      <Glyph name="info" />
      <span class="button-text">Doctor</span>
    </button>
  );
}

function DeleteButton({ node }: { readonly node: NodeView }): JSX.Element {
  const { id, origin } = node;
  const isAttached = origin === 'attached';
  return (
    <button
      type="button"
      class="icon-button danger"
      data-testid="delete-node"
      aria-label={`${isAttached ? 'Disconnect from' : 'Delete'} ${nodeTitle(id)}`}
      title={removalTitle(node)}
      disabled={origin !== 'launched' && origin !== 'attached'}
      aria-busy={deleting.value.has(id)}
      onClick={() => {
        if (deleting.value.has(id)) return;
        // An attached node keeps running, so no confirmation is needed outside of production.
        if (isAttached) void askToRemove(node);
        else openDialog.value = { kind: 'delete', node: id };
      }}
    >
      <Glyph name={isAttached ? 'close' : 'trash'} />
    </button>
  );
}

export function NodeActions({ node }: { readonly node: NodeView }): JSX.Element {
  if (node.owner !== undefined) return <OwnerNote owner={node.owner} />;
  const { id } = node;
  const title = nodeTitle(id);
  return (
    <div class="node-actions" role="group" aria-label={`Actions for ${title}`}>
      <button
        type="button"
        class="button"
        data-testid="open-shell"
        aria-label={`Shell on ${title}`}
        disabled={!canOpenShell(node)}
        title={canOpenShell(node) ? `Open a shell on ${title}` : 'A shell needs the node to be up'}
        onClick={() => showShell(id)}
      >
        <Glyph name="shell" />
        <span class="button-text">Shell</span>
      </button>
      {node.status === 'unreachable' && <DoctorButton id={id} />}
      <button
        type="button"
        class="icon-button"
        data-testid="open-logs"
        aria-label={`Logs of ${title}`}
        title="Logs"
        onClick={() => showLogs(id)}
      >
        <Glyph name="logs" />
      </button>
      <MenuButton
        label={
          node.origin === 'launched' ? `Join, disconnect or restart ${title}` : `Join or disconnect ${title}`
        }
        buttonClass="icon-button"
        testId="node-peers"
        // Made when it is opened: each of many rows would follow all other nodes.
        items={() => menuItems(node)}
        note={() => menuNote(node)}
        disabled={node.status !== 'up' && !isRestartable(node)}
      >
        <Glyph name="link" />
      </MenuButton>
      <DeleteButton node={node} />
    </div>
  );
}

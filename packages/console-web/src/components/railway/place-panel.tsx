/** An open Railway environment: the nodes of its cluster, and buttons for launching new ones. */

import type {
  RailwayControlRequest,
  RailwayNodeView,
  RailwayPlaceView,
  RailwayView,
} from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { confirmChange } from '../../state/clusters/production.ts';
import { closeDialog, openDialog } from '../../state/page/dialogs.ts';
import { nodes } from '../../state/nodes/nodes.ts';
import { control, leavePlace, refreshPlace } from '../../state/nodes/railway.ts';
import { WholeName } from '../cut-text.tsx';
import { ProblemText } from '../problem-text.tsx';
import { LaunchElsewhere } from '../launching/launch-elsewhere.tsx';
import { PlaceNodes } from '../launching/place-nodes.tsx';

type Action = RailwayControlRequest['action'];

const actionWords: Readonly<Record<Action, string>> = {
  adopt: 'Connect',
  restart: 'Restart',
  redeploy: 'Redeploy',
  stop: 'Stop',
  delete: 'Delete…',
};

function actionsFor(node: RailwayNodeView, isShown: boolean): readonly Action[] {
  if (node.status === undefined) return ['delete'];
  if (node.isStopped) return ['redeploy', 'delete'];
  return [...(isShown ? [] : (['adopt'] as const)), 'restart', 'redeploy', 'stop', 'delete'];
}

/** Asks before a node is changed in an environment that is marked as production. Connecting changes nothing there. */
async function confirmAction(
  place: RailwayPlaceView,
  node: RailwayNodeView,
  action: Action,
): Promise<boolean> {
  if (action === 'adopt') return true;
  const button = action === 'delete' ? 'Delete' : actionWords[action];
  return confirmChange([place.name], { sentence: `This applies to ${node.name}.`, button });
}

function PlaceNode({
  place,
  node,
}: {
  readonly place: RailwayPlaceView;
  readonly node: RailwayNodeView;
}): JSX.Element {
  const [busy, setBusy] = useState<Action | undefined>(undefined);
  const isShown = nodes.value.some(({ id, provider }) => id === node.name && provider === place.name);
  const act = async (action: Action): Promise<void> => {
    if (busy !== undefined) return;
    // A node in the console's list is deleted like any other: after confirmation.
    if (action === 'delete' && isShown) {
      openDialog.value = { kind: 'delete', node: node.name };
      return;
    }
    if (!(await confirmAction(place, node, action))) return;
    setBusy(action);
    await control(place.id, { node: node.name, action });
    setBusy(undefined);
  };
  const where = [node.service, node.region, node.isStopped ? 'stopped' : node.status?.toLowerCase()];
  return (
    <li class="host-node railway-node" data-testid="railway-node" data-node={node.name}>
      <span class="host-node-text">
        <code>
          <WholeName name={node.name} />
        </code>
        <small>{where.filter((part) => part !== undefined).join(' · ')}</small>
      </span>
      <span class="railway-actions">
        {actionsFor(node, isShown).map((action) => (
          <button
            key={action}
            type="button"
            class="button"
            data-testid={`railway-${action}`}
            aria-label={`${actionWords[action]} ${node.name}`}
            aria-busy={busy === action}
            onClick={() => void act(action)}
          >
            {actionWords[action]}
          </button>
        ))}
      </span>
    </li>
  );
}

function Budget({ budget }: { readonly budget: RailwayView['budget'] }): JSX.Element | null {
  if (budget === undefined) return null;
  const of = budget.limit === undefined ? '' : ` of ${budget.limit}`;
  return (
    <small class="quiet" data-testid="railway-budget">
      Railway takes {budget.remaining}
      {of} more requests this hour.
    </small>
  );
}

interface PlacePanelProps {
  readonly place: RailwayPlaceView;
  readonly budget: RailwayView['budget'];
}

export function PlacePanel({ place, budget }: PlacePanelProps): JSX.Element {
  useEffect(() => void refreshPlace(place.id), [place.id]);
  const leave = async (): Promise<void> => {
    const sentence = 'The console disconnects from its nodes, which keep running on Railway.';
    if (!(await confirmChange([place.name], { sentence, button: 'Close the environment' }))) return;
    closeDialog();
    void leavePlace(place.id);
  };
  return (
    <div class="form" data-testid="railway-panel">
      {place.problem !== undefined && <ProblemText testId="railway-problem" problem={place.problem} />}
      <PlaceNodes
        title="Nodes of the cluster there"
        whenEmpty="None yet. Launch one; it finds the others by itself:"
        onRefresh={() => void refreshPlace(place.id)}
      >
        {place.nodes.map((node) => (
          <PlaceNode key={node.name} place={place} node={node} />
        ))}
      </PlaceNodes>
      <LaunchElsewhere place={place.name} capabilities={place.capabilities} isUp testId="railway-launch" />
      <Budget budget={budget} />
      <footer class="dialog-foot">
        <button
          type="button"
          class="button"
          data-testid="railway-close"
          title="Its nodes keep running on Railway"
          onClick={() => void leave()}
        >
          Close the environment
        </button>
        <button type="button" class="button primary" onClick={closeDialog}>
          Done
        </button>
      </footer>
    </div>
  );
}

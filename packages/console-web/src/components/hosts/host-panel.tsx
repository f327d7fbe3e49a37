/** A connected host: what is installed on it, the nodes that run there, and buttons for launching new ones. */

import type { HostNodeView, HostView } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { confirmChange } from '../../state/clusters/production.ts';
import { closeDialog } from '../../state/page/dialogs.ts';
import { attach, leaveHost, refreshHost } from '../../state/nodes/hosts.ts';
import { nodes } from '../../state/nodes/nodes.ts';
import { WholeName } from '../cut-text.tsx';
import { LaunchElsewhere } from '../launching/launch-elsewhere.tsx';
import { PlaceNodes } from '../launching/place-nodes.tsx';
import { StepList } from '../nodes/step-list.tsx';

function HostNode({ host, node }: { readonly host: HostView; readonly node: HostNodeView }): JSX.Element {
  const [isBusy, setBusy] = useState(false);
  const isShown = nodes.value.some(({ id }) => id === node.name);
  const connect = async (): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    await attach(host.id, node.name);
    setBusy(false);
  };
  const where = [
    node.port === undefined ? undefined : `port ${node.port}`,
    node.source === 'epmd' ? 'known to EPMD' : 'no EPMD',
    node.user === undefined ? undefined : `run by ${node.user}`,
  ];
  return (
    <li class="host-node" data-testid="host-node">
      <span class="host-node-text">
        <code>
          <WholeName name={node.name} />
        </code>
        <small>{node.problem?.message ?? where.filter((part) => part !== undefined).join(' · ')}</small>
      </span>
      <button
        type="button"
        class="button"
        disabled={isShown || !node.answers}
        aria-label={`${isShown ? 'Connected' : 'Connect'} ${node.name}`}
        aria-busy={isBusy}
        title="Reads the cookie in ~/.erlang.cookie of its owner"
        onClick={() => void connect()}
      >
        {isShown ? 'Connected' : 'Connect'}
      </button>
    </li>
  );
}

export function HostPanel({ host }: { readonly host: HostView }): JSX.Element {
  const leave = async (): Promise<void> => {
    const sentence = 'The console logs out, and stops the nodes that it launched there.';
    if (!(await confirmChange([host.name], { sentence, button: 'Log out' }))) return;
    closeDialog();
    void leaveHost(host.id);
  };
  return (
    <div class="form" data-testid="host-panel">
      <p class="host-summary">
        <strong>{host.state === 'up' ? 'Connected' : 'The connection was lost; reconnecting'}</strong>
        <small>{host.problem?.message ?? host.summary}</small>
      </p>
      <StepList steps={host.steps} />
      <PlaceNodes
        title="Nodes that run there"
        whenEmpty="None yet. Launch one:"
        onRefresh={() => void refreshHost(host.id)}
      >
        {host.nodes.map((node) => (
          <HostNode key={node.name} host={host} node={node} />
        ))}
      </PlaceNodes>
      <LaunchElsewhere
        place={host.name}
        capabilities={host.capabilities}
        isUp={host.state === 'up'}
        testId="host-launch"
      />
      <footer class="dialog-foot">
        <button type="button" class="button danger" data-testid="host-close" onClick={() => void leave()}>
          Log out
        </button>
        <button type="button" class="button primary" onClick={closeDialog}>
          Done
        </button>
      </footer>
    </div>
  );
}

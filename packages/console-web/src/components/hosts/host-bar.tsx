/** Places other than this computer where nodes can be launched: SSH hosts, Railway environments; and buttons to add one, or a running cluster. */

import type { HostView } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { openDialog, type OpenDialog } from '../../state/page/dialogs.ts';
import { formatCount } from '../../state/page/format.ts';
import { hosts, loadHosts } from '../../state/nodes/hosts.ts';
import { nodes } from '../../state/nodes/nodes.ts';
import { loadRailway, railway } from '../../state/nodes/railway.ts';
import { CutText } from '../cut-text.tsx';
import { Glyph } from '../glyphs.tsx';

const stateWords: Readonly<Record<HostView['state'], string>> = {
  connecting: 'connecting',
  up: 'connected',
  down: 'reconnecting',
  failed: 'failed',
};

/** The nodes of a place that the console shows. */
function countOf(place: string): number {
  return nodes.value.filter(({ provider }) => provider === place).length;
}

function ChipName({ text }: { readonly text: string }): JSX.Element {
  return (
    <code>
      <CutText text={text} />
    </code>
  );
}

function OpenButton(props: {
  readonly label: string;
  readonly testId: string;
  readonly dialog: OpenDialog;
}): JSX.Element {
  return (
    <button
      type="button"
      class="button"
      data-testid={props.testId}
      onClick={() => {
        openDialog.value = props.dialog;
      }}
    >
      <Glyph name="plus" />
      {props.label}
    </button>
  );
}

export function HostBar(): JSX.Element {
  useEffect(() => {
    void loadHosts();
    void loadRailway();
  }, []);
  return (
    <div class="host-bar" role="group" aria-label="Hosts">
      {hosts.value.map((host) => (
        <button
          key={host.id}
          type="button"
          class={`button host-chip host-${host.state}`}
          data-testid="host-chip"
          onClick={() => {
            openDialog.value = { kind: 'ssh', host: host.id };
          }}
        >
          <ChipName text={host.name.replace(/^ssh:\/\//, '')} />
          <small>{stateWords[host.state]}</small>
        </button>
      ))}
      {(railway.value?.places ?? []).map((place) => (
        <button
          key={place.id}
          type="button"
          class="button host-chip host-up"
          data-testid="railway-chip"
          onClick={() => {
            openDialog.value = { kind: 'railway', place: place.id };
          }}
        >
          <ChipName text={place.name} />
          <small>{formatCount(countOf(place.name), 'node')}</small>
        </button>
      ))}
      <OpenButton label="Connect to a running cluster…" testId="connect-node" dialog={{ kind: 'connect' }} />
      <OpenButton label="Connect over SSH…" testId="ssh-open" dialog={{ kind: 'ssh' }} />
      <OpenButton
        label={railway.value?.account === undefined ? 'Connect Railway…' : 'Open a Railway environment…'}
        testId="railway-open"
        dialog={{ kind: 'railway' }}
      />
    </div>
  );
}

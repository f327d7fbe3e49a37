/** The hosts that are connected by SSH, and the way to another one. */

import type { HostView } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { openDialog } from '../../state/dialogs.ts';
import { hosts, loadHosts } from '../../state/hosts.ts';
import { Glyph } from '../glyphs.tsx';

const stateWords: Readonly<Record<HostView['state'], string>> = {
  connecting: 'connecting',
  up: 'connected',
  down: 'reconnecting',
  failed: 'failed',
};

export function HostBar(): JSX.Element {
  useEffect(() => void loadHosts(), []);
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
          <code>{host.name.replace(/^ssh:\/\//, '')}</code>
          <small>{stateWords[host.state]}</small>
        </button>
      ))}
      <button
        type="button"
        class="button"
        data-testid="ssh-open"
        onClick={() => {
          openDialog.value = { kind: 'ssh' };
        }}
      >
        <Glyph name="plus" />
        Connect over SSH…
      </button>
    </div>
  );
}

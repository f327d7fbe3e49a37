/** Launch buttons for places other than this computer: a host, or an environment of a platform. Each opens the form with that place. */

import type { Capability } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { openDialog } from '../../state/page/dialogs.ts';
import { kindNames } from '../../state/nodes/nodes.ts';
import { Glyph } from '../glyphs.tsx';
import { KindMark } from '../kind-mark.tsx';

interface LaunchElsewhereProps {
  /** The key of the place. */
  readonly place: string;
  readonly capabilities: readonly Capability[];
  readonly isUp: boolean;
  /** Text of the buttons before the kind. */
  readonly testId: string;
}

export function LaunchElsewhere({ place, capabilities, isUp, testId }: LaunchElsewhereProps): JSX.Element {
  return (
    <div class="launch-bar" role="group" aria-label="Launch a node there">
      {capabilities.map(({ kind, available, version, remedy }) => (
        <button
          key={kind}
          type="button"
          class={`button launch-button ${available ? '' : 'is-unavailable'}`}
          data-testid={`${testId}-${kind}`}
          aria-label={`Launch ${kindNames[kind]} there`}
          disabled={!available || !isUp}
          title={
            available
              ? `Launch a node there: ${version ?? kindNames[kind]}`
              : (remedy ?? 'Not available there')
          }
          onClick={() => {
            openDialog.value = { kind: 'launch', of: kind, place };
          }}
        >
          <KindMark kind={kind} size="small" />
          <span>{kindNames[kind]}</span>
          <Glyph name={available ? 'plus' : 'info'} />
        </button>
      ))}
    </div>
  );
}

/** Says that a shell has ended or could not be opened, and offers a new one once its node is up. */

import type { NodeView } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { relaunch, relaunching } from '../../state/actions.ts';
import { nodeTitle } from '../../state/clusters/node-titles.ts';
import { canOpenShell, findNode, isBroken } from '../../state/nodes/nodes.ts';
import type { ShownInput } from '../../state/shells/shell-input.ts';
import type { ShellTab } from '../../state/shells/shell-tabs.ts';
import { closeTab, reopenShell } from '../../state/shells/shells.ts';
import { Glyph } from '../glyphs.tsx';
import { PlainText } from '../plain-text.tsx';
import { NotSent } from './pending-input.tsx';

function LaunchAgain({ node }: { readonly node: NodeView }): JSX.Element {
  return (
    <button
      type="button"
      class="button"
      aria-label={`Launch ${nodeTitle(node.id)} again`}
      aria-busy={relaunching.value.has(node.id)}
      data-testid="relaunch-node"
      onClick={() => void relaunch(node)}
    >
      <Glyph name="again" />
      Launch again
    </button>
  );
}

function WhatNext({ tab }: { readonly tab: ShellTab }): JSX.Element {
  const node = findNode(tab.node);
  const isUp = node !== undefined && canOpenShell(node);
  return (
    <div class="button-row">
      {isUp ? (
        <button type="button" class="button" data-testid="reopen-shell" onClick={() => reopenShell(tab.key)}>
          {tab.phase === 'failed' ? 'Open again' : 'Open a new shell'}
        </button>
      ) : (
        <span class="quiet">A new shell can be opened here once {nodeTitle(tab.node)} is up.</span>
      )}
      {node !== undefined && node.origin === 'launched' && isBroken(node) && <LaunchAgain node={node} />}
      <button type="button" class="button quiet" onClick={() => closeTab(tab.key)}>
        Close
      </button>
    </div>
  );
}

/** A shell that was closed at its own prompt has ended for no other reason. */
function endedText({ reason }: ShellTab): string {
  return reason === undefined || reason === 'closed'
    ? 'This shell has ended.'
    : `This shell has ended: ${reason}.`;
}

export function EndNotice(props: {
  readonly tab: ShellTab;
  readonly pending?: ShownInput | undefined;
}): JSX.Element {
  const { tab, pending } = props;
  return (
    <div class={`pane-notice pane-${tab.phase}`} role="alert" data-testid="end-notice">
      <div>
        <p>{tab.phase === 'ended' ? endedText(tab) : tab.problem?.message}</p>
        {pending !== undefined && (
          <p>
            <NotSent pending={pending} label="Not sent:" />
          </p>
        )}
        {tab.problem?.remedy !== undefined && (
          <p class="remedy">
            <span>
              <PlainText text={tab.problem.remedy} />
            </span>
          </p>
        )}
      </div>
      <WhatNext tab={tab} />
    </div>
  );
}

/** Why a launch failed or a node exited, what usually fixes it, and the node's last output. */

import type { NodeView } from '@convoy/console/protocol';
import { isNodeKind } from '@convoy/node/names';
import type { JSX } from 'preact';
import { askToRemove, relaunch, relaunching } from '../../state/actions.ts';
import { nodeTitle } from '../../state/clusters/node-titles.ts';
import { currentStep } from '../../state/nodes/nodes.ts';
import { Glyph } from '../glyphs.tsx';
import { PlainText } from '../plain-text.tsx';

function headline(node: NodeView): string {
  const step = currentStep(node);
  if (node.status === 'stopped') return 'The node was stopped';
  if (node.status === 'crashed') return 'The node ended unexpectedly';
  return step === undefined ? 'The launch failed' : `The launch failed at “${step.label}”`;
}

function LastOutput({ lines }: { readonly lines: readonly string[] }): JSX.Element | null {
  if (lines.length === 0) return <p class="quiet">It printed nothing.</p>;
  return (
    <figure class="last-output">
      <figcaption>Last output</figcaption>
      <pre tabIndex={0}>{lines.join('\n')}</pre>
    </figure>
  );
}

export function ProblemPanel({ node }: { readonly node: NodeView }): JSX.Element {
  const { problem } = node;
  return (
    <div class={`problem-panel is-${node.status}`} data-testid="node-problem">
      <div class="problem-text">
        <h2 class="minor">{headline(node)}</h2>
        {problem !== undefined && <p>{problem.message}</p>}
        {problem?.remedy !== undefined && (
          <p class="remedy">
            <Glyph name="info" />
            <span>
              <PlainText text={problem.remedy} />
            </span>
          </p>
        )}
        <div class="button-row" hidden={node.owner !== undefined}>
          {isNodeKind(node.kind) && (
            <button
              type="button"
              class="button"
              aria-label={`Launch again: ${nodeTitle(node.id)}`}
              aria-busy={relaunching.value.has(node.id)}
              onClick={() => void relaunch(node)}
            >
              <Glyph name="again" />
              Launch again
            </button>
          )}
          <button
            type="button"
            class="button quiet"
            aria-label={`Remove ${nodeTitle(node.id)}`}
            onClick={() => void askToRemove(node)}
          >
            Remove
          </button>
        </div>
      </div>
      {node.owner === undefined && <LastOutput lines={node.lastOutput} />}
    </div>
  );
}

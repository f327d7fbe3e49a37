/** The nodes whose lines are shown: all, one, or some; and beside each why its logger is not followed. */

import type { NodeView } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { nodeTitle } from '../../state/clusters/node-titles.ts';
import {
  chosenNodes,
  loggedNodes,
  nodeColor,
  nodeLabel,
  showAllLogs,
  showOnly,
  showsAll,
  toggleNode,
} from '../../state/logs/log-scope.ts';
import type { LogStream } from '../../state/logs/log-stream.ts';
import { statusNames } from '../../state/nodes/nodes.ts';
import { useKeptInView } from '../../state/page/use-kept-in-view.ts';
import { CutText } from '../cut-text.tsx';
import { Glyph } from '../glyphs.tsx';
import { StatusMark } from '../nodes/status-chip.tsx';

function NodeChoice(props: {
  readonly node: NodeView;
  readonly isChosen: boolean;
  readonly isOnly: boolean;
  readonly problem: string | undefined;
}): JSX.Element {
  const { node, isChosen, isOnly, problem } = props;
  const element = useRef<HTMLDivElement>(null);
  useKeptInView(element, isOnly);
  const title = nodeTitle(node.id);
  return (
    <div ref={element} class="log-choice" data-node={node.id} data-chosen={isChosen}>
      <input
        type="checkbox"
        class={`log-check cluster-${nodeColor(node.id)}`}
        checked={isChosen}
        aria-label={`Lines of ${title}`}
        title={isChosen ? 'Do not show its lines' : 'Show its lines as well'}
        data-testid="log-check"
        data-node={node.id}
        onChange={(event) => {
          toggleNode(node.id);
          // The last one stays chosen.
          event.currentTarget.checked = chosenNodes.value.some(({ id }) => id === node.id);
        }}
      />
      <button
        type="button"
        class="log-source"
        aria-current={isOnly ? 'true' : undefined}
        title={problem ?? `Only ${title}`}
        aria-label={`Only ${title}, ${statusNames[node.status]}`}
        data-testid="log-source"
        data-node={node.id}
        onClick={() => showOnly(node.id)}
      >
        <span class="log-source-name">
          <CutText text={nodeLabel(node.id)} />
        </span>
        {problem !== undefined && (
          <span class="log-unfollowed" data-testid="log-unfollowed">
            <Glyph name="warning" />
          </span>
        )}
        <span class={`status-${node.status}`} title={statusNames[node.status]}>
          <StatusMark status={node.status} />
        </span>
      </button>
    </div>
  );
}

export function NodePicker({ stream }: { readonly stream: LogStream }): JSX.Element {
  const chosen = chosenNodes.value;
  const isAll = showsAll.value;
  const states = stream.states.value;
  return (
    <nav class="log-sources" aria-label="Logs of">
      <button
        type="button"
        class="log-source log-all"
        aria-current={isAll ? 'true' : undefined}
        data-testid="log-all"
        onClick={showAllLogs}
      >
        <span class="log-source-name">All nodes</span>
        <span class="rail-count">{loggedNodes.value.length}</span>
      </button>
      {loggedNodes.value.map((node) => (
        <NodeChoice
          key={node.id}
          node={node}
          isChosen={chosen.includes(node)}
          isOnly={!isAll && chosen.length === 1 && chosen[0] === node}
          problem={states.get(node.id)?.problem?.message}
        />
      ))}
    </nav>
  );
}

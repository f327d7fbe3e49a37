/** Which nodes of the cluster get the message: this one, some, or all. */

import type { NodeView } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { KindMark } from '../../kind-mark.tsx';

export function NodeChoice(props: {
  /** The nodes that can be asked, the one of this page first. */
  readonly nodes: readonly NodeView[];
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
}): JSX.Element | null {
  const { nodes, chosen, onChoose } = props;
  const [own] = nodes;
  if (own === undefined) return null;
  const isAll = nodes.every(({ id }) => chosen.has(id));
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChoose(next);
  };
  return (
    <fieldset class="node-choice" data-testid="node-choice">
      <legend>Nodes</legend>
      <div class="node-checks">
        {nodes.map(({ id, name, kind }) => (
          <label key={id} class="check">
            <input
              type="checkbox"
              checked={chosen.has(id)}
              data-testid="choose-node"
              data-node={id}
              onChange={() => toggle(id)}
            />
            <KindMark kind={kind} size="small" />
            <span>{name}</span>
          </label>
        ))}
      </div>
      {nodes.length > 1 && (
        <button
          type="button"
          class="link-button"
          data-testid="choose-all"
          onClick={() => onChoose(new Set(isAll ? [own.id] : nodes.map(({ id }) => id)))}
        >
          {isAll ? 'Only this node' : `All ${nodes.length} nodes`}
        </button>
      )}
    </fieldset>
  );
}

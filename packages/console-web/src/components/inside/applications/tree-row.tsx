/** A process in a supervision tree: its lines, its mark, its name, and what has to be known of it. */

import type { TreeNodeView } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { formatNumber } from '../../../state/inside/inside-format.ts';
import { titleOfProcess, type TreeRow } from '../../../state/inside/tree-rows.ts';
import { formatBytes, formatCount } from '../../../state/page/format.ts';
import { Glyph } from '../../glyphs.tsx';
import { PageLink } from '../../page-link.tsx';

type Source = NonNullable<TreeNodeView['source']>;

/** What is said beside a supervisor that has not named its children itself. */
const sources: Readonly<Record<Exclude<Source, 'asked'>, { readonly word: string; readonly why: string }>> = {
  slow: {
    word: 'did not answer',
    why: 'It did not name its children in time. Those shown are the processes it is linked to.',
  },
  busy: {
    word: 'busy, not asked',
    why: 'Many messages wait for it, so it was not asked. Those shown are the processes it is linked to.',
  },
  huge: {
    word: 'very many children',
    why: 'It has so many children that it was not asked for their names. Those shown are some of them.',
  },
  unasked: {
    word: 'not asked',
    why: 'Others did not answer before, or it is not a supervisor. Those shown are the processes it is linked to.',
  },
  cut: { word: 'cut', why: 'The tree is deeper or larger than what was asked for.' },
};

function Mark({ kind }: { readonly kind: TreeNodeView['kind'] }): JSX.Element {
  return (
    <svg class={`tree-mark tree-mark-${kind}`} viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      {kind === 'supervisor' && <path d="M6 1 11 6 6 11 1 6z" />}
      {kind === 'worker' && <circle cx="6" cy="6" r="3.6" />}
      {kind === 'not-running' && <circle cx="6" cy="6" r="3.6" stroke-dasharray="2 2" />}
    </svg>
  );
}

/** The lines from the ancestors, and the corner to this row. */
function Lines({ row }: { readonly row: TreeRow }): JSX.Element {
  return (
    <>
      {row.guides.map((goesOn, index) => (
        <span key={index} class={goesOn ? 'tree-line goes-on' : 'tree-line'} aria-hidden="true" />
      ))}
      {row.level > 1 && (
        <span
          class={row.position < row.siblings ? 'tree-corner goes-on' : 'tree-corner'}
          aria-hidden="true"
        />
      )}
    </>
  );
}

/** What the drawing says, for screen readers. That a child does not run is said in words anyway. */
function spokenOf({ kind, childCount, children }: TreeNodeView): string {
  if (kind === 'not-running') return '';
  if (kind === 'worker') return ', worker';
  return `, supervisor, ${formatCount(childCount ?? children.length, 'child', 'children')}`;
}

function Name({ node, process }: { readonly node: string; readonly process: TreeNodeView }): JSX.Element {
  const { pid } = process;
  const title = titleOfProcess(process);
  if (pid === undefined) return <span class="tree-name quiet">{title}</span>;
  return (
    <PageLink
      class="tree-name"
      to={{ page: 'nodes', node, panel: 'processes', item: pid }}
      label={title === pid ? undefined : `${title} ${pid}`}
      tabIndex={-1}
    >
      {title}
    </PageLink>
  );
}

/** What has to be known beside the name. */
function Notes({ process }: { readonly process: TreeNodeView }): JSX.Element {
  const { kind, source, childCount, children, initialCall, messageQueueLength = 0 } = process;
  const isHidden = childCount !== undefined && childCount > children.length;
  return (
    <>
      {initialCall !== undefined && titleOfProcess(process) !== initialCall && (
        <code class="tree-call">{initialCall}</code>
      )}
      {kind === 'not-running' && <span class="tree-note is-warning">not running</span>}
      {source !== undefined && source !== 'asked' && (
        <span class="tree-note is-warning" title={sources[source].why} data-testid={`source-${source}`}>
          <Glyph name="warning" />
          {sources[source].word}
        </span>
      )}
      {isHidden && (
        <span class="tree-note">
          {formatNumber(children.length)} of {formatNumber(childCount)} shown
        </span>
      )}
      {messageQueueLength > 0 && (
        <span class={messageQueueLength >= 100 ? 'tree-note is-warning' : 'tree-note'}>
          {formatNumber(messageQueueLength)} waiting
        </span>
      )}
    </>
  );
}

export function TreeRowView(props: {
  readonly node: string;
  readonly row: TreeRow;
  readonly isActive: boolean;
  readonly onToggle: () => void;
  readonly onActivate: () => void;
}): JSX.Element {
  const { node, row, isActive, onToggle, onActivate } = props;
  const { process, level, position, siblings, isOpen, key } = row;
  const hasChildren = process.children.length > 0;
  return (
    <li
      class="tree-row"
      role="treeitem"
      aria-level={level}
      aria-posinset={position}
      aria-setsize={siblings}
      aria-expanded={hasChildren ? isOpen : undefined}
      tabIndex={isActive ? 0 : -1}
      data-key={key}
      data-pid={process.pid}
      data-kind={process.kind}
      onFocus={onActivate}
    >
      <Lines row={row} />
      <span
        class="tree-twisty"
        aria-hidden="true"
        onClick={() => {
          if (hasChildren) onToggle();
        }}
      >
        {hasChildren && <Glyph name={isOpen ? 'chevronDown' : 'chevronRight'} />}
      </span>
      <Mark kind={process.kind} />
      <Name node={node} process={process} />
      <span class="visually-hidden">{spokenOf(process)}</span>
      <span class="tree-notes">
        <Notes process={process} />
      </span>
      <span class="tree-memory">{process.memoryBytes !== undefined && formatBytes(process.memoryBytes)}</span>
    </li>
  );
}

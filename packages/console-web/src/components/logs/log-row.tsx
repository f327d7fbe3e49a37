/** A line of a log: one row of a fixed height, and its details below if it is opened. */

import type { JSX } from 'preact';
import { nodeTitle } from '../../state/clusters/node-titles.ts';
import type { LogEntry } from '../../state/logs/log-entries.ts';
import { toneOf } from '../../state/logs/filter/log-levels.ts';
import { nodeColor, nodeLabel } from '../../state/logs/log-scope.ts';
import type { LogSession } from '../../state/logs/log-session.ts';
import { formatDate, formatStamp, rowText } from '../../state/logs/log-text.ts';
import { Glyph } from '../glyphs.tsx';
import { LevelMark } from './level-mark.tsx';
import { LogDetails } from './log-details.tsx';
import { FoundText } from './found-text.tsx';

export interface LogRowProps {
  readonly entry: LogEntry;
  readonly session: LogSession;
  /** Its distance from the top of the list, in pixels. */
  readonly top: number;
  readonly isOpen: boolean;
  readonly isCurrent: boolean;
  readonly isMarked: boolean;
  /** Whether lines of several nodes are shown. */
  readonly hasNode: boolean;
  /** Whether older lines of its node are not loaded. */
  readonly isFirst: boolean;
  /** What is looked for, in small letters. */
  readonly found: string;
}

/** A click that ends a selection of text opens nothing. */
function isSelecting(): boolean {
  return getSelection()?.isCollapsed === false;
}

export function LogRow(props: LogRowProps): JSX.Element {
  const { entry, session, top, isOpen, isCurrent, isMarked, hasNode, isFirst, found } = props;
  const { node, line } = entry;
  const { text, more } = rowText(line);
  const marks = [
    (line.dropped ?? 0) > 0 ? 'is-dropped' : '',
    isCurrent ? 'is-current' : '',
    isMarked ? 'is-marked' : '',
    isFirst ? 'is-first' : '',
  ];
  return (
    <div
      class={`log-item ${marks.join(' ')}`}
      aria-current={isMarked ? 'true' : undefined}
      data-seq={line.seq}
      style={{ transform: `translateY(${top}px)` }}
    >
      <div
        class={`log-line tone-${toneOf(line)}`}
        onClick={() => {
          if (isSelecting()) return;
          session.current.value = entry;
          session.toggle(entry);
        }}
      >
        <button
          type="button"
          class="log-open"
          tabIndex={isCurrent ? 0 : -1}
          aria-expanded={isOpen}
          aria-label={`Details of line ${line.seq} of ${nodeTitle(node)}`}
        >
          <Glyph name={isOpen ? 'chevronDown' : 'chevronRight'} />
        </button>
        <time title={formatDate(line.at)}>{formatStamp(line.at, Date.now())}</time>
        <LevelMark line={line} />
        {hasNode && (
          <span class={`log-node cluster-${nodeColor(node)}`} title={nodeTitle(node)}>
            {nodeLabel(node)}
          </span>
        )}
        <span class="log-text">
          <FoundText text={text} found={found} />
        </span>
        {more > 0 && <span class="log-more">+{more}</span>}
      </div>
      {isOpen && <LogDetails entry={entry} session={session} />}
    </div>
  );
}

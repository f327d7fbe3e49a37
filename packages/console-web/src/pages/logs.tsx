/** The live output of a node: follow or pause, filter, copy. */

import type { LogLine, NodeView } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { splitNodeName } from '@convoy/node/names';
import { CutText } from '../components/cut-text.tsx';
import { Glyph, type GlyphName } from '../components/glyphs.tsx';
import { KindMark } from '../components/kind-mark.tsx';
import { StatusMark } from '../components/nodes/status-chip.tsx';
import { goTo, routeNode } from '../router.ts';
import { nodeTitle } from '../state/clusters/node-titles.ts';
import { deadEnd } from '../state/dead-end.ts';
import { followLogs } from '../state/connection.ts';
import { formatCount, formatTime } from '../state/page/format.ts';
import { clearLines, linesOf } from '../state/nodes/logs.ts';
import { nodes, statusNames } from '../state/nodes/nodes.ts';
import { showMessage } from '../state/page/toasts.ts';
import { useKeptInView } from '../state/page/use-kept-in-view.ts';
import { EmptyState, PageFrame } from './page-frame.tsx';

/** The console has the output only of nodes that it launched. */
function loggedNodes(): readonly NodeView[] {
  return nodes.value.filter((node) => node.origin === 'launched');
}

function LogSource({
  node,
  isCurrent,
}: {
  readonly node: NodeView;
  readonly isCurrent: boolean;
}): JSX.Element {
  const element = useRef<HTMLButtonElement>(null);
  useKeptInView(element, isCurrent);
  return (
    <button
      ref={element}
      type="button"
      class="log-source"
      aria-current={isCurrent ? 'true' : undefined}
      title={nodeTitle(node.id)}
      aria-label={`${nodeTitle(node.id)}, ${statusNames[node.status]}`}
      data-testid="log-source"
      data-node={node.id}
      onClick={() => goTo({ page: 'logs', node: node.id })}
    >
      <KindMark kind={node.kind} size="small" />
      <span class="log-source-name">
        <CutText text={splitNodeName(node.name).name} />
      </span>
      <span class={`status-${node.status}`} title={statusNames[node.status]}>
        <StatusMark status={node.status} />
      </span>
    </button>
  );
}

function LogSources({ current }: { readonly current: string }): JSX.Element {
  return (
    <nav class="log-sources" aria-label="Logs of">
      {loggedNodes().map((node) => (
        <LogSource key={node.id} node={node} isCurrent={node.id === current} />
      ))}
    </nav>
  );
}

function Line({ line }: { readonly line: LogLine }): JSX.Element {
  return (
    <div class={`log-line log-${line.stream}`}>
      <time>{formatTime(line.at)}</time>
      <span class="log-stream">{line.stream === 'stderr' ? 'err' : 'out'}</span>
      <span class="log-text">{line.text}</span>
    </div>
  );
}

function ToolButton(props: {
  readonly label: string;
  readonly glyph: GlyphName;
  readonly pressed?: boolean;
  readonly onClick: () => void;
  readonly testId?: string;
}): JSX.Element {
  return (
    <button
      type="button"
      class="button"
      aria-pressed={props.pressed}
      title={props.label}
      data-testid={props.testId}
      onClick={props.onClick}
    >
      <Glyph name={props.glyph} />
      <span>{props.label}</span>
    </button>
  );
}

function copyLines(lines: readonly LogLine[]): void {
  const text = lines.map((line) => `${formatTime(line.at)} ${line.text}`).join('\n');
  void navigator.clipboard
    ?.writeText(text)
    .then(() => showMessage(`Copied ${formatCount(lines.length, 'line')}`));
}

/** Live lines, or the lines at the time of the pause. */
function useShownLines(node: string): {
  lines: readonly LogLine[];
  missed: number;
  isPaused: boolean;
  setPaused: (isPaused: boolean) => void;
} {
  const live = linesOf(node).value;
  const [held, setHeld] = useState<readonly LogLine[] | undefined>(undefined);
  useEffect(() => setHeld(undefined), [node]);
  const last = held?.at(-1)?.seq ?? 0;
  return {
    lines: held ?? live,
    missed: held === undefined ? 0 : live.filter((line) => line.seq > last).length,
    isPaused: held !== undefined,
    setPaused: (isPaused) => setHeld(isPaused ? linesOf(node).value : undefined),
  };
}

const nearBottom = 24;

function LogView(props: {
  readonly node: string;
  readonly lines: readonly LogLine[];
  readonly isPaused: boolean;
}): JSX.Element {
  const { node, lines, isPaused } = props;
  const view = useRef<HTMLDivElement>(null);
  const [isFollowing, setFollowing] = useState(true);
  const toEnd = (): void => view.current?.scrollTo({ top: view.current.scrollHeight });
  useEffect(() => setFollowing(true), [node]);
  useLayoutEffect(() => {
    if (isFollowing && !isPaused) toEnd();
  }, [lines, isFollowing, isPaused]);
  return (
    <div class="log-frame">
      <div
        ref={view}
        class="log-view"
        role="log"
        aria-live="off"
        aria-label={`Output of ${nodeTitle(node)}`}
        tabIndex={0}
        data-testid="log-view"
        onScroll={(event) => {
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
          setFollowing(scrollHeight - scrollTop - clientHeight < nearBottom);
        }}
      >
        {lines.map((line) => (
          <Line key={line.seq} line={line} />
        ))}
      </div>
      {!isFollowing && lines.length > 0 && (
        <button
          type="button"
          class="button primary log-follow"
          data-testid="logs-follow"
          onClick={() => {
            setFollowing(true);
            toEnd();
          }}
        >
          <Glyph name="follow" />
          Follow
        </button>
      )}
    </div>
  );
}

function LogTools(props: {
  readonly filter: string;
  readonly onFilter: (text: string) => void;
  readonly shown: readonly LogLine[];
  readonly node: string;
  readonly pausing: ReturnType<typeof useShownLines>;
}): JSX.Element {
  const { filter, onFilter, shown, node, pausing } = props;
  const { isPaused, missed, setPaused } = pausing;
  return (
    <div class="log-tools">
      <label class="filter">
        <Glyph name="search" />
        <input
          type="search"
          value={filter}
          placeholder="Filter lines"
          aria-label="Filter lines"
          data-testid="logs-filter"
          data-filter
          onInput={(event) => onFilter(event.currentTarget.value)}
        />
      </label>
      <span class="log-count">
        {filter === '' ? formatCount(shown.length, 'line') : `${shown.length} of ${pausing.lines.length}`}
      </span>
      <ToolButton
        label={isPaused ? `Resume${missed > 0 ? ` (${missed} new)` : ''}` : 'Pause'}
        glyph={isPaused ? 'play' : 'pause'}
        pressed={isPaused}
        testId="logs-pause"
        onClick={() => setPaused(!isPaused)}
      />
      <ToolButton label="Copy" glyph="copy" onClick={() => copyLines(shown)} />
      <ToolButton label="Clear" glyph="trash" onClick={() => clearLines(node)} />
    </div>
  );
}

function NodeLogs({ node }: { readonly node: string }): JSX.Element {
  const [filter, setFilter] = useState('');
  useEffect(() => followLogs(node), [node]);
  const pausing = useShownLines(node);
  const wanted = filter.trim().toLowerCase();
  const shown =
    wanted === '' ? pausing.lines : pausing.lines.filter((line) => line.text.toLowerCase().includes(wanted));
  return (
    <div class="log-main">
      <LogTools filter={filter} onFilter={setFilter} shown={shown} node={node} pausing={pausing} />
      <LogView node={node} lines={shown} isPaused={pausing.isPaused} />
      {shown.length === 0 && (
        <p class="log-empty">
          {wanted === ''
            ? `${nodeTitle(node)} has printed nothing yet. New lines appear here automatically.`
            : 'No line matches the filter.'}
        </p>
      )}
    </div>
  );
}

export function LogsPage(): JSX.Element {
  const logged = loggedNodes();
  const current = routeNode() ?? logged[0]?.id;
  const isNowhere = deadEnd.value !== undefined;
  if (current === undefined || (isNowhere && logged.length === 0))
    return (
      <PageFrame title="Logs" note="No node yet">
        <EmptyState title="No output yet">
          <p>The live output of every node that this console launches appears here.</p>
          <button type="button" class="button primary" onClick={() => goTo({ page: 'nodes' })}>
            Go to the nodes
          </button>
        </EmptyState>
      </PageFrame>
    );
  return (
    <PageFrame title="Logs" note={isNowhere ? undefined : nodeTitle(current)} isFull>
      <div class="log-page">
        <LogSources current={current} />
        {!isNowhere && <NodeLogs key={current} node={current} />}
      </div>
    </PageFrame>
  );
}

/** What nodes log: the lines of many nodes in one stream, to follow, search, open and link to. */

import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Glyph } from '../components/glyphs.tsx';
import { LogNotices } from '../components/logs/log-notices.tsx';
import { LogTools } from '../components/logs/log-tools.tsx';
import { LogView } from '../components/logs/log-view.tsx';
import { NodePicker } from '../components/logs/node-picker.tsx';
import { goTo } from '../router.ts';
import { nodeTitle } from '../state/clusters/node-titles.ts';
import { deadEnd } from '../state/dead-end.ts';
import { compileFilter, isFiltering } from '../state/logs/filter/line-filter.ts';
import { receiveLogs } from '../state/logs/log-link.ts';
import {
  addressedLine,
  chosenNodes,
  followedNodes,
  leaveLine,
  loggedNodes,
} from '../state/logs/log-scope.ts';
import { LogSession } from '../state/logs/log-session.ts';
import { chooseLogs, chosenFilter, logChoice, logSearch } from '../state/logs/log-view.ts';
import { formatCount, formatNumber } from '../state/page/format.ts';
import { EmptyState, PageFrame } from './page-frame.tsx';
import '../styles/pages/logs.css';

/** A session as long as the page is shown. */
function useSession(): LogSession {
  const session = useMemo(() => new LogSession(), []);
  useEffect(() => {
    const leave = receiveLogs(session.stream);
    return () => {
      session.close();
      leave();
    };
  }, []);
  return session;
}

/** While the user types, the lines are filtered once. */
const typingMs = 120;

function useFilter(session: LogSession): void {
  const filter = chosenFilter();
  const isFirst = useRef(true);
  const { source } = logChoice.value;
  const { text, isRegex, level } = filter;
  useEffect(() => {
    const compiled = compileFilter(filter);
    if (!compiled.isValid) return;
    const apply = (): void => {
      if (session.stream.hold.value === 'around' && isFiltering(filter)) leaveLine();
      session.stream.setCondition(compiled.condition);
    };
    // What was searched for when the page was left is searched for at once.
    if (isFirst.current) {
      isFirst.current = false;
      apply();
      return;
    }
    const timer = setTimeout(apply, typingMs);
    return () => clearTimeout(timer);
  }, [text, isRegex, level]);
  useEffect(() => session.stream.setSource(source === '' ? undefined : source), [source]);
}

/** Follows the chosen nodes, and shows the line that the address names. */
function useScope(session: LogSession): void {
  const followed = followedNodes.value.map(({ id }) => id);
  useEffect(() => session.stream.setNodes(followed), [followed.join('\n')]);
  const line = addressedLine.value;
  const node = followed[0];
  useEffect(() => {
    if (line === undefined || node === undefined) return;
    logSearch.value = { text: '', isRegex: false };
    chooseLogs({ level: '' });
    void session.showLine({ node, seq: line, above: 120 });
    return () => session.follow();
  }, [line, node]);
}

function FollowButton({ session }: { readonly session: LogSession }): JSX.Element | null {
  if (session.place.value.kind === 'end' || session.stream.hold.value === 'around') return null;
  const waiting = session.stream.waiting.value;
  return (
    <button
      type="button"
      class="button primary log-follow"
      data-testid="logs-follow"
      onClick={() => session.follow()}
    >
      <Glyph name="follow" />
      {waiting > 0 ? `Follow (${formatNumber(waiting)} new)` : 'Follow'}
    </button>
  );
}

function Nothing({ session }: { readonly session: LogSession }): JSX.Element | null {
  if (session.stream.shown.value.length > 0) return null;
  const nodes = followedNodes.value;
  const [only] = nodes;
  const who = nodes.length === 1 && only !== undefined ? nodeTitle(only.id) : 'These nodes';
  const has = nodes.length === 1 ? 'has' : 'have';
  const { loading } = session.stream.history.state.value;
  if (loading.size > 0) return <p class="log-empty">Searching the stored lines…</p>;
  return (
    <p class="log-empty">
      {isFiltering(chosenFilter())
        ? 'No line matches the filter. “Search older lines” in the menu looks into what the console has stored.'
        : `${who} ${has} logged nothing yet. New lines appear here by themselves.`}
    </p>
  );
}

function labelOf(): string {
  const [only, ...others] = followedNodes.value;
  if (only === undefined) return 'Logs';
  return others.length === 0
    ? `Log of ${nodeTitle(only.id)}`
    : `Logs of ${formatCount(others.length + 1, 'node')}`;
}

function Stream({ session }: { readonly session: LogSession }): JSX.Element {
  useFilter(session);
  useScope(session);
  const { text, isRegex } = logSearch.value;
  return (
    <div class="log-main">
      <LogTools session={session} />
      <LogNotices session={session} />
      <div class="log-frame">
        <LogView
          session={session}
          label={labelOf()}
          nodes={followedNodes.value.length}
          found={isRegex ? '' : text.trim().toLowerCase()}
        />
        <FollowButton session={session} />
        <Nothing session={session} />
      </div>
    </div>
  );
}

function noteText(): string | undefined {
  const [only, ...others] = chosenNodes.value;
  if (only === undefined) return undefined;
  return others.length === 0 ? nodeTitle(only.id) : formatCount(others.length + 1, 'node');
}

export function LogsPage(): JSX.Element {
  const session = useSession();
  const isNowhere = deadEnd.value !== undefined;
  if (loggedNodes.value.length === 0 && chosenNodes.value.length === 0)
    return (
      <PageFrame title="Logs" note="No node yet">
        <EmptyState title="No logs yet">
          <p>What nodes print, and what their loggers report, appears here as soon as there is a node.</p>
          <button type="button" class="button primary" onClick={() => goTo({ page: 'nodes' })}>
            Go to the nodes
          </button>
        </EmptyState>
      </PageFrame>
    );
  return (
    <PageFrame title="Logs" note={isNowhere ? undefined : noteText()} isFull>
      <div class="log-page">
        <NodePicker stream={session.stream} />
        {!isNowhere && <Stream session={session} />}
      </div>
    </PageFrame>
  );
}

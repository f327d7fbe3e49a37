/** The inside of one node: its name and what can be done with it, the tabs of its panels, and the panel that is open. */

import type { NodeView } from '@convoy/console/protocol';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useErrorBoundary, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { NodeBadges } from '../components/clusters/node-badges.tsx';
import { Glyph } from '../components/glyphs.tsx';
import { findPanel, type Panel, panels } from '../components/inside/panels.ts';
import { KindMark } from '../components/kind-mark.tsx';
import { NodeActions } from '../components/nodes/node-actions.tsx';
import { StatusChip } from '../components/nodes/status-chip.tsx';
import { PageLink } from '../components/page-link.tsx';
import { type InsideRoute, insideOf, route } from '../router.ts';
import { nodeTitle } from '../state/clusters/node-titles.ts';
import type { DeadEnd } from '../state/dead-end.ts';
import { findNode } from '../state/nodes/nodes.ts';
import { Loading, NotShown } from './lazy-page.tsx';
import { PageFrame } from './page-frame.tsx';
import '../styles/pages/inside.css';

function noSuchPanel({ node, panel }: InsideRoute): DeadEnd {
  return {
    title: 'There is no such page',
    text: `The address ends in ${panel}, which is not a page of a node.`,
    onward: { page: 'nodes', node, panel: 'overview' },
    onwardLabel: `Go to the overview of ${nodeTitle(node)}`,
  };
}

function Lead({ id, node }: { readonly id: string; readonly node: NodeView | undefined }): JSX.Element {
  return (
    <>
      <PageLink
        class="inside-back"
        to={{ page: 'nodes', node: id }}
        label="Back to all nodes"
        title="All nodes"
        testId="inside-back"
      >
        <Glyph name="back" />
      </PageLink>
      <KindMark kind={node?.kind ?? 'unknown'} />
    </>
  );
}

function Tabs({ node, panel }: InsideRoute): JSX.Element {
  const bar = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    // On a phone not all of them fit.
    const current = bar.current?.querySelector('[aria-current]');
    current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [panel]);
  return (
    <nav class="inside-tabs" aria-label={`Inside ${nodeTitle(node)}`} ref={bar}>
      {panels.map(({ id, title }) => (
        <PageLink
          key={id}
          class="inside-tab"
          to={{ page: 'nodes', node, panel: id }}
          isCurrent={id === panel}
          testId={`tab-${id}`}
        >
          {title}
        </PageLink>
      ))}
    </nav>
  );
}

/** An error while a panel is drawn ends that panel only. */
function Guarded({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const [error]: readonly unknown[] = useErrorBoundary();
  if (error !== undefined) return <NotShown text="This part of the page has failed." />;
  return <>{children}</>;
}

function OpenPanel({ panel, at }: { readonly panel: Panel; readonly at: InsideRoute }): JSX.Element {
  useLayoutEffect(() => document.getElementById('content')?.scrollTo(0, 0), [at.panel, at.item]);
  return (
    <Guarded key={`${panel.id} ${at.node}`}>
      <Loading name={panel.id} load={panel.load} of={{ node: at.node, item: at.item }} />
    </Guarded>
  );
}

/** Whether the console has, or has had, the node while its inside was shown. */
function useWasKnown(id: string): boolean {
  const isKnown = findNode(id) !== undefined;
  const [known, setKnown] = useState('');
  useLayoutEffect(() => {
    if (isKnown) setKnown(id);
  }, [id, isKnown]);
  return isKnown || known === id;
}

function Inside({ at }: { readonly at: InsideRoute }): JSX.Element {
  const id = at.node;
  const node = findNode(id);
  const panel = findPanel(at.panel);
  const wasKnown = useWasKnown(id);
  const subject = panel === undefined ? 'Not found' : `${at.item ?? panel.title} of ${nodeTitle(id)}`;
  useEffect(() => {
    document.title = `${subject} · Convoy`;
  });
  return (
    <PageFrame
      title={nodeTitle(id)}
      lead={<Lead id={id} node={node} />}
      marks={
        node && (
          <div class="inside-marks">
            <StatusChip node={node} />
            <NodeBadges node={node} />
          </div>
        )
      }
      actions={node && <NodeActions node={node} />}
      end={panel === undefined ? noSuchPanel(at) : undefined}
    >
      {wasKnown && <Tabs {...at} />}
      {wasKnown && panel !== undefined && <OpenPanel panel={panel} at={at} />}
    </PageFrame>
  );
}

export function InsidePage(): JSX.Element {
  const at = insideOf(route.value);
  return at === undefined ? <></> : <Inside at={at} />;
}

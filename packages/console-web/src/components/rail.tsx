/** The navigation rail on the left (a bar at the bottom on narrow screens), with the state of the live socket. */

import type { ComponentChildren, JSX } from 'preact';
import { formatRoute, goTo, type PageName, route } from '../router.ts';
import { openDialog } from '../state/page/dialogs.ts';
import { shownNodes } from '../state/clusters/shown-cluster.ts';
import { consoleInfo } from '../state/nodes/nodes.ts';
import { shellTabs } from '../state/shells/shell-tabs.ts';
import { CutText } from './cut-text.tsx';
import { Brand, Glyph, type GlyphName } from './glyphs.tsx';
import { SocketStateChip } from './socket-state.tsx';

interface Place {
  readonly page: PageName;
  readonly label: string;
  readonly glyph: GlyphName;
}

export const places: readonly Place[] = [
  { page: 'mesh', label: 'Mesh', glyph: 'mesh' },
  { page: 'nodes', label: 'Nodes', glyph: 'nodes' },
  { page: 'shells', label: 'Shells', glyph: 'shell' },
  { page: 'logs', label: 'Logs', glyph: 'logs' },
  { page: 'settings', label: 'Settings', glyph: 'settings' },
];

function countOf(page: PageName): number {
  if (page === 'nodes') return shownNodes.value.length;
  if (page === 'shells') return shellTabs.value.length;
  return 0;
}

function RailLink({ place }: { readonly place: Place }): JSX.Element {
  const isCurrent = route.value.page === place.page;
  const count = countOf(place.page);
  return (
    <a
      class="rail-link"
      href={formatRoute({ page: place.page })}
      aria-current={isCurrent ? 'page' : undefined}
      data-testid={`nav-${place.page}`}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        goTo({ page: place.page });
      }}
    >
      <Glyph name={place.glyph} />
      <span class="rail-label">{place.label}</span>
      {count > 0 && <span class="rail-count">{count}</span>}
    </a>
  );
}

/** `children` stand between the pages and the foot: the switch of clusters. */
export function Rail({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const info = consoleInfo.value;
  return (
    <nav class="rail" aria-label="Console">
      <div class="rail-head">
        <Brand />
        <div class="rail-title">
          <strong>Convoy</strong>
          <span title={info?.node}>
            <CutText text={info?.host ?? ''} />
          </span>
        </div>
      </div>
      <div class="rail-links">
        {places.map((place) => (
          <RailLink key={place.page} place={place} />
        ))}
      </div>
      {children}
      <div class="rail-foot">
        <button
          type="button"
          class="rail-search"
          onClick={() => {
            openDialog.value = { kind: 'palette' };
          }}
        >
          <Glyph name="search" />
          <span class="rail-label">Do anything</span>
          <kbd>Ctrl K</kbd>
        </button>
        <SocketStateChip />
      </div>
    </nav>
  );
}

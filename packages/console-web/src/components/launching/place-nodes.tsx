/** The nodes of a host or an environment, and a button that lists them again. */

import type { ComponentChildren, JSX } from 'preact';
import { Glyph } from '../glyphs.tsx';

interface PlaceNodesProps {
  readonly title: string;
  /** Shown when there are no nodes. */
  readonly whenEmpty: string;
  readonly onRefresh: () => void;
  /** The rows, each with its key. */
  readonly children: readonly ComponentChildren[];
}

export function PlaceNodes({ title, whenEmpty, onRefresh, children }: PlaceNodesProps): JSX.Element {
  return (
    <section aria-label={title}>
      <h3 class="host-heading">
        {title}
        <button type="button" class="icon-button" aria-label="Refresh" onClick={onRefresh}>
          <Glyph name="again" />
        </button>
      </h3>
      {children.length === 0 ? <p class="quiet">{whenEmpty}</p> : <ul class="host-nodes">{children}</ul>}
    </section>
  );
}

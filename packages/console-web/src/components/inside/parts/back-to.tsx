/** The way back to a list, before the tools of one thing in it. */

import type { ComponentChildren, JSX } from 'preact';
import { Glyph } from '../../glyphs.tsx';
import { PageLink } from '../../page-link.tsx';

export function BackTo(props: {
  /** Id of the node. */
  readonly node: string;
  readonly panel: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  const { node, panel, children } = props;
  return (
    <PageLink class="panel-back" to={{ page: 'nodes', node, panel }} testId="panel-back">
      <Glyph name="back" />
      {children}
    </PageLink>
  );
}

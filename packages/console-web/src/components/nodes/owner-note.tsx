/** What is in the place of the actions of a node that another console has: which one, with a link to it if others can open it. */

import type { NodeOwner } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { CutText } from '../cut-text.tsx';

export function OwnerNote({ owner }: { readonly owner: NodeOwner }): JSX.Element {
  const { label, url } = owner;
  const title = `Only the console ${label} opens shells on this node and changes it`;
  const text = <CutText text={`on ${label}`} />;
  return (
    <div class="node-actions quiet" data-testid="node-owner" title={title}>
      {url === undefined ? (
        text
      ) : (
        <a href={url} target="_blank" rel="noreferrer">
          {text}
        </a>
      )}
    </div>
  );
}

/** A list of connections, each by the names of its two nodes. */

import type { JSX } from 'preact';
import { WholeName } from '../cut-text.tsx';

interface LinkListProps {
  readonly title: string;
  readonly links: readonly (readonly [string, string])[];
}

export function LinkList({ title, links }: LinkListProps): JSX.Element {
  return (
    <section>
      <h3>{title}</h3>
      <ul class="link-list" tabIndex={0} aria-label={title}>
        {links.map(([one, other]) => (
          <li key={`${one} ${other}`}>
            <WholeName name={one} />
            <span class="quiet">and</span>
            <WholeName name={other} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The mark of a cluster: each colour has a shape of its own, so that the mark does not rest on colour alone. */

import type { ClusterColor } from '@convoy/console/protocol';
import type { JSX } from 'preact';

const shapes: Readonly<Record<ClusterColor, JSX.Element>> = {
  blue: <circle cx="6" cy="6" r="4.6" />,
  green: <rect x="1.8" y="1.8" width="8.4" height="8.4" rx="1" />,
  amber: <path d="M6 1.2 11.2 10.4H0.8z" />,
  red: <path d="M6 0.6 11.4 6 6 11.4 0.6 6z" />,
  violet: <path d="M6 0.8 10.6 3.4v5.2L6 11.2 1.4 8.6V3.4z" />,
  teal: <path d="M4.2 1h3.6v3.2H11v3.6H7.8V11H4.2V7.8H1V4.2h3.2z" />,
  pink: <path d="m6 0.6 1.6 3.5 3.8.4-2.8 2.6.8 3.8L6 9l-3.4 1.9.8-3.8L.6 4.5l3.8-.4z" />,
  grey: <circle class="hollow" cx="6" cy="6" r="3.8" />,
};

export function ClusterMark({ color }: { readonly color: ClusterColor }): JSX.Element {
  return (
    <svg
      class={`cluster-mark cluster-${color}`}
      viewBox="0 0 12 12"
      width="12"
      height="12"
      aria-hidden="true"
    >
      {shapes[color]}
    </svg>
  );
}

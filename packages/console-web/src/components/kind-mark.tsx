/** The symbol of a kind of node: braces for TypeScript, a drop for Elixir, an open ring for Erlang, a star for Gleam, parentheses for LFE. */

import type { JSX } from 'preact';
import { kindNames, type ShownKind } from '../state/nodes/nodes.ts';

const drawings: Readonly<Record<ShownKind, JSX.Element>> = {
  typescript: (
    <path d="M7.4 4.5c-1.5 0-2 .7-2 2v1.6c0 1-.5 1.6-1.6 1.9 1.1.3 1.6.9 1.6 1.9v1.6c0 1.3.5 2 2 2M12.6 4.5c1.5 0 2 .7 2 2v1.6c0 1 .5 1.6 1.6 1.9-1.1.3-1.6.9-1.6 1.9v1.6c0 1.3-.5 2-2 2M8.6 10h2.8M10 10v3.4" />
  ),
  elixir: (
    <path d="M10.6 3.4c.3 2.6 4.2 4.7 4.2 8.6a4.6 4.6 0 0 1-4.8 4.7 4.7 4.7 0 0 1-4.8-4.8c0-4 3.6-5.4 5.4-8.5zM7.9 12.4a2.2 2.2 0 0 0 2 2.1" />
  ),
  erlang: <path d="M15 13.6a5.6 5.6 0 1 1 .6-3.9H5.2" />,
  gleam: <path d="m10 3.6 1.9 4 4.4.6-3.2 3 .8 4.4-3.9-2.1-3.9 2.1.8-4.4-3.2-3 4.4-.6z" />,
  lfe: <path d="M7 4.4c-2.6 3.4-2.6 7.8 0 11.2M13 4.4c2.6 3.4 2.6 7.8 0 11.2M8.6 12.6 10 7.4l1.4 5.2" />,
  unknown: <path d="M7.8 8a2.3 2.3 0 1 1 3.4 2c-.8.5-1.2.9-1.2 1.9M10 14.4h.01" />,
};

export function KindMark(props: { readonly kind: ShownKind; readonly size?: 'small' }): JSX.Element {
  const { kind, size } = props;
  const pixels = size === 'small' ? 18 : 30;
  return (
    <svg
      class={`kind-mark kind-${kind}`}
      viewBox="0 0 20 20"
      width={pixels}
      height={pixels}
      role="img"
      aria-label={kindNames[kind]}
    >
      <title>{kindNames[kind]}</title>
      <rect width="20" height="20" rx="5" />
      {drawings[kind]}
    </svg>
  );
}

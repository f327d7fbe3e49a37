/** The icons of the page: 16 by 16, in the colour of the text. Decorative: the labels belong to their buttons. */

import type { ComponentChild, JSX } from 'preact';

const shapes = {
  mesh: (
    <>
      <path d="M4.6 11.2 7 5.6M9 5.6l2.4 5.6M5.6 12.5h4.8" />
      <circle cx="8" cy="3.8" r="2" />
      <circle cx="3.8" cy="12.4" r="2" />
      <circle cx="12.2" cy="12.4" r="2" />
    </>
  ),
  nodes: (
    <>
      <rect x="2" y="2.5" width="12" height="4.5" rx="1.2" />
      <rect x="2" y="9" width="12" height="4.5" rx="1.2" />
      <path d="M4.8 4.75h.01M4.8 11.25h.01" />
    </>
  ),
  shell: (
    <>
      <rect x="1.8" y="2.5" width="12.4" height="11" rx="1.6" />
      <path d="m4.6 6 2.2 2-2.2 2M8.6 10.2h2.8" />
    </>
  ),
  logs: <path d="M2.5 3.5h11M2.5 6.5h7M2.5 9.5h11M2.5 12.5h5" />,
  settings: (
    <>
      <path d="M2 4.5h6.2M11.8 4.5H14M2 11.5h2.2M7.8 11.5H14" />
      <circle cx="10" cy="4.5" r="1.8" />
      <circle cx="6" cy="11.5" r="1.8" />
    </>
  ),
  more: <path class="solid" d="M3.5 8h.01M8 8h.01M12.5 8h.01" stroke-width="2.4" />,
  up: <path d="m4 10 4-4 4 4" />,
  plus: <path d="M8 3v10M3 8h10" />,
  trash: <path d="M2.8 4.2h10.4M6.2 4V2.6h3.6V4M4.2 4.4l.6 8.9h6.4l.6-8.9M6.8 7v3.8M9.2 7v3.8" />,
  link: (
    <path d="M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2-2a2.6 2.6 0 0 0-3.7-3.7l-.7.7M9.2 6.8a2.6 2.6 0 0 0-3.7 0l-2 2a2.6 2.6 0 0 0 3.7 3.7l.7-.7" />
  ),
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  chevronDown: <path d="m4 6 4 4 4-4" />,
  chevronUp: <path d="m4 10 4-4 4 4" />,
  back: <path d="M9.5 3.5 5 8l4.5 4.5M5.2 8H13" />,
  chevronRight: <path d="m6 4 4 4-4 4" />,
  maximise: <path d="M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3" />,
  restore: <path d="M6 3v3H3M13 6h-3V3M10 13v-3h3M3 10h3v3" />,
  split: (
    <>
      <rect x="2" y="3" width="12" height="10" rx="1.4" />
      <path d="M8 3v10" />
    </>
  ),
  pane: <rect x="2" y="3" width="12" height="10" rx="1.4" />,
  search: (
    <>
      <circle cx="7" cy="7" r="4" />
      <path d="m10 10 3.5 3.5" />
    </>
  ),
  pause: <path d="M5.5 3.5v9M10.5 3.5v9" />,
  play: <path d="M5 3.2v9.6L12.6 8z" />,
  follow: <path d="M8 2.5v8M4.6 7.4 8 10.8l3.4-3.4M3 13.5h10" />,
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1.4" />
      <path d="M10.5 5.5V3.6a1.1 1.1 0 0 0-1.1-1.1H3.6a1.1 1.1 0 0 0-1.1 1.1v5.8a1.1 1.1 0 0 0 1.1 1.1h1.9" />
    </>
  ),
  again: <path d="M13 8a5 5 0 1 1-1.6-3.7M13 2.5v2.7h-2.7" />,
  info: (
    <>
      <circle cx="8" cy="8" r="5.8" />
      <path d="M8 7.4v3.4M8 5.1h.01" />
    </>
  ),
  warning: <path d="M8 2.4 14.4 13H1.6zM8 6.6v3M8 11.2h.01" />,
} as const satisfies Record<string, ComponentChild>;

export type GlyphName = keyof typeof shapes;

export function Glyph({ name }: { readonly name: GlyphName }): JSX.Element {
  return (
    <svg class="glyph" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {shapes[name]}
    </svg>
  );
}

/** The logo: three connected nodes. */
export function Brand(): JSX.Element {
  return (
    <svg class="brand-mark" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M9 21.5 16 10.5l7 11z" />
      <circle cx="16" cy="10" r="3.6" />
      <circle cx="8.6" cy="21.6" r="3.6" />
      <circle cx="23.4" cy="21.6" r="3.6" />
    </svg>
  );
}

/** The frame of every page: title, subtitle, actions and content; and the empty page, which suggests what to do first. */

import type { ComponentChildren, JSX } from 'preact';

export function PageFrame(props: {
  readonly title: string;
  readonly note?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
  readonly isFull?: boolean;
}): JSX.Element {
  return (
    <div class={`page ${props.isFull === true ? 'page-full' : ''}`}>
      <header class="page-head">
        <div class="page-title">
          <h1>{props.title}</h1>
          {props.note !== undefined && <p>{props.note}</p>}
        </div>
        {props.actions !== undefined && <div class="page-actions">{props.actions}</div>}
      </header>
      <div class="page-content">{props.children}</div>
    </div>
  );
}

export function EmptyState(props: {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly picture?: ComponentChildren;
}): JSX.Element {
  return (
    <div class="empty">
      {props.picture}
      <h2>{props.title}</h2>
      {props.children}
    </div>
  );
}

/** A drawing of three nodes that connect. */
export function ConvoyPicture(): JSX.Element {
  return (
    <svg class="empty-picture" viewBox="0 0 220 96" width="220" height="96" aria-hidden="true">
      <path d="M56 48h26M138 48h26" />
      <rect x="6" y="26" width="50" height="44" rx="10" />
      <rect x="85" y="26" width="50" height="44" rx="10" />
      <rect x="164" y="26" width="50" height="44" rx="10" />
      <circle cx="31" cy="48" r="5" />
      <circle cx="110" cy="48" r="5" />
      <circle cx="189" cy="48" r="5" />
    </svg>
  );
}

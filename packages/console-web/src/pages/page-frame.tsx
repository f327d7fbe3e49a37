/** The frame of every page: title, subtitle, actions and content; and the empty page, which suggests what to do first. */

import type { ComponentChildren, JSX } from 'preact';
import { Glyph } from '../components/glyphs.tsx';
import { formatRoute, goTo } from '../router.ts';
import { type DeadEnd, deadEnd } from '../state/dead-end.ts';

/** Says that the address leads nowhere, and where to go on. */
function DeadEndNotice({ end }: { readonly end: DeadEnd }): JSX.Element {
  return (
    <div class="dead-end" role="alert" data-testid="dead-end">
      <Glyph name="warning" />
      <div>
        <strong>{end.title}</strong>
        <p>{end.text}</p>
        <a
          href={formatRoute(end.onward)}
          onClick={(event) => {
            event.preventDefault();
            goTo(end.onward);
          }}
        >
          {end.onwardLabel}
        </a>
      </div>
    </div>
  );
}

export function PageFrame(props: {
  readonly title: string;
  /** What stands before the title. */
  readonly lead?: ComponentChildren;
  readonly note?: ComponentChildren;
  /** What has to be said of the subject beside its title. */
  readonly marks?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
  readonly isFull?: boolean;
  /** Why the address leads nowhere, if only the page itself knows. */
  readonly end?: DeadEnd | undefined;
}): JSX.Element {
  const end = deadEnd.value ?? props.end;
  return (
    <div class={`page ${props.isFull === true ? 'page-full' : ''}`}>
      <header class="page-head">
        <div class="page-title">
          {props.lead}
          <h1>{props.title}</h1>
          {props.marks}
          {props.note !== undefined && <p>{props.note}</p>}
        </div>
        {props.actions !== undefined && <div class="page-actions">{props.actions}</div>}
      </header>
      {end !== undefined && <DeadEndNotice end={end} />}
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

/** A link to a place of this page. With a modifier key the browser opens it as it opens any other. */

import type { ComponentChildren, JSX } from 'preact';
import { formatRoute, goTo, type Route } from '../router.ts';

export function PageLink(props: {
  readonly to: Route;
  readonly children: ComponentChildren;
  readonly class?: string;
  /** What it is called, where its text says less. */
  readonly label?: string | undefined;
  readonly title?: string | undefined;
  readonly testId?: string;
  /** It is the place that is shown. */
  readonly isCurrent?: boolean;
  /** -1 where keys reach it in another way. */
  readonly tabIndex?: number;
}): JSX.Element {
  const { to, label, title, testId, isCurrent = false } = props;
  return (
    <a
      class={props.class}
      href={formatRoute(to)}
      aria-label={label}
      title={title}
      tabIndex={props.tabIndex}
      aria-current={isCurrent ? 'page' : undefined}
      data-testid={testId}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        goTo(to);
      }}
    >
      {props.children}
    </a>
  );
}

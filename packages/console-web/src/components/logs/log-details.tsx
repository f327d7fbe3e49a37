/** What an opened line shows: its whole text, when and where it was logged, what the event says about itself. */

import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { formatRoute } from '../../router.ts';
import { nodeTitle } from '../../state/clusters/node-titles.ts';
import type { LogEntry } from '../../state/logs/log-entries.ts';
import { lineAddress } from '../../state/logs/log-scope.ts';
import type { LogSession } from '../../state/logs/log-session.ts';
import { formatDate } from '../../state/logs/log-text.ts';
import { copyText } from '../../state/page/copy-text.ts';
import { formatCount } from '../../state/page/format.ts';
import { Glyph } from '../glyphs.tsx';

function factsOf({ node, line }: LogEntry): readonly (readonly [string, string])[] {
  const { seq, at, stream, dropped = 0, meta = {} } = line;
  return [
    ['time', formatDate(at)],
    ['node', nodeTitle(node)],
    ['number', `${seq}, ${stream === 'logger' ? 'from the logger' : `printed to ${stream}`}`],
    ...(dropped > 0 ? [['dropped', `${formatCount(dropped, 'line')} before this one`] as const] : []),
    ...Object.entries(meta),
  ];
}

function linkTo({ node, line }: LogEntry): string {
  return new URL(formatRoute(lineAddress(node, line.seq)), location.href).href;
}

export function LogDetails(props: { readonly entry: LogEntry; readonly session: LogSession }): JSX.Element {
  const { entry, session } = props;
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const details = element.current;
    if (details === null) return;
    const measure = (): void => session.measure(entry, details.offsetHeight);
    const observer = new ResizeObserver(measure);
    observer.observe(details);
    measure();
    return () => observer.disconnect();
  }, [entry, session]);
  const name = `line ${entry.line.seq} of ${nodeTitle(entry.node)}`;
  return (
    <div ref={element} class="log-details" data-testid="log-details">
      <pre class="log-whole" role="group" tabIndex={0} aria-label={`Text of ${name}`}>
        {entry.line.text}
      </pre>
      <dl>
        {factsOf(entry).map(([key, value], at) => (
          <div key={at}>
            <dt>{key}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div class="button-row">
        <button
          type="button"
          class="button"
          aria-label={`Copy text of ${name}`}
          onClick={() => copyText(entry.line.text, 'Copied the text')}
        >
          <Glyph name="copy" />
          Copy text
        </button>
        <button
          type="button"
          class="button"
          aria-label={`Copy link to ${name}`}
          data-testid="copy-line-link"
          onClick={() => copyText(linkTo(entry), 'Copied the link to this line')}
        >
          <Glyph name="link" />
          Copy link
        </button>
      </div>
    </div>
  );
}

/** The relations of a process, where it is in its code, and what it holds: dictionary and messages, as far as they may be read. */

import type { InspectProblemView } from '@convoy/console/protocol';
import type { ComponentChildren, JSX } from 'preact';
import { Fragment } from 'preact';
import { formatNumber } from '../../../state/inside/inside-format.ts';
import type { ProcessDetails } from '../../../state/inside/questions.ts';
import { PartProblem } from '../parts/panel-body.tsx';
import { ProcessLink } from '../parts/process-link.tsx';

interface Excerpt<Item> {
  readonly count: number;
  readonly items: readonly Item[];
}
type Part<Value> = Value | { readonly problem: InspectProblemView };

function Count({ of }: { readonly of: Excerpt<unknown> }): JSX.Element {
  const { count, items } = of;
  const text = items.length < count ? `first ${items.length} of ${formatNumber(count)}` : formatNumber(count);
  return <strong class="card-figure">{text}</strong>;
}

function Parties(props: {
  readonly node: string;
  readonly title: string;
  readonly parties: Excerpt<string>;
}): JSX.Element | null {
  const { node, title, parties } = props;
  if (parties.count === 0) return null;
  return (
    <>
      <h3>
        {title} <Count of={parties} />
      </h3>
      <ul class="parties">
        {parties.items.map((text, index) => (
          <li key={`${index} ${text}`}>
            <ProcessLink node={node} text={text} as={title} />
          </li>
        ))}
      </ul>
    </>
  );
}

function all(items: readonly string[]): Excerpt<string> {
  return { count: items.length, items };
}

export function Relations({
  node,
  process,
}: {
  readonly node: string;
  readonly process: ProcessDetails;
}): JSX.Element {
  const { ancestors, callers, links, monitors, monitoredBy } = process;
  const groups: readonly (readonly [string, Excerpt<string>])[] = [
    ['Ancestors', all(ancestors)],
    ['Callers', all(callers)],
    ['Links', links],
    ['Monitors', monitors],
    ['Monitored by', monitoredBy],
  ];
  const isAlone = groups.every(([, { count }]) => count === 0);
  return (
    <section class="card" data-testid="card-relations">
      <h2>Relations</h2>
      {isAlone && <p class="quiet">No links, monitors or ancestors.</p>}
      {groups.map(([title, parties]) => (
        <Parties key={title} node={node} title={title} parties={parties} />
      ))}
    </section>
  );
}

export function Stack({ frames }: { readonly frames: ProcessDetails['stack'] }): JSX.Element {
  return (
    <section class="card" data-testid="card-stack">
      <h2>Stack</h2>
      {frames.length === 0 && <p class="quiet">Its stack is empty.</p>}
      <ol class="frames">
        {frames.map((frame, index) => (
          <li key={index}>
            <code>{frame.function}</code>
            {frame.file !== undefined && (
              <small>
                {frame.file}
                {frame.line !== undefined && `:${frame.line}`}
              </small>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** A card of something that a process holds, or of the reason why it was not read. */
function Held<Item>(props: {
  readonly title: string;
  readonly empty: string;
  readonly part: Part<Excerpt<Item>>;
  readonly children: (items: readonly Item[]) => ComponentChildren;
}): JSX.Element {
  const { title, empty, part, children } = props;
  if ('problem' in part)
    return (
      <section class="card">
        <h2>{title}</h2>
        <PartProblem problem={part.problem} />
      </section>
    );
  return (
    <section class="card">
      <h2>
        {title} {part.count > 0 && <Count of={part} />}
      </h2>
      {part.items.length === 0 ? <p class="quiet">{empty}</p> : children(part.items)}
    </section>
  );
}

export function Dictionary({ part }: { readonly part: ProcessDetails['dictionary'] }): JSX.Element {
  return (
    <Held title="Dictionary" empty="Nothing in it." part={part}>
      {(entries) => (
        <div class="scrolling" role="group" tabIndex={0} aria-label="Dictionary of the process">
          <dl class="entries">
            {entries.map(({ key, value }, index) => (
              <Fragment key={index}>
                <dt>
                  <code>{key}</code>
                </dt>
                <dd>
                  <code>{value}</code>
                </dd>
              </Fragment>
            ))}
          </dl>
        </div>
      )}
    </Held>
  );
}

export function Messages({ part }: { readonly part: ProcessDetails['messages'] }): JSX.Element {
  return (
    <Held title="Messages" empty="None waits." part={part}>
      {(messages) => (
        <ol class="terms" tabIndex={0} aria-label="Messages that wait, oldest first">
          {messages.map((message, index) => (
            <li key={index}>
              <code>{message}</code>
            </li>
          ))}
        </ol>
      )}
    </Held>
  );
}

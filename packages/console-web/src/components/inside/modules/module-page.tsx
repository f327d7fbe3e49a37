/** One loaded module: what it exports, with the documentation of a function, and what it says of itself. */

import type { ComponentChildren, JSX } from 'preact';
import { Fragment } from 'preact';
import { useState } from 'preact/hooks';
import { formatNumber } from '../../../state/inside/inside-format.ts';
import { vsnText } from '../../../state/inside/panels/modules.ts';
import { askModule, type ModuleDetails } from '../../../state/inside/panels/part-questions.ts';
import { usePoll } from '../../../state/inside/use-poll.ts';
import { BackTo } from '../parts/back-to.tsx';
import { Freshness } from '../parts/freshness.tsx';
import { PanelBody } from '../parts/panel-body.tsx';
import { FunctionDocs } from './function-docs.tsx';
import { OldCode } from './old-code.tsx';

interface Subject {
  readonly node: string;
  readonly module: string;
}

function Facts({ details }: { readonly details: ModuleDetails }): JSX.Element {
  const { vsn, md5, path, origin } = details;
  const facts: readonly (readonly [string, ComponentChildren])[] = [
    ['Version', vsn === undefined ? undefined : vsnText(vsn)],
    ['MD5', md5],
    ['File', path ?? origin],
  ];
  return (
    <section class="card">
      <h2>Facts</h2>
      <dl class="facts">
        {facts.map(([word, value]) =>
          value === undefined ? null : (
            <Fragment key={word}>
              <dt>{word}</dt>
              <dd>
                <code>{value}</code>
              </dd>
            </Fragment>
          ),
        )}
      </dl>
    </section>
  );
}

function Values(props: {
  readonly title: string;
  readonly values: ModuleDetails['attributes'];
}): JSX.Element | null {
  const { title, values } = props;
  if (values.length === 0) return null;
  return (
    <section class="card">
      <h2>{title}</h2>
      <div class="scrolling" role="group" tabIndex={0} aria-label={title}>
        <dl class="entries">
          {values.map(({ name, value }, index) => (
            <Fragment key={index}>
              <dt>{name}</dt>
              <dd>
                <code>{value}</code>
              </dd>
            </Fragment>
          ))}
        </dl>
      </div>
    </section>
  );
}

function Exports(props: {
  readonly exports: ModuleDetails['exports'];
  readonly chosen: string;
  readonly onChoose: (name: string) => void;
}): JSX.Element {
  const { exports, chosen, onChoose } = props;
  const { count, items } = exports;
  const shown =
    items.length < count ? `first ${items.length} of ${formatNumber(count)}` : formatNumber(count);
  return (
    <section class="card" data-testid="card-exports">
      <h2>
        Exports <strong class="card-figure">{shown}</strong>
      </h2>
      <p class="quiet">Press a function to read its documentation.</p>
      <ul class="exports">
        {items.map((name) => (
          <li key={name}>
            <button
              type="button"
              class="link-button"
              aria-pressed={name === chosen}
              data-testid="export"
              onClick={() => onChoose(name)}
            >
              <code>{name}</code>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Details({
  subject,
  details,
}: {
  readonly subject: Subject;
  readonly details: ModuleDetails;
}): JSX.Element {
  const [chosen, setChosen] = useState('');
  return (
    <>
      {details.hasOldCode && <OldCode {...subject} />}
      <div class="module-parts">
        <Exports exports={details.exports} chosen={chosen} onChoose={setChosen} />
        <div class="module-side">
          {chosen !== '' && <FunctionDocs {...subject} name={chosen} />}
          <Facts details={details} />
          <Values title="Attributes" values={details.attributes} />
          <Values title="Compiled with" values={details.compileInfo} />
        </div>
      </div>
    </>
  );
}

export function ModulePage(subject: Subject): JSX.Element {
  const { node, module } = subject;
  // It changes only when it is loaded again.
  const poll = usePoll<ModuleDetails>(node, {
    key: module,
    isLive: false,
    ask: () => askModule(node, { module }),
  });
  return (
    <>
      <div class="panel-tools">
        <BackTo node={node} panel="modules">
          All modules
        </BackTo>
        <Freshness poll={poll} what="This answer" isLive={false} />
      </div>
      <header class="subject">
        <h2>
          <code>{module}</code>
        </h2>
      </header>
      <PanelBody poll={poll} asked={module}>
        {(details) => <Details subject={subject} details={details} />}
      </PanelBody>
    </>
  );
}

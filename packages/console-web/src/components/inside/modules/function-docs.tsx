/** The documentation of a function, as its node has it. */

import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { askModule, type ModuleDetails } from '../../../state/inside/panels/part-questions.ts';
import { usePoll } from '../../../state/inside/use-poll.ts';
import { PanelBody, PartProblem } from '../parts/panel-body.tsx';

type Docs = ModuleDetails['docs'];

function Entries({ docs }: { readonly docs: Docs }): JSX.Element {
  if (docs === undefined) return <p class="quiet">The node has told none.</p>;
  if ('problem' in docs) return <PartProblem problem={docs.problem} />;
  if (docs.length === 0) return <p class="quiet">It has no documentation.</p>;
  return (
    <>
      {docs.map(({ function: name, signature, text }, index) => (
        <div key={index} class="doc-entry">
          <ul class="doc-signature">
            {(signature.length === 0 ? [name] : signature).map((line) => (
              <li key={line}>
                <code>{line}</code>
              </li>
            ))}
          </ul>
          {text === undefined ? (
            <p class="quiet">It has no documentation.</p>
          ) : (
            <pre
              class="state-text doc-text"
              role="group"
              tabIndex={0}
              aria-label={`Documentation of ${name}`}
            >
              {text}
            </pre>
          )}
        </div>
      ))}
    </>
  );
}

export function FunctionDocs(props: {
  readonly node: string;
  readonly module: string;
  /** `map/2` */
  readonly name: string;
}): JSX.Element {
  const { node, module, name } = props;
  const key = `${module} ${name}`;
  const poll = usePoll<ModuleDetails>(node, {
    key,
    isLive: false,
    ask: () => askModule(node, { module, doc: name }),
  });
  const card = useRef<HTMLElement>(null);
  // The function may have been pressed far below, in a long list.
  useEffect(() => card.current?.scrollIntoView({ block: 'nearest' }), [name]);
  return (
    <section class="card doc-card" data-testid="card-docs" ref={card}>
      <h2>
        <code>{name}</code>
      </h2>
      <PanelBody poll={poll} asked={key}>
        {({ docs }) => <Entries docs={docs} />}
      </PanelBody>
    </section>
  );
}

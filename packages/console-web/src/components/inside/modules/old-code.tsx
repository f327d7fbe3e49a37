/** Which processes run the former code of a module. They are asked only when the user wants it: each looks through its own memory. */

import type { JSX } from 'preact';
import { oldCodeText } from '../../../state/inside/panels/modules.ts';
import { askModule, type ModuleDetails } from '../../../state/inside/panels/part-questions.ts';
import { usePoll } from '../../../state/inside/use-poll.ts';
import { Glyph } from '../../glyphs.tsx';
import { ClusterProcess } from '../parts/cluster-process.tsx';
import { PanelBody } from '../parts/panel-body.tsx';

const mostProcesses = 10_000;

function Users({
  node,
  use,
}: {
  readonly node: string;
  readonly use: ModuleDetails['oldCodeUse'];
}): JSX.Element {
  if (use === undefined) return <p class="quiet">It has no old code any more.</p>;
  return (
    <>
      <p data-testid="old-code-use">{oldCodeText(use)}</p>
      <ul class="parties">
        {use.processes.map((process) => (
          <li key={process.pid}>
            <ClusterProcess node={node} process={process} as="Runs old code" /> {process.name}
          </li>
        ))}
      </ul>
    </>
  );
}

export function OldCode({ node, module }: { readonly node: string; readonly module: string }): JSX.Element {
  const poll = usePoll<ModuleDetails>(node, {
    key: module,
    isLive: false,
    isUrgent: false,
    ask: () => askModule(node, { module, oldCodeProcesses: mostProcesses }),
  });
  const { isAsking, last } = poll.state.value;
  return (
    <section class="card card-wide" data-testid="card-old-code">
      <h2>
        <span class="old-code">
          <Glyph name="warning" />
          Its old code is still loaded
        </span>
      </h2>
      <p class="quiet">
        A process that runs old code is killed when the module is loaded once more. Up to 10,000 processes are
        asked; each looks through its own stack and heap, and busy ones are not waited for.
      </p>
      <div class="button-row">
        <button
          type="button"
          class="button"
          aria-busy={isAsking}
          data-testid="ask-old-code"
          onClick={() => poll.refresh()}
        >
          {last === undefined ? 'Find the processes that run it' : 'Find them again'}
        </button>
      </div>
      <PanelBody poll={poll} asked={module} idle={<></>}>
        {({ oldCodeUse }) => <Users node={node} use={oldCodeUse} />}
      </PanelBody>
    </section>
  );
}

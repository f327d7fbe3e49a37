/** One process: what it is and does, its relations, what it holds, and what can be done with it. */

import type { JSX } from 'preact';
import { askProcess, type ProcessDetails } from '../../../state/inside/questions.ts';
import { usePoll } from '../../../state/inside/use-poll.ts';
import { BackTo } from '../parts/back-to.tsx';
import { Freshness } from '../parts/freshness.tsx';
import { PanelBody } from '../parts/panel-body.tsx';
import { ProcessActs } from './process-acts.tsx';
import { ProcessFacts, ProcessFigures } from './process-facts.tsx';
import { Dictionary, Messages, Relations, Stack } from './process-lists.tsx';
import { ProcessState } from './process-state.tsx';

function nameOf({ name, label, initialCall }: ProcessDetails): string {
  return name ?? label ?? initialCall ?? '';
}

function Details({
  node,
  process,
}: {
  readonly node: string;
  readonly process: ProcessDetails;
}): JSX.Element {
  return (
    <>
      <ProcessFigures process={process} />
      <div class="cards process-cards">
        <ProcessFacts node={node} process={process} />
        <Relations node={node} process={process} />
        <Stack frames={process.stack} />
        <Dictionary part={process.dictionary} />
        <Messages part={process.messages} />
      </div>
    </>
  );
}

export function ProcessPage({ node, pid }: { readonly node: string; readonly pid: string }): JSX.Element {
  const poll = usePoll<ProcessDetails>(node, { key: pid, isLive: true, ask: () => askProcess(node, pid) });
  const { last } = poll.state.value;
  return (
    <div class="panel" data-testid="panel-process">
      <div class="panel-tools">
        <BackTo node={node} panel="processes">
          All processes
        </BackTo>
        <Freshness poll={poll} what="This answer" isLive />
      </div>
      <header class="subject">
        <h2>
          <code>{pid}</code> {last !== undefined && <span>{nameOf(last.value)}</span>}
        </h2>
        <ProcessActs node={node} pid={pid} onDone={() => poll.refresh()} />
      </header>
      <PanelBody poll={poll} asked={pid}>
        {(process) => <Details node={node} process={process} />}
      </PanelBody>
      <ProcessState node={node} pid={pid} />
    </div>
  );
}

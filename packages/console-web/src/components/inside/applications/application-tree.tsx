/** The supervision tree of one application, asked again and again, with the processes that it has now. */

import type { JSX } from 'preact';
import { askTree, type SupervisionTree } from '../../../state/inside/questions.ts';
import { usePoll } from '../../../state/inside/use-poll.ts';
import { formatCount } from '../../../state/page/format.ts';
import { BackTo } from '../parts/back-to.tsx';
import { Freshness } from '../parts/freshness.tsx';
import { PanelBody } from '../parts/panel-body.tsx';
import { ProcessTree } from './process-tree.tsx';

interface Counts {
  readonly supervisors: number;
  readonly workers: number;
  readonly stopped: number;
}

function countsOf(root: SupervisionTree): Counts {
  const counts = { supervisors: 0, workers: 0, stopped: 0 };
  const walk = (one: SupervisionTree): void => {
    if (one.kind === 'supervisor') counts.supervisors += 1;
    else if (one.kind === 'worker') counts.workers += 1;
    else counts.stopped += 1;
    for (const child of one.children) walk(child);
  };
  walk(root);
  return counts;
}

function summaryOf(root: SupervisionTree): string {
  const { supervisors, workers, stopped } = countsOf(root);
  const parts = [formatCount(supervisors, 'supervisor'), formatCount(workers, 'worker')];
  return [...parts, ...(stopped > 0 ? [`${stopped} not running`] : [])].join(' · ');
}

export function ApplicationTree(props: { readonly node: string; readonly application: string }): JSX.Element {
  const { node, application } = props;
  const poll = usePoll<SupervisionTree>(node, {
    key: application,
    isLive: true,
    ask: () => askTree(node, application),
  });
  const { last } = poll.state.value;
  return (
    <div class="panel" data-testid="panel-tree">
      <div class="panel-tools">
        <BackTo node={node} panel="applications">
          All applications
        </BackTo>
        <Freshness poll={poll} what="This tree" isLive />
      </div>
      <header class="subject">
        <h2>
          <code>{application}</code> {last !== undefined && <span>{summaryOf(last.value)}</span>}
        </h2>
      </header>
      <PanelBody poll={poll} asked={application}>
        {(root) => <ProcessTree node={node} application={application} root={root} />}
      </PanelBody>
    </div>
  );
}

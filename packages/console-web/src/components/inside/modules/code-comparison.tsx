/** Which nodes of a cluster run different code: each module with its versions side by side, and the nodes that run them. */

import type { JSX } from 'preact';
import { nodeInCluster } from '../../../state/inside/panels/cluster-nodes.ts';
import { comparisonSummary, shortSum } from '../../../state/inside/panels/modules.ts';
import { askCode, type CodeComparison as Comparison } from '../../../state/inside/panels/part-questions.ts';
import { usePoll } from '../../../state/inside/use-poll.ts';
import { findNode } from '../../../state/nodes/nodes.ts';
import { CutText } from '../../cut-text.tsx';
import { PageLink } from '../../page-link.tsx';
import { Freshness } from '../parts/freshness.tsx';
import { PanelBody, PartProblem } from '../parts/panel-body.tsx';

type Differing = Comparison['modules'][number];

function NodeOfGroup(props: {
  readonly node: string;
  readonly name: string;
  readonly module: string;
}): JSX.Element {
  const { node, name, module } = props;
  const found = nodeInCluster(node, name);
  if (found === undefined) return <>{name}</>;
  const isHere = found.id === node;
  return (
    <PageLink
      class="party"
      to={{ page: 'nodes', node: found.id, panel: 'modules', item: module }}
      label={`${module} on ${name}`}
    >
      {name}
      {isHere && ' (this node)'}
    </PageLink>
  );
}

function Group(props: {
  readonly node: string;
  readonly module: string;
  readonly group: Differing['groups'][number];
}): JSX.Element {
  const { node, module, group } = props;
  const isHere = group.nodes.includes(findNode(node)?.name ?? '');
  return (
    <li class={isHere ? 'code-group is-here' : 'code-group'} data-testid="code-group">
      <code title={group.md5}>{shortSum(group.md5)}</code>
      <ul>
        {group.nodes.map((name) => (
          <li key={name}>
            <NodeOfGroup node={node} name={name} module={module} />
          </li>
        ))}
      </ul>
    </li>
  );
}

function DifferingModule({
  node,
  differing,
}: {
  readonly node: string;
  readonly differing: Differing;
}): JSX.Element {
  const { module, groups } = differing;
  return (
    <section class="card" data-testid="differing" data-module={module}>
      <h2>
        <CutText text={module} />
      </h2>
      <ul class="code-groups">
        {groups.map((group) => (
          <Group key={group.md5} node={node} module={module} group={group} />
        ))}
      </ul>
    </section>
  );
}

function Problems({ problems }: { readonly problems: Comparison['problems'] }): JSX.Element {
  return (
    <>
      {Object.entries(problems).map(([name, problem]) => (
        <PartProblem key={name} problem={{ ...problem, message: `${name}: ${problem.message}` }} />
      ))}
    </>
  );
}

export function CodeComparison({
  node,
  cluster,
}: {
  readonly node: string;
  readonly cluster: string;
}): JSX.Element {
  const poll = usePoll<Comparison>(node, { key: cluster, isLive: false, ask: () => askCode(cluster) });
  return (
    <>
      <div class="panel-tools">
        <Freshness poll={poll} what="This comparison" isLive={false} />
      </div>
      <PanelBody poll={poll} asked={cluster}>
        {(comparison) => (
          <>
            <p class="panel-summary" data-testid="comparison-summary">
              {comparisonSummary(comparison)}
            </p>
            <Problems problems={comparison.problems} />
            <div class="differing">
              {comparison.modules.map((differing) => (
                <DifferingModule key={differing.module} node={node} differing={differing} />
              ))}
            </div>
          </>
        )}
      </PanelBody>
    </>
  );
}

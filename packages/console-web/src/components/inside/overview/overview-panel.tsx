/** The overview of a node: charts of the last hour, what its memory is made of, how near its limits are, and what it runs. */

import type { JSX } from 'preact';
import { askHistory, askOverview, type History, type Overview } from '../../../state/inside/questions.ts';
import type { Poll } from '../../../state/inside/poll.ts';
import { lastValue } from '../../../state/inside/series.ts';
import { usePoll } from '../../../state/inside/use-poll.ts';
import { findNode } from '../../../state/nodes/nodes.ts';
import { NodeDetail } from '../../nodes/node-detail.tsx';
import { Freshness } from '../parts/freshness.tsx';
import { PanelBody } from '../parts/panel-body.tsx';
import type { PanelProps } from '../parts/panel-props.ts';
import { Chart } from './chart.tsx';
import { beamCharts, typescriptCharts } from './chart-spec.ts';
import { ApplicationsCard, VersionsCard } from './facts-cards.tsx';
import { LimitsCard, LoadCard, MemoryCard } from './figures-cards.tsx';
import '../../../styles/inside/panel.css';
import '../../../styles/inside/overview.css';

const historyMs = 10_000;

/** The charts, of what the console knows: also while the node does not answer. */
function Charts({ node, poll }: { readonly node: string; readonly poll: Poll<History> }): JSX.Element | null {
  const { last } = poll.state.value;
  if (last === undefined) return null;
  const isTypescript = findNode(node)?.kind === 'typescript';
  const { samples } = last.value;
  // Not every node reports everything.
  const known = (isTypescript ? typescriptCharts : beamCharts).filter(({ lines }) =>
    lines.some(({ key }) => lastValue(samples, key) !== undefined),
  );
  return (
    <section class="charts" aria-label="The last hour" key={isTypescript ? 'typescript' : 'beam'}>
      {known.map((spec) => (
        <Chart key={spec.title} spec={spec} samples={samples} />
      ))}
    </section>
  );
}

function Cards({ node, overview }: { readonly node: string; readonly overview: Overview }): JSX.Element {
  return (
    <div class="cards">
      <MemoryCard overview={overview} />
      <LimitsCard overview={overview} />
      <LoadCard overview={overview} />
      <VersionsCard overview={overview} />
      <ApplicationsCard node={node} overview={overview} />
    </div>
  );
}

export function OverviewPanel({ node }: PanelProps): JSX.Element {
  const view = findNode(node);
  const overview = usePoll<Overview>(node, { key: node, isLive: true, ask: () => askOverview(node) });
  const history = usePoll<History>(node, {
    key: node,
    isLive: true,
    leastMs: historyMs,
    ask: () => askHistory(node),
  });
  return (
    <div class="panel" data-testid="panel-overview">
      <div class="panel-tools">
        <Freshness poll={overview} what="This overview" isLive />
      </div>
      <Charts node={node} poll={history} />
      <PanelBody poll={overview} asked={node}>
        {(value) => <Cards node={node} overview={value} />}
      </PanelBody>
      {view !== undefined && (
        <section class="card card-wide" aria-label="What the console knows of it">
          <NodeDetail node={view} />
        </section>
      )}
    </div>
  );
}

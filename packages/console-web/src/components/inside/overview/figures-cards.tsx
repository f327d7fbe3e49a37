/** What the memory of a node is made of, how near its limits are, and how much it works. */

import type { ComponentChildren, JSX } from 'preact';
import { formatNumber, formatShare, formatShort } from '../../../state/inside/inside-format.ts';
import type { Overview } from '../../../state/inside/questions.ts';
import { memoryParts, type MemoryPart } from '../../../state/inside/usage.ts';
import { formatBytes } from '../../../state/page/format.ts';
import { Meter } from '../parts/meter.tsx';
import { PartProblem } from '../parts/panel-body.tsx';

/** Those that the page shows at the end of a card. */
export function ProblemsOf(props: {
  readonly overview: Overview;
  readonly parts: readonly string[];
}): JSX.Element {
  const found = props.parts.flatMap((part) => props.overview.problems[part] ?? []);
  return (
    <>
      {found.map((problem) => (
        <PartProblem key={problem.message} problem={problem} />
      ))}
    </>
  );
}

function Stack({ parts }: { readonly parts: readonly MemoryPart[] }): JSX.Element {
  return (
    <div class="stack" aria-hidden="true">
      {parts.map(({ id, share }) => (
        <span key={id} class={`stack-part memory-${id}`} style={{ flexGrow: share }} />
      ))}
    </div>
  );
}

export function MemoryCard({ overview }: { readonly overview: Overview }): JSX.Element {
  const parts = memoryParts(overview.memory);
  const { total } = overview.memory;
  return (
    <section class="card" data-testid="card-memory">
      <h2>Memory {total !== undefined && <strong class="card-figure">{formatBytes(total)}</strong>}</h2>
      <Stack parts={parts} />
      <ul class="stack-list">
        {parts.map(({ id, label, bytes, share }) => (
          <li key={id}>
            <span class={`stack-key memory-${id}`} aria-hidden="true" />
            <span class="stack-label">{label}</span>
            <span class="stack-value">{formatBytes(bytes)}</span>
            <span class="stack-share">{formatShare(share)}</span>
          </li>
        ))}
      </ul>
      <ProblemsOf overview={overview} parts={['memory']} />
    </section>
  );
}

export function LimitsCard({ overview }: { readonly overview: Overview }): JSX.Element {
  const { processes, ports, atoms, tables, connections } = overview;
  return (
    <section class="card" data-testid="card-limits">
      <h2>{overview.kind === 'typescript' ? 'Counts' : 'Limits'}</h2>
      <div class="meters">
        <Meter label="Processes" usage={processes} />
        <Meter label="Ports" usage={ports} />
        <Meter label="Atoms" usage={atoms} />
        {/* OTP does not enforce the limit that it tells. */}
        <Meter label="ETS tables" usage={{ count: tables.count }} />
        <Meter label="Connections" usage={{ count: connections }} />
      </div>
      <ProblemsOf
        overview={overview}
        parts={['process_count', 'process_limit', 'port_count', 'atom_count', 'ets_count']}
      />
    </section>
  );
}

/** A bar for each scheduler: those of a busy node are as long as the box is high. */
function Bars({
  values,
  most,
  label,
}: {
  values: readonly number[];
  most: number;
  label: string;
}): JSX.Element {
  return (
    <div class="bars" role="img" aria-label={label}>
      {values.map((value, index) => (
        <span key={index} style={{ height: `${Math.min(100, (value / Math.max(most, 1e-9)) * 100)}%` }} />
      ))}
    </div>
  );
}

function Figure({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** How the schedulers have been used; a node measures that only while one of its processes wants it. */
function SchedulerUse({ overview }: { readonly overview: Overview }): JSX.Element | null {
  const use = overview.schedulers?.use;
  if (use === undefined) return null;
  if (use === 'off')
    return (
      <Figure label="At work">
        <span class="quiet" title="A node measures its schedulers only while a process there asks for it.">
          not measured there
        </span>
      </Figure>
    );
  if (use === 'unknown') return <Figure label="At work">unknown</Figure>;
  const each = use.each.map(formatShare).join(', ');
  return (
    <Figure label="At work">
      {formatShare(use.average)}
      <Bars values={use.each} most={1} label={`Each scheduler: ${each}`} />
    </Figure>
  );
}

function RunQueues({ overview }: { readonly overview: Overview }): JSX.Element | null {
  const { runQueues } = overview;
  if (runQueues === undefined) return null;
  const { total, each } = runQueues;
  const most = Math.max(10, ...each);
  return (
    <Figure label="Run queues">
      {total === undefined ? '–' : formatNumber(total)} waiting
      {each.length > 0 && <Bars values={each} most={most} label={`Each run queue: ${each.join(', ')}`} />}
    </Figure>
  );
}

export function LoadCard({ overview }: { readonly overview: Overview }): JSX.Element {
  const { schedulers, io, reductions, garbageCollections, eventLoopUse } = overview;
  return (
    <section class="card" data-testid="card-load">
      <h2>Load</h2>
      <dl class="facts">
        {eventLoopUse !== undefined && (
          <Figure label="Event loop">{formatShare(eventLoopUse)} at work</Figure>
        )}
        {schedulers?.online !== undefined && (
          <Figure label="Schedulers">
            {schedulers.online} of {schedulers.count ?? schedulers.online} online
          </Figure>
        )}
        <SchedulerUse overview={overview} />
        <RunQueues overview={overview} />
        {io !== undefined && (
          <Figure label="I/O since start">
            {formatBytes(io.inBytes)} in, {formatBytes(io.outBytes)} out
          </Figure>
        )}
        {reductions !== undefined && (
          <Figure label="Reductions">
            <span title={formatNumber(reductions)}>{formatShort(reductions)}</span>
          </Figure>
        )}
        {garbageCollections !== undefined && (
          <Figure label="Garbage collections">{formatNumber(garbageCollections)}</Figure>
        )}
      </dl>
      <ProblemsOf
        overview={overview}
        parts={['io', 'reductions', 'run_queue_lengths_all', 'garbage_collection']}
      />
    </section>
  );
}

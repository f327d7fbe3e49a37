/** The calls of a trace as rows, in the order in which they began. */

import type { JSX } from 'preact';
import type { PageTrace } from '../../../state/inside/trace.ts';
import type { TraceRow } from '../../../state/inside/trace-rows.ts';
import { formatDuration } from '../../../state/inside/trace-words.ts';
import { formatTime } from '../../../state/page/format.ts';
import { ProcessLink } from '../parts/process-link.tsx';

/** `add`, of `shop_cart:add/2` and of `Shop.Cart.add/2`. */
function nameOf(text: string): string {
  const whole = text.replace(/\/\d+$/, '');
  return whole.slice(Math.max(whole.lastIndexOf(':'), whole.lastIndexOf('.')) + 1);
}

function Outcome({ outcome }: { readonly outcome: TraceRow['outcome'] }): JSX.Element {
  if (outcome === undefined) return <td class="trace-value quiet">–</td>;
  const isRaised = outcome.kind === 'exception';
  return (
    <td class={isRaised ? 'trace-value is-raised' : 'trace-value'} data-head="Returned">
      {isRaised && <strong>raised </strong>}
      <code>{outcome.value}</code>
    </td>
  );
}

function Row(props: { readonly node: string; readonly name: string; readonly row: TraceRow }): JSX.Element {
  const { node, name, row } = props;
  const { number, pid, at, args, outcome } = row;
  return (
    <tr data-testid="trace-row" data-number={number}>
      <td class="trace-time">{formatTime(at)}</td>
      <td class="trace-caller">
        <ProcessLink node={node} text={pid} as={`Caller of call ${number}`} />
      </td>
      <th scope="row" class="trace-call">
        <code>
          {name}({args})
        </code>
      </th>
      <Outcome outcome={outcome} />
      <td class="figure-cell">{outcome === undefined ? '–' : formatDuration(outcome.durationUs)}</td>
    </tr>
  );
}

export function TraceTable({
  node,
  trace,
}: {
  readonly node: string;
  readonly trace: PageTrace;
}): JSX.Element {
  const name = nameOf(trace.function);
  return (
    <div class="data-frame" tabIndex={0} role="region" aria-label={`Calls of ${trace.function}`}>
      <table class="data-table trace-table">
        <thead>
          <tr>
            <th scope="col" class="trace-time">
              Time
            </th>
            <th scope="col" class="trace-caller">
              Process
            </th>
            <th scope="col">Call</th>
            <th scope="col">Returned</th>
            <th scope="col" class="figure-cell">
              Took
            </th>
          </tr>
        </thead>
        <tbody>
          {trace.rows.map((row) => (
            <Row key={row.number} node={node} name={name} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

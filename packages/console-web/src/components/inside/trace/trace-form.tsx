/** What is traced: a function, and the bounds. The same form stops the trace. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { confirmChange } from '../../../state/clusters/production.ts';
import { nodeTitle } from '../../../state/clusters/node-titles.ts';
import { actingIn } from '../../../state/inside/acts.ts';
import { pidIn } from '../../../state/inside/process-ids.ts';
import {
  isTracing,
  type PageTrace,
  startTrace,
  stopTrace,
  type TraceWish,
} from '../../../state/inside/trace.ts';
import { findNode } from '../../../state/nodes/nodes.ts';
import { PageLink } from '../../page-link.tsx';
import { ActingOff } from '../parts/acting-off.tsx';
import { LimitSelect } from '../parts/segments.tsx';

const callLimits = [1, 10, 100, 1000];
const times: readonly (readonly [seconds: number, text: string])[] = [
  [5, 'for 5 s'],
  [10, 'for 10 s'],
  [60, 'for 1 min'],
  [600, 'for 10 min'],
];

function TimeSelect(props: {
  readonly value: number;
  readonly onChoose: (seconds: number) => void;
}): JSX.Element {
  const { value, onChoose } = props;
  return (
    <select
      class="filter-select"
      aria-label="Longest time"
      data-testid="trace-time"
      value={String(value)}
      onChange={(event) => onChoose(Number(event.currentTarget.value))}
    >
      {times.map(([seconds, text]) => (
        <option key={seconds} value={String(seconds)}>
          {text}
        </option>
      ))}
    </select>
  );
}

function OnlyProcess({ node, pid }: { readonly node: string; readonly pid: string }): JSX.Element {
  return (
    <p class="trace-only" data-testid="trace-only">
      Only calls by <code>{pid}</code>.{' '}
      <PageLink to={{ page: 'nodes', node, panel: 'trace' }}>Trace all processes</PageLink>
    </p>
  );
}

function FunctionField(props: {
  readonly value: string;
  readonly onType: (text: string) => void;
}): JSX.Element {
  const { value, onType } = props;
  return (
    <label class="field trace-function">
      <span>Function</span>
      <input
        type="text"
        value={value}
        maxLength={600}
        placeholder="shop_cart:add/2 or Shop.Cart.add/2"
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        data-testid="trace-function"
        onInput={(event) => onType(event.currentTarget.value)}
      />
    </label>
  );
}

/** Starts the trace by the form, or stops the one that is running. */
function RunButton(props: {
  readonly trace: PageTrace | undefined;
  readonly isOff: boolean;
  readonly isEmpty: boolean;
}): JSX.Element {
  const { trace, isOff, isEmpty } = props;
  if (isTracing(trace)) {
    const stop = (event: Event): void => {
      // The same button starts the next trace: it may have become that one before the browser has dealt with the press.
      event.preventDefault();
      stopTrace();
    };
    // Not disabled while it stops: the focus stays where it was.
    return (
      <button
        type="button"
        class="button"
        data-testid="trace-stop"
        aria-disabled={trace?.phase === 'stopping'}
        onClick={stop}
      >
        Stop
      </button>
    );
  }
  return (
    <button
      type="submit"
      class="button primary"
      data-testid="trace-start"
      disabled={isOff || isEmpty}
      aria-describedby={isOff ? 'acting-off' : undefined}
    >
      Trace
    </button>
  );
}

/** Starts a trace on the node, after asking in a cluster that is marked as production. */
async function begin(node: string, cluster: string, wish: TraceWish): Promise<void> {
  const sentence = `Calls of ${wish.function} on ${nodeTitle(node)} are traced.`;
  if (await confirmChange([cluster], { sentence, button: 'Trace' })) startTrace(node, wish);
}

export function TraceForm(props: {
  readonly node: string;
  /** The only process whose calls are traced, as the address names it. */
  readonly pid: string | undefined;
  readonly trace: PageTrace | undefined;
}): JSX.Element {
  const { node, trace } = props;
  const pid = props.pid === undefined ? undefined : pidIn(props.pid);
  const [text, setText] = useState('');
  const [maxCalls, setMaxCalls] = useState(100);
  const [maxSeconds, setMaxSeconds] = useState(10);
  const cluster = findNode(node)?.cluster;
  const isOff = cluster !== undefined && !actingIn(cluster);
  const wanted = text.trim();
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    if (wanted === '' || isOff || isTracing(trace) || cluster === undefined) return;
    const pids = pid === undefined ? undefined : [pid];
    void begin(node, cluster, { function: wanted, maxCalls, maxSeconds, pids });
  };
  return (
    <form class="trace-form" aria-label="Trace a function" onSubmit={onSubmit}>
      <FunctionField value={text} onType={setText} />
      <LimitSelect of="calls" one="call" value={maxCalls} options={callLimits} onChoose={setMaxCalls} />
      <TimeSelect value={maxSeconds} onChoose={setMaxSeconds} />
      <RunButton trace={trace} isOff={isOff} isEmpty={wanted === ''} />
      {isOff && <ActingOff cluster={cluster} />}
      {pid !== undefined && <OnlyProcess node={node} pid={pid} />}
    </form>
  );
}

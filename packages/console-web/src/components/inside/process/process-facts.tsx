/** The figures of a process, and what it is. */

import type { ComponentChildren, JSX } from 'preact';
import { Fragment } from 'preact';
import { formatNumber, formatShort } from '../../../state/inside/inside-format.ts';
import type { ProcessDetails } from '../../../state/inside/questions.ts';
import { formatBytes } from '../../../state/page/format.ts';
import { ProcessLink } from '../parts/process-link.tsx';

/** So many messages that somebody should know. */
const longQueue = 100;

function Tile(props: {
  readonly label: string;
  readonly value: string | undefined;
  readonly exact?: string | undefined;
  readonly isHigh?: boolean;
}): JSX.Element {
  const { label, value, exact, isHigh = false } = props;
  return (
    <div class={isHigh ? 'tile is-high' : 'tile'} title={exact}>
      <span>{label}</span>
      <strong>{value ?? '–'}</strong>
    </div>
  );
}

function shown(value: number | undefined, format: (value: number) => string): string | undefined {
  return value === undefined ? undefined : format(value);
}

export function ProcessFigures({ process }: { readonly process: ProcessDetails }): JSX.Element {
  const { memoryBytes, messageQueueLength, reductions, heapWords, stackWords, status } = process;
  return (
    <div class="tiles">
      <Tile label="Status" value={status} />
      <Tile label="Memory" value={shown(memoryBytes, formatBytes)} exact={shown(memoryBytes, formatNumber)} />
      <Tile
        label="Messages waiting"
        value={shown(messageQueueLength, formatNumber)}
        isHigh={(messageQueueLength ?? 0) >= longQueue}
      />
      <Tile
        label="Reductions"
        value={shown(reductions, formatShort)}
        exact={shown(reductions, formatNumber)}
      />
      <Tile
        label="Heap, words"
        value={shown(heapWords, formatShort)}
        exact={shown(heapWords, formatNumber)}
      />
      <Tile label="Stack, words" value={shown(stackWords, formatShort)} />
    </div>
  );
}

function factsOf(node: string, process: ProcessDetails): readonly (readonly [string, ComponentChildren])[] {
  const { name, label, initialCall, currentFunction, priority, isTrappingExits } = process;
  const party = (as: string, text: string | undefined): ComponentChildren =>
    text === undefined ? undefined : <ProcessLink node={node} text={text} as={as} />;
  const code = (text: string | undefined): ComponentChildren =>
    text === undefined ? undefined : <code>{text}</code>;
  const facts: (readonly [string, ComponentChildren])[] = [
    ['Registered as', code(name)],
    ['Label', code(label)],
    ['Initial call', code(initialCall)],
    ['Is in', code(currentFunction)],
    ['Parent', party('Parent', process.parent)],
    ['Group leader', party('Group leader', process.groupLeader)],
    ['Priority', priority],
    ['Traps exits', isTrappingExits === undefined ? undefined : isTrappingExits ? 'yes' : 'no'],
  ];
  return facts.filter(([, value]) => value !== undefined);
}

export function ProcessFacts(props: {
  readonly node: string;
  readonly process: ProcessDetails;
}): JSX.Element {
  return (
    <section class="card">
      <h2>Facts</h2>
      <dl class="facts">
        {factsOf(props.node, props.process).map(([word, value]) => (
          <Fragment key={word}>
            <dt>{word}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
      </dl>
    </section>
  );
}

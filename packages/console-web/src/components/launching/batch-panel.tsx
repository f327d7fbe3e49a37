/** Launches of several nodes: how far each node has come, what has failed and why, and buttons to cancel and to try again. */

import type { Problem } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { countOf, hasFailed, type ItemState, type LaunchItem } from '../../state/launching/batch-items.ts';
import {
  batches,
  canCancel,
  cancelBatch,
  dismissBatch,
  type LaunchBatch,
  retryBatch,
} from '../../state/launching/launch-batches.ts';
import { CutText } from '../cut-text.tsx';
import { Glyph } from '../glyphs.tsx';
import { PlainText } from '../plain-text.tsx';

const stateWords: Readonly<Record<ItemState, string>> = {
  waiting: 'waiting',
  asking: 'starting',
  starting: 'starting',
  up: 'up',
  refused: 'refused',
  failed: 'failed',
  cancelled: 'cancelled',
};

function nameOf({ node, name, number }: LaunchItem): string {
  return node?.split('@', 1)[0] ?? name ?? `node ${number}`;
}

/** As the console says it: what the form could do about it does not help here. */
function sentencesOf({ message, remedy }: Problem): string {
  return [message.replace(/\.?$/, '.'), remedy].filter((part) => part !== undefined).join(' ');
}

function Item({ item }: { readonly item: LaunchItem }): JSX.Element {
  const { state, problem } = item;
  return (
    <li class={`batch-item item-${state}`} data-testid="batch-item" data-state={state}>
      <span class="batch-name">
        <CutText text={nameOf(item)} />
      </span>
      <small>{stateWords[state]}</small>
      {hasFailed(item) && problem !== undefined && (
        <p>
          <PlainText text={sentencesOf(problem)} />
        </p>
      )}
    </li>
  );
}

function summaryOf(items: readonly LaunchItem[]): string {
  const parts = [
    `${countOf(items, 'up')} of ${items.length} up`,
    partOf(countOf(items, 'asking', 'starting'), 'starting'),
    partOf(countOf(items, 'waiting'), 'waiting'),
    partOf(countOf(items, 'failed', 'refused'), 'failed'),
    partOf(countOf(items, 'cancelled'), 'cancelled'),
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

function partOf(count: number, word: string): string {
  return count === 0 ? '' : `${count} ${word}`;
}

function Buttons({ batch, title }: { readonly batch: LaunchBatch; readonly title: string }): JSX.Element {
  const { id, items } = batch;
  const failed = items.filter(hasFailed).length;
  return (
    <span class="button-row">
      {failed > 0 && (
        <button
          type="button"
          class="button"
          data-testid="batch-retry"
          aria-label={`Try ${failed} again: ${title}`}
          onClick={() => retryBatch(id)}
        >
          <Glyph name="again" />
          Try {failed} again
        </button>
      )}
      {canCancel(batch) ? (
        <button
          type="button"
          class="button"
          data-testid="batch-cancel"
          aria-label={`Cancel: ${title}`}
          title="Stops what is starting, and launches no more; nodes that are up stay"
          onClick={() => void cancelBatch(id)}
        >
          Cancel
        </button>
      ) : (
        <button
          type="button"
          class="icon-button"
          data-testid="batch-dismiss"
          aria-label={`Dismiss: ${title}`}
          onClick={() => dismissBatch(id)}
        >
          <Glyph name="close" />
        </button>
      )}
    </span>
  );
}

function textOf({ items, placeLabel, pattern }: LaunchBatch): string {
  return `Launching ${items.length} nodes${pattern === '' ? '' : ` named ${pattern}`} on ${placeLabel}`;
}

/** What is launched. Two of the same text are told apart by their numbers. */
function titleOf(batch: LaunchBatch): string {
  const text = textOf(batch);
  return batches.value.some((other) => other !== batch && textOf(other) === text)
    ? `${text} (${batch.id})`
    : text;
}

function Batch({ batch }: { readonly batch: LaunchBatch }): JSX.Element {
  const { items } = batch;
  const title = titleOf(batch);
  return (
    <section class="batch" aria-label={title} data-testid="batch">
      <header>
        <h2 class="minor">{title}</h2>
        <p role="status">{summaryOf(items)}</p>
        <Buttons batch={batch} title={title} />
      </header>
      <progress max={items.length} value={countOf(items, 'up')} aria-label={title} />
      <ul class="batch-items">
        {items.map((item) => (
          <Item key={item.number} item={item} />
        ))}
      </ul>
    </section>
  );
}

export function BatchPanel(): JSX.Element {
  return (
    <>
      {batches.value.map((batch) => (
        <Batch key={batch.id} batch={batch} />
      ))}
    </>
  );
}

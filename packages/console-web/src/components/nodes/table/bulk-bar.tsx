/** Bulk actions on the selected nodes. Each says what it concerns, and is disabled with the reason if that is nothing. */

import type { NodeView } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { bulkProgress, joinPairs, openShells, relaunchNodes, restartNodes } from '../../../state/bulk.ts';
import { planFor } from '../../../state/nodes/bulk-plan.ts';
import { clearSelection } from '../../../state/nodes/selection.ts';
import { openDialog } from '../../../state/page/dialogs.ts';
import { formatCount } from '../../../state/page/format.ts';
import { Glyph, type GlyphName } from '../../glyphs.tsx';

interface BulkAction {
  readonly id: string;
  readonly text: string;
  readonly glyph: GlyphName;
  readonly count: number;
  /** What it does, or why it does nothing. */
  readonly title: string;
  readonly isDanger?: boolean;
  readonly run: () => void;
}

export function askToDelete(chosen: readonly NodeView[]): void {
  const { removals } = planFor(chosen);
  if (removals.length > 0) openDialog.value = { kind: 'deleteMany', nodes: removals.map(({ id }) => id) };
}

function actionsOn(chosen: readonly NodeView[]): readonly BulkAction[] {
  const { shells, relaunches, restarts, removals, joins } = planFor(chosen);
  return [
    {
      ...{ id: 'shell', text: 'Shell', glyph: 'shell', count: shells.length },
      title:
        shells.length > 0 ? `Open a shell on ${formatCount(shells.length, 'node')}` : 'None of them is up',
      run: () => openShells(shells),
    },
    {
      ...{ id: 'join', text: 'Join', glyph: 'link', count: joins.length },
      title:
        joins.length > 0
          ? `Join them to each other: ${formatCount(joins.length, 'pair')} not connected yet`
          : 'No two of them can be joined: they are connected, not up, or in different clusters',
      run: () => void joinPairs(joins),
    },
    {
      ...{ id: 'relaunch', text: 'Launch again', glyph: 'again', count: relaunches.length },
      title:
        relaunches.length > 0
          ? `Launch ${formatCount(relaunches.length, 'node')} that ended again`
          : 'None of them is a launched node that has ended',
      run: () => void relaunchNodes(relaunches),
    },
    {
      ...{ id: 'restart', text: 'Restart', glyph: 'again', count: restarts.length },
      title:
        restarts.length > 0
          ? `Stop ${formatCount(restarts.length, 'node')} and launch ${restarts.length === 1 ? 'it' : 'them'} again`
          : 'None of them is a launched node that runs',
      run: () => void restartNodes(restarts),
    },
    {
      ...{ id: 'delete', text: 'Delete…', glyph: 'trash', count: removals.length, isDanger: true },
      title:
        removals.length > 0
          ? `Stop and delete ${formatCount(removals.length, 'node')}`
          : 'The console has not launched or attached any of them',
      run: () => askToDelete(removals),
    },
  ];
}

function ActionButton({ action }: { readonly action: BulkAction }): JSX.Element {
  const { id, text, glyph, count, title, isDanger, run } = action;
  return (
    <button
      type="button"
      class={`button ${isDanger === true ? 'quiet-danger' : ''}`}
      data-testid={`bulk-${id}`}
      title={title}
      disabled={count === 0 || bulkProgress.value !== undefined}
      onClick={run}
    >
      <Glyph name={glyph} />
      {text}
    </button>
  );
}

/** `chosen`: the selected nodes whose rows are shown. */
export function BulkBar({ chosen }: { readonly chosen: readonly NodeView[] }): JSX.Element {
  const progress = bulkProgress.value;
  return (
    <div
      class="table-tools bulk-bar"
      role="group"
      aria-label="Actions on the selected nodes"
      data-testid="bulk-bar"
    >
      <strong role="status">
        {progress === undefined
          ? `${chosen.length} selected`
          : `${progress.label} ${progress.done} of ${progress.total}`}
      </strong>
      {actionsOn(chosen).map((action) => (
        <ActionButton key={action.id} action={action} />
      ))}
      <button
        type="button"
        class="icon-button"
        aria-label="Clear the selection"
        title="Clear the selection (Esc)"
        data-testid="bulk-clear"
        onClick={clearSelection}
      >
        <Glyph name="close" />
      </button>
    </div>
  );
}

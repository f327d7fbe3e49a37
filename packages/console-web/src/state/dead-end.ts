/** What the page says when its address leads nowhere: there is no such page, node or shell. */

import { computed, type ReadonlySignal } from '@preact/signals';
import { type Route, route } from '../router.ts';
import { isWelcomed } from './connection.ts';
import { strangersOf } from './nodes/mesh-edges.ts';
import { findNode, hasLog, nodes } from './nodes/nodes.ts';
import { consoleShells } from './shells/console-shells.ts';
import { findTab } from './shells/shell-tabs.ts';

export interface DeadEnd {
  readonly title: string;
  readonly text: string;
  /** Where the page goes on. */
  readonly onward: Route;
  readonly onwardLabel: string;
}

/** Why the address leads nowhere; `undefined` if it does, or while the nodes are not known yet. */
export const deadEnd: ReadonlySignal<DeadEnd | undefined> = computed(() =>
  isWelcomed.value ? deadEndOf(route.value) : undefined,
);

function deadEndOf(to: Route): DeadEnd | undefined {
  switch (to.page) {
    case 'nowhere':
      return {
        title: 'There is no such page',
        text: `The address ends in ${to.address}, which is not a page of this console.`,
        onward: { page: 'nodes' },
        onwardLabel: 'Go to the nodes',
      };
    case 'settings':
      return undefined;
    case 'shells':
      return to.shell === undefined ? undefined : missingShell(to.shell);
    case 'mesh':
    case 'nodes':
      return to.node === undefined ? undefined : missingNode(to.page, to.node);
    case 'logs':
      // Of several nodes, those that are there are shown.
      return to.node === undefined || to.others !== undefined ? undefined : missingNode(to.page, to.node);
  }
}

function missingShell(shell: string): DeadEnd | undefined {
  const isHere = findTab((tab) => tab.shellId === shell) !== undefined;
  if (isHere || consoleShells().some(({ id }) => id === shell)) return undefined;
  return {
    title: 'This shell is not open',
    text: `The console has no shell ${shell}. It has ended, or it belongs to another console.`,
    onward: { page: 'shells' },
    onwardLabel: 'Show all shells',
  };
}

function missingNode(page: 'mesh' | 'nodes' | 'logs', id: string): DeadEnd | undefined {
  const node = findNode(id);
  const onward = { page };
  if (node === undefined) {
    if (page === 'mesh' && strangersOf(nodes.value).includes(id)) return undefined;
    return {
      title: `There is no node ${id}`,
      text: 'It has been deleted, or it belongs to another console.',
      onward,
      onwardLabel: page === 'logs' ? 'Show other logs' : 'Show all nodes',
    };
  }
  if (page !== 'logs' || hasLog(node)) return undefined;
  return {
    title: `The log of ${id} is on another console`,
    text: `Open it there: the console ${node.owner?.label ?? 'with the same store'} has the node.`,
    onward,
    onwardLabel: 'Show other logs',
  };
}

/** Carries out addresses that name a shell, and keeps the address in step with what the page shows. */

import { effect, untracked } from '@preact/signals';
import { arrivals, insideOf, noteRoute, route, routeNode } from '../router.ts';
import { isShown, showCluster } from './clusters/shown-cluster.ts';
import { isWelcomed } from './connection.ts';
import { deadEnd } from './dead-end.ts';
import { findNode } from './nodes/nodes.ts';
import { consoleShells } from './shells/console-shells.ts';
import { focusedTab } from './shells/dock.ts';
import { findTab } from './shells/shell-tabs.ts';
import { showShell } from './shells/shells.ts';

export function startDeepLinks(): void {
  effect(openAddressedShell);
  effect(showAddressedCluster);
  effect(noteFocusedShell);
  effect(forgetGone);
}

/** The shell that the address names and that has not been shown yet. */
let wanted: string | undefined;
let lastArrival = -1;

/** Shows the shell that the address names: on arrival, or as soon as the console has told of it. */
function openAddressedShell(): void {
  const arrival = arrivals.value;
  const shells = consoleShells();
  if (!isWelcomed.value) return;
  untracked(() => {
    const to = route.value;
    if (arrival !== lastArrival) wanted = to.page === 'shells' ? to.shell : undefined;
    lastArrival = arrival;
    const shell = shells.find(({ id }) => id === wanted);
    if (shell === undefined) return;
    wanted = undefined;
    showShell(shell);
  });
}

let answeredArrival = -1;

/** Shows the cluster of the node that the address names, if another one is shown. */
function showAddressedCluster(): void {
  const arrival = arrivals.value;
  if (!isWelcomed.value || arrival === answeredArrival) return;
  answeredArrival = arrival;
  untracked(() => {
    const cluster = findNode(routeNode() ?? '')?.cluster;
    if (cluster !== undefined && !isShown(cluster)) showCluster(cluster);
  });
}

/** On the page of shells the address names the shell that the user works in. */
function noteFocusedShell(): void {
  const key = focusedTab.value;
  const shell = findTab((tab) => tab.key === key)?.shellId;
  if (shell === undefined || wanted !== undefined) return;
  untracked(() => {
    if (route.value.page === 'shells') noteRoute({ page: 'shells', shell });
  });
}

/** What the address named when it was there. */
let shown: string | undefined;

/** A node or shell that goes while it is shown leaves the address of its page, not one that leads nowhere. */
function forgetGone(): void {
  const to = route.value;
  if (!isWelcomed.value) return;
  const subject = 'node' in to ? to.node : 'shell' in to ? to.shell : undefined;
  // An open log of a deleted node stays addressed, and so does its inside: that it is gone is news.
  const isKept = to.page === 'logs' || insideOf(to) !== undefined;
  if (subject === undefined || isKept || to.page === 'nowhere') shown = undefined;
  else if (deadEnd.value === undefined) shown = subject;
  else if (subject === shown) {
    shown = undefined;
    noteRoute({ page: to.page });
  }
}

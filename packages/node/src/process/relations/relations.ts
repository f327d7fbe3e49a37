/** The relations of one process to others: its links, its monitors, and the nodes involved. */

import { LinkTable } from './links.ts';
import { type Monitor, ReferenceTable, type Watcher } from './monitors.ts';

export class Relations {
  readonly links: LinkTable = new LinkTable();
  readonly monitors: ReferenceTable<Monitor> = new ReferenceTable(nodeOfMonitor);
  readonly watchers: ReferenceTable<Watcher> = new ReferenceTable(nodeOfWatcher);
  /** The other nodes that the process has or had links or monitors with. */
  readonly nodes: Set<string> = new Set();
}

function nodeOfMonitor(monitor: Monitor): string {
  return monitor.node;
}

function nodeOfWatcher(watcher: Watcher): string {
  return watcher.pid.node;
}

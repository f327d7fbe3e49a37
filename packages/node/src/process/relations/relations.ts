/** The relations of one process to others: its links, its monitors, and the nodes involved. */

import type { Pid, Reference } from '../../etf/index.ts';
import { LinkTable } from './links.ts';
import { type Monitor, ReferenceTable, type Watcher } from './monitors.ts';

/** A process that was started on another node, and what its parent asked for. */
export interface SpawnedFor {
  readonly pid: Pid;
  readonly isLinked: boolean;
  /** The reference of the request, if the process is monitored. */
  readonly monitor: Reference | undefined;
}

export class Relations {
  readonly links: LinkTable = new LinkTable();
  readonly monitors: ReferenceTable<Monitor> = new ReferenceTable(nodeOfMonitor);
  readonly watchers: ReferenceTable<Watcher> = new ReferenceTable(nodeOfWatcher);
  /** The other nodes that the process has or had links or monitors with. */
  readonly nodes: Set<string> = new Set();

  /** Records the link and the monitor with a process that was started for this one: nothing needs to be sent. */
  adopt({ pid, isLinked, monitor }: SpawnedFor): void {
    if (isLinked) this.links.link(pid);
    if (monitor !== undefined)
      this.monitors.add({ ref: monitor, target: pid, node: pid.node, endsAlias: false });
  }
}

function nodeOfMonitor(monitor: Monitor): string {
  return monitor.node;
}

function nodeOfWatcher(watcher: Watcher): string {
  return watcher.pid.node;
}

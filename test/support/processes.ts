/** Inspects this machine: the names registered with an EPMD, and the processes that a console left behind. */

import { readdirSync, readFileSync } from 'node:fs';
import { EpmdClient } from '@convoy/node/epmd';
import { splitNodeName } from '@convoy/node/names';
import { eventually } from './eventually.ts';

/** Fails unless EPMD has forgotten `node` within five seconds. */
export async function expectNoNode(epmdPort: number, node: string): Promise<void> {
  const { name } = splitNodeName(node);
  const client = new EpmdClient({ port: epmdPort });
  await eventually(`EPMD to forget ${node}`, 30_000, async () => (await client.lookup(name)) === undefined);
}

/**
 * Ids of live processes whose environment holds `text` (a data directory, an EPMD port): what a console has started.
 * `isPrefix`: one of its lines begins with it.
 */
export function processesWith(text: string, { isPrefix = false } = {}): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((id) => {
      try {
        const alive = !/^State:\s+Z/m.test(readFileSync(`/proc/${id}/status`, 'utf8'));
        const lines = readFileSync(`/proc/${id}/environ`, 'utf8').split('\0');
        return alive && lines.some((line) => (isPrefix ? line.startsWith(text) : line === text));
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Kills a process, unless it has already ended. */
export function killIfThere(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

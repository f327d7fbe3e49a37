/** Whether users may act inside of a node: kill and trace processes, send messages, call functions. Pure. */

import { ConsoleError } from '../errors.ts';
import type { ClusterView } from '../protocol/index.ts';

/** Throws CONSOLE_ACTING_OFF if it is switched off in this cluster. */
export function checkActing({ id, label, production, acting }: ClusterView): void {
  if (acting) return;
  const why = production ? ', as it is at first in a production cluster' : '';
  throw new ConsoleError(
    'CONSOLE_ACTING_OFF',
    `acting inside of the nodes of ${label} is switched off${why}: nothing was done`,
    {
      remedy: `Switch it on in the settings of the cluster, or with the command: convoy clusters set ${id} --acting`,
    },
  );
}

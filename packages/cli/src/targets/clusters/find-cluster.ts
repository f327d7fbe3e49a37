/** Finds clusters of the console by what a user calls them. */

import type { ClusterView } from '@convoy/console/protocol';
import { CliError } from '../../errors.ts';
import type { ConsoleClient } from '../console-client.ts';

/** The cluster with this id, or the only one with this label. Rejects with CLI_BAD_OPTION. */
export async function clusterCalled(ask: ConsoleClient, text: string): Promise<ClusterView> {
  return findCluster(await ask('GET /api/clusters'), text);
}

/** The cluster with this id, or the only one with this label. Throws CLI_BAD_OPTION. */
export function findCluster<Cluster extends Pick<ClusterView, 'id' | 'label'>>(
  clusters: readonly Cluster[],
  text: string,
): Cluster {
  const exact = clusters.find(({ id }) => id === text);
  if (exact !== undefined) return exact;
  const labelled = clusters.filter(({ label }) => label === text);
  const [only] = labelled;
  if (only !== undefined && labelled.length === 1) return only;
  const ids = (labelled.length > 1 ? labelled : clusters).map(({ id }) => id).join(', ');
  const message =
    labelled.length > 1
      ? `the console has several clusters labelled ${text}`
      : `the console has no cluster named ${text}`;
  throw new CliError('CLI_BAD_OPTION', message, { value: text, remedy: `Use one of ${ids}.` });
}

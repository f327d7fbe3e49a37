/** Attaches the cluster that `convoy up` was told to, once the console is up. A failure is printed and ends nothing. */

import type { ClusterView } from '@convoy/console/protocol';
import { CliError } from '../../errors.ts';
import type { AttachRequest } from '../../options/attach/attach-options.ts';
import { describeError, note } from '../../output.ts';
import { type ConsoleClient, createConsoleClient } from '../console-client.ts';
import { prepareWay } from '../railway-place.ts';
import { type AttachedCluster, followAttaching, noteDiagnosis } from './attach-cluster.ts';

/** The console goes on trying: this only decides when the user reads of it. */
const timeoutMs = 60_000;

/** Attaches the cluster, unless one with the same members and strategies is attached already. `signal` aborts when the console closes. */
export async function attachAtStart(
  request: AttachRequest,
  { dataDir, signal }: { readonly dataDir: string; readonly signal: AbortSignal },
): Promise<void> {
  try {
    const { cluster, nodes } = await attachOnce(createConsoleClient(dataDir), request, signal);
    const members = nodes.length === 1 ? '1 node' : `${nodes.length} nodes`;
    note(`convoy: ${cluster.id} is attached through ${cluster.entry ?? 'no node'}: ${members}`);
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof CliError) noteDiagnosis(error.diagnosis);
    const { code, message, remedy, reason } = describeError(error);
    note(`convoy: ${message} [${reason ?? code}]`);
    if (remedy !== undefined) note(`  ${remedy}`);
  }
}

/** A cluster that is kept is attached again by the console itself, with its label, colour and mark. One that has failed stays in the page. */
async function attachOnce(
  ask: ConsoleClient,
  request: AttachRequest,
  signal: AbortSignal,
): Promise<AttachedCluster> {
  const known = (await ask('GET /api/clusters')).find((cluster) => hasSameEntries(cluster, request));
  if (known === undefined) await prepareWay(ask, request.via);
  const cluster = known ?? (await ask('POST /api/clusters', { body: request }));
  return followAttaching(ask, cluster, { timeoutMs, signal });
}

function hasSameEntries({ request }: ClusterView, { nodes, discover, via }: AttachRequest): boolean {
  if (request === undefined) return false;
  return (
    JSON.stringify([request.nodes, request.discover, request.via]) === JSON.stringify([nodes, discover, via])
  );
}

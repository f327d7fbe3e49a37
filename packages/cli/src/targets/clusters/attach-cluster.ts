/** Has the console attach a cluster, and follows that to its end. */

import type { ClusterView, DiagnosisView, NodeView } from '@convoy/console/protocol';
import { pause } from '@convoy/node/async';
import { CliError } from '../../errors.ts';
import type { AttachRequest } from '../../options/attach/attach-options.ts';
import { note } from '../../output.ts';
import { diagnosisStepLine, verdictText } from '../../terminal/diagnosis-lines.ts';
import type { ConsoleClient } from '../console-client.ts';
import { prepareWay } from '../railway-place.ts';

const pollMs = 200;

/** A cluster that is attached, with the members that were found. */
export interface AttachedCluster {
  readonly cluster: ClusterView;
  readonly nodes: readonly NodeView[];
}

/** How long to wait, and what ends it earlier. */
interface FollowOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Has the console attach a cluster. Resolves when one of its members has answered. Rejects with CLI_ATTACH_FAILED, after which the console has
 * forgotten the attempt, and with CLI_CONSOLE_REFUSED for a request that the console does not accept.
 */
export async function attachCluster(
  ask: ConsoleClient,
  request: AttachRequest,
  options: FollowOptions,
): Promise<AttachedCluster> {
  await prepareWay(ask, request.via);
  const started = await ask('POST /api/clusters', { body: request });
  try {
    return await followAttaching(ask, started, options);
  } catch (error) {
    const isOver = error instanceof CliError && error.code === 'CLI_ATTACH_FAILED';
    if (isOver && (await viewOf(ask, started.id)).state === 'failed') await forget(ask, started.id);
    throw error;
  }
}

/** Follows a cluster until it is connected. Rejects with CLI_ATTACH_FAILED, and with the reason of the signal. */
export async function followAttaching(
  ask: ConsoleClient,
  first: ClusterView,
  { timeoutMs, signal }: FollowOptions,
): Promise<AttachedCluster> {
  const { id } = first;
  const deadline = performance.now() + timeoutMs;
  let cluster = first;
  while (cluster.state === 'connecting') {
    if (performance.now() >= deadline) throw notConnected(cluster, `after ${timeoutMs / 1000} s`);
    await pause(pollMs, signal);
    cluster = await viewOf(ask, id);
  }
  if (cluster.state === 'failed') throw failed(cluster);
  if (cluster.state === 'down') throw notConnected(cluster, 'now');
  const nodes = await ask('GET /api/nodes');
  return { cluster, nodes: nodes.filter((node) => node.cluster === id) };
}

function viewOf(ask: ConsoleClient, id: string): Promise<ClusterView> {
  return ask('GET /api/clusters/:id', { params: { id } });
}

/** The failure that is reported matters more than one of these. */
async function forget(ask: ConsoleClient, id: string): Promise<void> {
  await ask('DELETE /api/clusters/:id', { params: { id } }).catch(() => undefined);
}

/** Prints what the doctor found for a cluster that could not be attached, as `convoy doctor` does. */
export function noteDiagnosis(diagnosis: DiagnosisView | undefined): void {
  if (diagnosis === undefined) return;
  for (const step of diagnosis.steps) note(diagnosisStepLine(step));
  note(verdictText(diagnosis));
}

function failed({ id, problem, diagnosis }: ClusterView): CliError {
  const why = problem?.message ?? diagnosis?.fault?.sentence ?? 'no node answered';
  return new CliError('CLI_ATTACH_FAILED', `${id} cannot be attached: ${why}`, {
    value: id,
    reason: problem?.code,
    // The problem can only advise to ask the doctor.
    remedy: diagnosis?.fault?.remedy ?? problem?.remedy,
    diagnosis,
  });
}

/** The error for a cluster that the console has not given up. */
function notConnected({ id, problem, diagnosis }: ClusterView, when: string): CliError {
  const why = problem === undefined ? '' : `: ${problem.message}`;
  return new CliError('CLI_ATTACH_FAILED', `${id} is not connected ${when}${why}`, {
    value: id,
    reason: problem?.code,
    remedy: `The console keeps trying: \`convoy clusters\` shows how it is, \`convoy detach ${id}\` gives up.`,
    diagnosis,
  });
}

/** Asks before something is changed: on a cluster that is marked as production, and where the act does more than it says. */

import type { ClusterView } from '@convoy/console/protocol';
import { CliError } from '../../errors.ts';
import { askLine, canAsk } from '../../terminal/ask-line.ts';
import type { ConsoleClient } from '../console-client.ts';

type MarkedCluster = Pick<ClusterView, 'id' | 'label' | 'production'>;

/** The flag that answers the question. */
export interface ConfirmFlags {
  readonly yes?: boolean;
}

/** Name and description of `--yes`, for commander. */
export const yesOption = ['--yes', 'do it without asking'] as const;

/** An act: `Stop`, `web@10.0.0.5`. */
interface Act {
  /** The verb, as a question begins with it. */
  readonly verb: string;
  readonly what: string;
}

/** Asks the user. Rejects with CLI_NOT_CONFIRMED, also without a terminal. */
export async function confirm({ verb, what }: Act, reason: string, { yes }: ConfirmFlags): Promise<void> {
  if (yes === true) return;
  const act = `${verb.toLowerCase()} ${what}`;
  if (!canAsk()) {
    throw new CliError(
      'CLI_NOT_CONFIRMED',
      `${reason}, and there is no terminal to ask at whether to ${act}`,
      {
        remedy: 'Nothing was changed. Add --yes to do it without being asked.',
      },
    );
  }
  const answer = await askLine(`${reason}. ${verb} ${what}? [y/N] `);
  if (/^y(?:es)?$/i.test(answer?.trim() ?? '')) return;
  throw new CliError('CLI_NOT_CONFIRMED', `not confirmed: ${act}`, {
    remedy: 'Nothing was changed. Answer y, or add --yes.',
  });
}

/** Asks the user if the cluster is marked as production. Rejects with CLI_NOT_CONFIRMED. */
export async function confirmOnProduction(
  act: Act,
  cluster: MarkedCluster | undefined,
  flags: ConfirmFlags,
): Promise<void> {
  if (cluster?.production === true) await confirm(act, productionReason(cluster), flags);
}

/** Asks the user if the cluster with this id is marked as production. Rejects with CLI_NOT_CONFIRMED. */
export async function confirmIfProduction(
  ask: ConsoleClient,
  { cluster, ...act }: Act & { readonly cluster: string | undefined },
  flags: ConfirmFlags,
): Promise<void> {
  if (flags.yes === true || cluster === undefined) return;
  const found = (await ask('GET /api/clusters')).find(({ id }) => id === cluster);
  await confirmOnProduction(act, found, flags);
}

/** Why is asked: `prod is marked as production`. */
export function productionReason({ id, label }: Pick<MarkedCluster, 'id' | 'label'>): string {
  return `${label === id ? id : `${label} (${id})`} is marked as production`;
}

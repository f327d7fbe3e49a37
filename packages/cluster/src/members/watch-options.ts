/** The options of `watchCluster`, their defaults and their checks. */

import { type Clock, parseNodeName, systemClock } from '@convoy/node';
import { MembersError } from '../errors.ts';
import type { ClusterSettings } from './state/cluster-model.ts';

/** Options of `watchCluster`. */
export interface WatchOptions {
  /** Full names of members to enter by, tried in this order whenever none is connected. Best Erlang or Elixir nodes. */
  readonly entries: readonly string[];
  /** Called before a member is dialled: the place to set its cookie and its route. A rejection counts as a failed dial. */
  readonly reach?: ((member: string) => void | Promise<void>) | undefined;
  /** Enter by any member that has been seen when none of `entries` can be reached. Default false. */
  readonly isAnyMemberEntry?: boolean | undefined;
  /** Interval between two questions to all members how they are, in milliseconds. Default 60000. */
  readonly vitalsMs?: number | undefined;
  /** How long the entry waits for a member to come or go before it is asked again, in milliseconds. Default 60000. */
  readonly listenMs?: number | undefined;
  /** How long members may take to answer, in milliseconds. Default 5000. */
  readonly answerMs?: number | undefined;
  /** How long a connection made by `visit` stays after its last visit, in milliseconds. Default 30000. */
  readonly idleMs?: number | undefined;
  /** Delay before all entries are tried again, in milliseconds, doubled from `first` to `last`. Default 1000 and 30000. */
  readonly retryMs?: { readonly first: number; readonly last: number } | undefined;
  /** Maximum number of members. Default 1000. */
  readonly maxMembers?: number | undefined;
  /** Maximum number of nodes that a member may add to those that the entry knows. Default 50. */
  readonly maxReported?: number | undefined;
  readonly clock?: Clock | undefined;
  /** Aborts the first connection. */
  readonly signal?: AbortSignal | undefined;
}

/** The options with all defaults filled in. */
export interface WatchSettings {
  readonly cluster: ClusterSettings;
  readonly reach: WatchOptions['reach'];
  readonly vitalsMs: number;
  readonly listenMs: number;
  readonly answerMs: number;
  readonly idleMs: number;
  readonly retryMs: { readonly first: number; readonly last: number };
  readonly clock: Clock;
}

/** Checks the options and fills in the defaults. Throws MEMBERS_BAD_OPTION. */
export function resolveWatchOptions(self: string, options: WatchOptions): WatchSettings {
  const { entries, retryMs = { first: 1000, last: 30_000 } } = options;
  checkEntries(self, entries);
  return {
    cluster: {
      self,
      entries: [...new Set(entries)],
      maxMembers: positive('maxMembers', options.maxMembers ?? 1000),
      maxReported: positive('maxReported', options.maxReported ?? 50),
      isAnyMemberEntry: options.isAnyMemberEntry ?? false,
    },
    reach: options.reach,
    vitalsMs: positive('vitalsMs', options.vitalsMs ?? 60_000),
    listenMs: positive('listenMs', options.listenMs ?? 60_000),
    answerMs: positive('answerMs', options.answerMs ?? 5000),
    idleMs: positive('idleMs', options.idleMs ?? 30_000),
    retryMs: {
      first: positive('retryMs.first', retryMs.first),
      last: positive('retryMs.last', retryMs.last),
    },
    clock: options.clock ?? systemClock,
  };
}

function checkEntries(self: string, entries: readonly string[]): void {
  const wrong = entries.find((name) => parseNodeName(name) === undefined || name === self);
  if (entries.length > 0 && wrong === undefined) return;
  const [message, remedy] =
    entries.length === 0
      ? ['entries is empty', 'Set it to the full name of at least one member of the cluster.']
      : [
          `${JSON.stringify(String(wrong).slice(0, 100))} in entries is not the full name of another node`,
          'Write name@host, for instance app@10.0.0.5.',
        ];
  throw new MembersError('MEMBERS_BAD_OPTION', message, { value: entries, remedy });
}

function positive(option: string, value: number): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw new MembersError('MEMBERS_BAD_OPTION', `${option} is ${value}, which is not an integer above 0`, {
    value,
    remedy: `Set ${option} to an integer of at least 1.`,
  });
}

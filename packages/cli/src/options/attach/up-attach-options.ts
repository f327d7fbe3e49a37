/** Options by which `convoy up` attaches a running cluster. */

import type { Command } from 'commander';
import { CliError } from '../../errors.ts';
import type { SettingName } from '../setting-table.ts';
import { addClusterWayOptions, type ClusterWayFlags } from './attach-options.ts';

/** The flags of `convoy up` about a cluster to attach. */
export interface UpAttachFlags extends ClusterWayFlags {
  /** Members to enter by. */
  readonly attach?: readonly string[];
}

/** The flags that `withSettings` fills in; the others only if there is something to attach. */
export const upAttachSettings: readonly SettingName[] = [
  'attach',
  'discover',
] satisfies (keyof UpAttachFlags)[];

const wayFlags = {
  cookieFile: '--cookie-file',
  via: '--via',
  proto: '--proto',
  tlsCert: '--tls-cert',
  tlsKey: '--tls-key',
  tlsCa: '--tls-ca',
  tlsVerify: '--tls-verify',
  epmdPort: '--epmd-port',
  distPort: '--dist-port',
} satisfies Partial<Record<keyof ClusterWayFlags, string>>;

/** Throws CLI_BAD_OPTION for a flag about a cluster if there is none to attach: it would seem to apply to launched nodes. */
export function refuseWayAlone(flags: ClusterWayFlags): void {
  const given = (Object.keys(wayFlags) as (keyof typeof wayFlags)[]).find(
    (name) => flags[name] !== undefined,
  );
  if (given === undefined) return;
  throw new CliError('CLI_BAD_OPTION', `${wayFlags[given]} has no effect without a cluster to attach`, {
    remedy: 'Add --attach NODE or --discover STRATEGY:..., or omit it.',
  });
}

/** Adds the flags to a command. */
export function addUpAttachOptions(command: Command): Command {
  command
    .option(
      '--attach <node...>',
      'attach the running cluster of these nodes, tried in this order: name@host (CONVOY_ATTACH)',
    )
    .option(
      '--discover <topology...>',
      'attach the cluster whose nodes this topology finds, e.g. dns:query=api.internal,basename=api (CONVOY_DISCOVER)',
    );
  return addClusterWayOptions(command);
}

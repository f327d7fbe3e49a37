/** Options of the commands that have the console attach a running cluster, and the request that follows from them. */

import { resolve } from 'node:path';
import { hostname } from 'node:os';
import type { Command } from 'commander';
import type { TopologyDescription } from '@convoy/cluster/discovery';
import { type AttachClusterRequest, clusterColors } from '@convoy/console/protocol';
import { CliError } from '../../errors.ts';
import { ifGiven, oneOf, parseCount, withSettings } from '../config.ts';
import type { ConfigPlaces } from '../config-file.ts';
import { readReleaseEnvironment } from '../release-environment.ts';
import type { SettingName } from '../setting-table.ts';
import { type ClusterCookieFlags, findClusterCookie } from './cluster-cookie.ts';
import { discoveryTexts } from './discovery-texts.ts';

/** The flags for how members are found and reached. */
export interface ClusterWayFlags extends ClusterCookieFlags {
  /** `STRATEGY:key=value,...`; a configuration file may contain descriptions too. */
  readonly discover?: readonly (string | TopologyDescription)[];
  readonly proto?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsCa?: string;
  readonly tlsVerify?: string;
  readonly epmdPort?: string | undefined;
  readonly distPort?: string;
  /** A place of the console by its key, or an SSH target. */
  readonly via?: string;
}

/** All flags of a request. */
export interface AttachFlags extends ClusterWayFlags {
  readonly name?: string | undefined;
  readonly color?: string;
  readonly production?: boolean;
  readonly keep?: boolean;
}

/** The flags that `withSettings` fills in. `discover` is not among them: what it finds belongs to the cluster that was meant. */
const waySettings: readonly SettingName[] = [
  'proto',
  'tlsCert',
  'tlsKey',
  'tlsCa',
  'tlsVerify',
  'distPort',
  'via',
] satisfies (keyof ClusterWayFlags)[];

/** Adds the flags for how members are reached to a command. */
export function addClusterWayOptions(command: Command): Command {
  return command
    .option(
      '--cookie-file <file>',
      'file that contains the cookie of the cluster (CONVOY_COOKIE_FILE; or CONVOY_COOKIE)',
    )
    .option(
      '--via <place>',
      'where to connect from: ssh://user@host[:port][,next-hop...] or railway:project/environment (CONVOY_VIA)',
    )
    .option('--proto <proto>', 'inet, inet6, tls or tls6 (CONVOY_PROTO, or -proto_dist in ERL_AFLAGS)')
    .option('--tls-cert <file>', 'certificate for the connection, PEM (CONVOY_TLS_CERT)')
    .option('--tls-key <file>', 'private key of the certificate, PEM (CONVOY_TLS_KEY)')
    .option('--tls-ca <file>', 'CA certificates that the cluster trusts, PEM (CONVOY_TLS_CA)')
    .option(
      '--tls-verify <mode>',
      'peer: accept only certificates of the CA; none: accept any (CONVOY_TLS_VERIFY)',
    )
    .option(
      '--epmd-port <port>',
      'port of EPMD on the hosts of the nodes (ERL_EPMD_PORT, else that of the console)',
    )
    .option(
      '--dist-port <port>',
      'port that all nodes listen on, instead of asking EPMD (CONVOY_DIST_PORT, ERL_DIST_PORT, or -erl_epmd_port)',
    );
}

/** Values of `--color`. */
export const colors: readonly string[] = clusterColors;

/** The request for these members. Rejects with CLI_BAD_OPTION, CLI_NO_COOKIE or DISCOVERY_BAD_OPTION. */
export async function attachRequestOf(
  nodes: readonly string[],
  flags: AttachFlags,
  sources: ConfigPlaces = {},
): Promise<AttachRequest> {
  const { env = process.env } = sources;
  const derived = { ...readReleaseEnvironment(env, hostname()) };
  const options = await withSettings(flags, waySettings, { ...sources, derived });
  const discover = await discoveryTexts(options.discover ?? []);
  if (nodes.length === 0 && discover.length === 0) {
    throw new CliError('CLI_BAD_OPTION', 'no node was named to enter the cluster by', {
      remedy:
        'Name a node, e.g. app@10.0.0.5, or add --discover, e.g. --discover dns:query=api.internal,basename=api.',
    });
  }
  const { via, name, color, production, keep } = options;
  return {
    nodes: [...nodes],
    discover,
    ...(await findClusterCookie(options, sources)),
    ...carrierParts(options, env),
    name: ifGiven(name, checkClusterName),
    via,
    color: ifGiven(color, (given) => oneOf(given, clusterColors, '--color')),
    production,
    keep,
  };
}

/** The body of `POST /api/clusters`. What it leaves out has the default of the console. */
export type AttachRequest = {
  readonly [Key in keyof AttachClusterRequest]?: AttachClusterRequest[Key] | undefined;
};

function carrierParts(
  flags: ClusterWayFlags,
  env: NodeJS.ProcessEnv,
): Pick<AttachRequest, 'proto' | 'tls' | 'epmdPort' | 'port'> {
  const { proto: given, tlsCert, tlsKey, tlsCa, tlsVerify, distPort, via } = flags;
  const proto = oneOf(given ?? 'inet', ['inet', 'inet6', 'tls', 'tls6'], '--proto');
  const isTls = proto === 'tls' || proto === 'tls6';
  // An explicit --proto overrides certificates that a configuration file holds for other nodes.
  if (!isTls && given === undefined) refuseTlsFlags(flags);
  const tls = {
    certFile: ifGiven(tlsCert, (file) => resolve(file)),
    keyFile: ifGiven(tlsKey, (file) => resolve(file)),
    caFile: ifGiven(tlsCa, (file) => resolve(file)),
    verify: oneOf(tlsVerify ?? 'peer', ['peer', 'none'], '--tls-verify'),
  };
  // The variable is about the hosts that are reached from here.
  const epmdPort = flags.epmdPort ?? (via === undefined ? env['ERL_EPMD_PORT'] : undefined);
  return {
    proto,
    tls: isTls ? tls : undefined,
    epmdPort: ifGiven(epmdPort || undefined, (port) => parseCount(port, '--epmd-port', [1, 65_535])),
    port: ifGiven(distPort, (port) => parseCount(port, '--dist-port', [1, 65_535])),
  };
}

/** Throws CLI_BAD_OPTION for certificates without TLS: the connection would only look secure. */
function refuseTlsFlags({ tlsCert, tlsKey, tlsCa, tlsVerify }: ClusterWayFlags): void {
  if ([tlsCert, tlsKey, tlsCa, tlsVerify].every((flag) => flag === undefined)) return;
  throw new CliError('CLI_BAD_OPTION', '--tls- options were given, but TLS is not used', {
    remedy: 'Add --proto tls (or tls6) to use TLS, or --proto inet to ignore them.',
  });
}

/** Throws CLI_BAD_OPTION. The console has the same rule. */
function checkClusterName(name: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) return name;
  throw new CliError('CLI_BAD_OPTION', `--name ${name.slice(0, 60)} is not a valid name of a cluster`, {
    value: name,
    remedy: 'Use at most 40 lower-case letters, digits and dashes; do not start with a dash.',
  });
}

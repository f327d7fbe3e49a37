/**
 * The variables that make a service of Railway a node of the cluster. Pure. Railway's token is never one of them, by
 * whatever name: a node has no business with Railway.
 */

import { RailwayError } from '../model/errors.ts';
import type { ProviderNodeKind } from '../../../launch/provider.ts';

export interface NodeVariablesOptions {
  /** The part of its name before the `@`. */
  readonly name: string;
  readonly kind: ProviderNodeKind;
  /** The variable that marks it as ours. */
  readonly mark: string;
  readonly cookie: string;
  readonly distPort: number;
  /** Whether nodes reach each other by IPv6. */
  readonly ipv6: boolean;
  /** What else there is, from the least important on. */
  readonly others: readonly Readonly<Record<string, string>>[];
}

const privateHost = '${{RAILWAY_PRIVATE_DOMAIN}}';
const flags = 'ERL_AFLAGS';

/**
 * The port is told once: start scripts of relx make `-erl_epmd_port` of ERL_DIST_PORT, and a BEAM that is given this flag twice
 * finds nobody. Every BEAM reads flags, so they get those; ERL_AFLAGS of others are kept behind ours.
 */
export function nodeVariables(options: NodeVariablesOptions): Record<string, string> {
  const { name, kind, mark, cookie, distPort, ipv6 } = options;
  const others: Record<string, string> = Object.assign({}, ...options.others);
  const isBeam = kind !== 'typescript';
  const given = [isBeam ? beamFlags(distPort, ipv6) : '', others[flags] ?? ''].filter((text) => text !== '');
  return {
    // Both families: the relay comes by 127.0.0.1, other nodes by IPv6. A BEAM with inet6_tcp does that by itself.
    ...(ipv6 && !isBeam ? { CONVOY_LISTEN_HOST: '::' } : {}),
    ...others,
    RELEASE_NODE: `${name}@${privateHost}`,
    RELEASE_COOKIE: cookie,
    RELEASE_DISTRIBUTION: 'name',
    ...(isBeam ? {} : { ERL_DIST_PORT: String(distPort) }),
    ...(given.length === 0 ? {} : { [flags]: given.join(' ') }),
    [mark]: name,
    CONVOY_KIND: kind,
  };
}

/** Without EPMD, for OTP 23 and later; an older one listens on that port all the same. */
function beamFlags(port: number, ipv6: boolean): string {
  const listen = `-kernel inet_dist_listen_min ${port} inet_dist_listen_max ${port}`;
  const withoutEpmd = `-start_epmd false -erl_epmd_port ${port}`;
  return `${ipv6 ? '-proto_dist inet6_tcp ' : ''}${listen} ${withoutEpmd}`;
}

const ours = ['RELEASE_NODE', 'RELEASE_COOKIE', 'RELEASE_DISTRIBUTION', 'ERL_DIST_PORT', 'CONVOY_KIND'];
const secrets = ['RAILWAY_TOKEN', 'RAILWAY_API_TOKEN'];

/** Throws RAILWAY_BAD_INPUT for variables that are not for others to set. Values are not shown. */
export function checkExtraVariables(variables: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(variables)) {
    if (secrets.includes(name)) {
      throw new RailwayError('RAILWAY_BAD_INPUT', `${name} must not be passed to nodes`, {
        remedy: 'Leave it out: anyone with a shell on the node could use your Railway account.',
      });
    }
    if (ours.includes(name) || name.startsWith('CONVOY_CLUSTER_')) {
      throw new RailwayError('RAILWAY_BAD_INPUT', `${name} is set by the provider itself`, {
        remedy: 'Leave it out; cookie, distPort and cluster are options of the provider.',
      });
    }
  }
}

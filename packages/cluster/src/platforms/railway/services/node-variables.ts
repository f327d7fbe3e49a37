/**
 * The variables that make a Railway service a node of the cluster. They never include a Railway token: nodes have no need to
 * call Railway. Pure.
 */

import { RailwayError } from '../model/railway-error.ts';
import { tokenVariables } from '../../token-variables.ts';
import type { ProviderNodeKind } from '../../../launch/provider.ts';

export interface NodeVariablesOptions {
  /** The part of its name before the `@`. */
  readonly name: string;
  readonly kind: ProviderNodeKind;
  /** Name of the variable that marks the service as Convoy's. */
  readonly mark: string;
  readonly cookie: string;
  readonly distPort: number;
  /** Whether nodes reach each other over IPv6. */
  readonly ipv6: boolean;
  /** Further variables; later ones take precedence. */
  readonly others: readonly Readonly<Record<string, string>>[];
}

const privateHost = '${{RAILWAY_PRIVATE_DOMAIN}}';
const flags = 'ERL_AFLAGS';

/**
 * The port is given only once: start scripts of relx turn ERL_DIST_PORT into `-erl_epmd_port`, and a BEAM that is given this flag
 * twice finds no other node. Every BEAM reads ERL_AFLAGS, so it goes there, followed by any flags from `others`.
 */
export function nodeVariables(options: NodeVariablesOptions): Record<string, string> {
  const { name, kind, mark, cookie, distPort, ipv6 } = options;
  const others: Record<string, string> = Object.assign({}, ...options.others);
  const isBeam = kind !== 'typescript';
  const given = [isBeam ? beamFlags(distPort, ipv6) : '', others[flags] ?? ''].filter((text) => text !== '');
  return {
    // Both families: the relay connects to 127.0.0.1, other nodes use IPv6. A BEAM with inet6_tcp accepts both anyway.
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

/** Without EPMD on OTP 23 and later; older releases listen on that port as well. */
function beamFlags(port: number, ipv6: boolean): string {
  const listen = `-kernel inet_dist_listen_min ${port} inet_dist_listen_max ${port}`;
  const withoutEpmd = `-start_epmd false -erl_epmd_port ${port}`;
  return `${ipv6 ? '-proto_dist inet6_tcp ' : ''}${listen} ${withoutEpmd}`;
}

const providerVariables = [
  'RELEASE_NODE',
  'RELEASE_COOKIE',
  'RELEASE_DISTRIBUTION',
  'ERL_DIST_PORT',
  'CONVOY_KIND',
];

/** Throws RAILWAY_BAD_INPUT for variables that only the provider may set, and for tokens. Values are not shown. */
export function checkExtraVariables(variables: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(variables)) {
    if (tokenVariables.includes(name)) {
      throw new RailwayError('RAILWAY_BAD_INPUT', `${name} must not be passed to nodes`, {
        remedy: 'Leave it out: anyone with a shell on the node could read it.',
      });
    }
    if (providerVariables.includes(name) || name.startsWith('CONVOY_CLUSTER_')) {
      throw new RailwayError('RAILWAY_BAD_INPUT', `${name} is set by the provider itself`, {
        remedy: 'Leave it out; cookie, distPort and cluster are options of the provider.',
      });
    }
  }
}

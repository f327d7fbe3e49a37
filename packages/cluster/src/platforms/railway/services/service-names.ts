/** The name of a node's service on Railway, and of the variable that marks it as Convoy's. Pure. */

import { isFullNodeName, isNodeKind, splitNodeName } from '@convoy/node/names';
import { ProviderError } from '../../../errors.ts';
import { RailwayError } from '../model/railway-error.ts';
import type { ProviderNodeKind } from '../../../launch/provider.ts';

const maxLength = 32;
const suffixLength = 5;
/** Names that Railway reserves. */
const reserved = /^(?:health|internal|internal-health|railway|up|railway-internal.*)$/;

/** The service name for a node, which is also its host name in the private network: `web-1` for the node `web_1`. */
export function serviceNameFor(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-')
    .slice(0, maxLength)
    .replaceAll(/^-+|-+$/g, '');
  return plain === '' || reserved.test(plain) ? `node-${plain}`.replace(/-$/, '').slice(0, maxLength) : plain;
}

/**
 * Another service name, for when the plain one is taken: names are unique within a project, across its environments. `random`
 * consists of `[a-z0-9]`.
 */
export function anotherServiceName(name: string, random: string): string {
  const room = maxLength - suffixLength - 1;
  return `${serviceNameFor(name).slice(0, room).replace(/-+$/, '')}-${random.slice(0, suffixLength)}`;
}

/** The variable that marks the services of a cluster: `CONVOY_CLUSTER_STAGING`. Throws RAILWAY_BAD_INPUT. */
export function markOf(cluster: string): string {
  if (!/^[a-z0-9_]{1,32}$/.test(cluster)) {
    throw new RailwayError('RAILWAY_BAD_INPUT', `${JSON.stringify(cluster)} is not a valid cluster id`, {
      remedy: 'Use at most 32 lower-case letters, digits and _.',
    });
  }
  return `CONVOY_CLUSTER_${cluster.toUpperCase()}`;
}

/** The kind of node that the variable CONVOY_KIND names. A service without it is treated as Erlang. */
export function kindOf(text: string | undefined): ProviderNodeKind {
  return text !== undefined && isNodeKind(text) ? text : 'erlang';
}

/** Returns the node name that Railway rendered. Throws PROVIDER_DEPLOY_FAILED when it has no host: private networking is off. */
export function checkedName(name: string, planned: string): string {
  if (isFullNodeName(name)) return name;
  throw new ProviderError('PROVIDER_DEPLOY_FAILED', `${planned} has no private host name on Railway`, {
    node: planned,
    remedy: 'Enable private networking for the environment.',
  });
}

/** The part of a full node name before the `@`. */
export function localPart(node: string): string {
  return splitNodeName(node).name;
}

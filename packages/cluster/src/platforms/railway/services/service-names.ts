/** What a node's service is called on Railway, and by which variable it is known as ours. Pure. */

import { isNodeKind, splitNodeName } from '@convoy/node/names';
import { ProviderError } from '../../../errors.ts';
import { RailwayError } from '../model/errors.ts';
import type { ProviderNodeKind } from '../../../launch/provider.ts';

const maxLength = 32;
const suffixLength = 5;
/** Railway keeps these to itself. */
const reserved = /^(?:health|internal|internal-health|railway|up|railway-internal.*)$/;

/** A host name of the private network for a node's name: `web_1` is `web-1`. */
export function serviceNameFor(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-')
    .slice(0, maxLength)
    .replaceAll(/^-+|-+$/g, '');
  return plain === '' || reserved.test(plain) ? `node-${plain}`.replace(/-$/, '').slice(0, maxLength) : plain;
}

/** Another one that nobody has: services of all environments of a project share their names. `random` is of `[a-z0-9]`. */
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

/** What kind of node a service says it has; one that says nothing is asked as if it were Erlang. */
export function kindOf(text: string | undefined): ProviderNodeKind {
  return text !== undefined && isNodeKind(text) ? text : 'erlang';
}

/** What Railway has made of a node's name. Without a private network there is no host: throws PROVIDER_DEPLOY_FAILED. */
export function checkedName(name: string, planned: string): string {
  if (/^[^@]+@[^@]+$/.test(name)) return name;
  throw new ProviderError('PROVIDER_DEPLOY_FAILED', `${planned} has no private host name on Railway`, {
    node: planned,
    remedy: 'Enable private networking for the environment.',
  });
}

/** The part of a full node name before the `@`. */
export function localPart(node: string): string {
  return splitNodeName(node).name;
}

/**
 * Visits the node that this environment names, as the health check of a container does: what `convoy node` would be here. It is
 * looked for on this machine's own loopback, whatever its name resolves to and whether name servers answer or not.
 */

import { hostname } from 'node:os';
import type { Node } from '@convoy/node';
import { splitNodeName } from '@convoy/node/names';
import { parsePortRange, withSettings } from '../options/config.ts';
import { findCookieAndOwner } from '../options/cookie.ts';
import { CliError } from '../errors.ts';
import { checkedCarrier } from '../options/peer-owners.ts';
import { readReleaseEnvironment } from '../options/release-environment.ts';
import { hostOf, type ReachOptions, settleReach, startVisitor, timeoutOf, type Visit } from './visitor.ts';

interface OwnSettings {
  readonly name?: string | undefined;
  readonly listenPort?: string;
  readonly listenHost?: string;
}

/** Throws CLI_BAD_OPTION when nothing names a node. */
export async function visitOwnNode<Result>(
  flags: ReachOptions,
  visit: (visit: Visit) => Promise<Result>,
): Promise<Result> {
  const options = await settleReach(flags);
  const timeoutMs = timeoutOf(options);
  const derived = { ...readReleaseEnvironment(process.env, hostname()) };
  const own = await withSettings<OwnSettings>({}, ['name', 'listenPort', 'listenHost'], { derived });
  if (own.name === undefined) {
    throw new CliError('CLI_BAD_OPTION', 'no node is named, neither here nor in the environment', {
      remedy: 'Give its name, or set CONVOY_NAME or RELEASE_NODE.',
    });
  }
  const target = own.name.includes('@') ? own.name : `${own.name}@${hostname().split('.', 1)[0]}`;
  const address = await addressOf(target, own, options.distPort);
  const routes = { resolve: async (peer: string) => (peer === target ? address : undefined) };
  const found = await findCookieAndOwner(options);
  const way = { ...(await checkedCarrier(options, found)), routes };
  await using node: Node = await startVisitor(hostOf(target), found.cookie, way);
  await node.connect(target, { timeoutMs });
  return await visit({ node, target, timeoutMs });
}

/** The port is said, or known to this machine's EPMD. */
async function addressOf(
  target: string,
  { listenPort, listenHost }: OwnSettings,
  distPort: string | undefined,
): Promise<{ readonly host: string; readonly port: number } | undefined> {
  const isAny = listenHost === undefined || listenHost === '0.0.0.0' || listenHost === '::';
  const loopback = hostOf(target).includes(':') ? '::1' : '127.0.0.1';
  // All of 127/8 is loopback: a node there listens on its own address only.
  const own = hostOf(target).startsWith('127.') ? hostOf(target) : loopback;
  const host = isAny ? own : listenHost;
  const said = distPort ?? listenPort;
  const port = said === undefined ? undefined : parsePortRange(said);
  if (typeof port === 'number' && port > 0) return { host, port };
  const { EpmdClient } = await import('@convoy/node/epmd');
  const known = await new EpmdClient().lookup(splitNodeName(target).name);
  return known && { host, port: known.port };
}

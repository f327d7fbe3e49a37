/**
 * Connects to the node that `convoy node` would start in this environment, for health checks in containers. The node is
 * dialled on the loopback interface, so that the check does not depend on what its name resolves to or on name servers.
 */

import { hostname } from 'node:os';
import type { Node, ResolvedAddress } from '@convoy/node';
import { splitNodeName } from '@convoy/node/names';
import { parsePortRange, withSettings } from '../../options/config.ts';
import { findCookieAndOwner } from '../../options/cookie.ts';
import { CliError } from '../../errors.ts';
import { checkedCarrier } from '../../options/peer-owners.ts';
import { readReleaseEnvironment } from '../../options/release-environment.ts';
import { startVisitor } from './start-visitor.ts';
import { hostOf, type ReachOptions, settleReach, timeoutOf, type Visit } from './visitor.ts';

interface NodeSettings {
  readonly name?: string | undefined;
  readonly listenPort?: string | undefined;
  readonly listenHost?: string | undefined;
}

/** Connects a visitor to the node and runs `visit`. Rejects with CLI_BAD_OPTION if the environment names no node. */
export async function visitConfiguredNode<Result>(
  flags: ReachOptions,
  visit: (visit: Visit) => Promise<Result>,
): Promise<Result> {
  const options = await settleReach(flags);
  const timeoutMs = timeoutOf(options);
  const derived = { ...readReleaseEnvironment(process.env, hostname()) };
  const settings = await withSettings<NodeSettings>({}, ['name', 'listenPort', 'listenHost'], { derived });
  const { name } = settings;
  if (name === undefined) {
    throw new CliError('CLI_BAD_OPTION', 'neither the command line nor the environment names a node', {
      remedy: 'Add the name of the node, or set CONVOY_NAME or RELEASE_NODE.',
    });
  }
  const target = name.includes('@') ? name : `${name}@${hostname().split('.', 1)[0]}`;
  const address = await addressOf(target, settings, options.distPort);
  const routes = { resolve: async (peer: string) => (peer === target ? address : undefined) };
  const found = await findCookieAndOwner(options);
  const carrier = { ...(await checkedCarrier(options, found)), routes };
  await using node: Node = await startVisitor(hostOf(target), found.cookie, carrier);
  await node.connect(target, { timeoutMs });
  return await visit({ node, target, timeoutMs });
}

/** The address of the node. Its port is configured, or registered with this machine's EPMD. */
async function addressOf(
  target: string,
  { listenPort, listenHost }: NodeSettings,
  distPort: string | undefined,
): Promise<ResolvedAddress | undefined> {
  const isAny = listenHost === undefined || listenHost === '0.0.0.0' || listenHost === '::';
  const loopback = hostOf(target).includes(':') ? '::1' : '127.0.0.1';
  // All of 127/8 is loopback: a node with such a host listens on its own address only.
  const defaultHost = hostOf(target).startsWith('127.') ? hostOf(target) : loopback;
  const host = isAny ? defaultHost : listenHost;
  // A name such as ip6-localhost may stand for either loopback address.
  const alternatives = isAny ? ['127.0.0.1', '::1'].filter((other) => other !== host) : [];
  const configured = distPort ?? listenPort;
  const port = configured === undefined ? undefined : parsePortRange(configured);
  if (typeof port === 'number' && port > 0) return { host, port, alternatives };
  const { EpmdClient } = await import('@convoy/node/epmd');
  const registered = await new EpmdClient().lookup(splitNodeName(target).name);
  return registered && { host, port: registered.port, alternatives };
}

/** Visits to a node: directly, through an SSH tunnel, or on Railway. */

import { hostname } from 'node:os';
import type { SshTunnel } from '@convoy/cluster/ssh';
import type { ClusterView } from '@convoy/console/protocol';
import type { Node } from '@convoy/node';
import { splitNodeName } from '@convoy/node/names';
import { type CarrierFlags, carrierSettings, refuseCarrier } from '../../options/carrier-options.ts';
import { withSettings } from '../../options/config.ts';
import { type CookieOptions, findCookie, findCookieAndOwner } from '../../options/cookie.ts';
import { CliError } from '../../errors.ts';
import { checkedCarrier, type OwnerFlags, ownerSettings } from '../../options/peer-owners.ts';
import { readReleaseEnvironment } from '../../options/release-environment.ts';
import { isRailway, openTunnel, type SshFlags, sshSettings } from '../../options/ssh-options.ts';
import { memberCalled } from './member-target.ts';
import { connectVisitor, startVisitor } from './start-visitor.ts';
import { openRailwayRoute } from './via-railway.ts';

/** The options of commands that connect to a node. */
export interface ReachOptions extends CookieOptions, SshFlags, CarrierFlags, OwnerFlags {
  /** What to connect through: `ssh://user@host` or `railway:service`. Default: a direct connection. */
  readonly via?: string;
  readonly readCookie?: boolean;
  readonly json?: boolean;
  readonly timeout?: string;
}

/** A connection to a node. */
export interface Visit {
  /** The visitor, connected to `target`. */
  readonly node: Node;
  /** The full name of the visited node. */
  readonly target: string;
  /** Time limit for requests, in milliseconds. */
  readonly timeoutMs: number;
  /** Its cluster, if the console has attached it. */
  readonly cluster?: Pick<ClusterView, 'id' | 'label' | 'production'>;
}

/** Matches every valid node name, and some with an invalid host, which the library explains. */
const fullName = /^[\w.+-]+@[\w.:%-]+$/;
const bareName = /^[\w.+-]+$/;

/** The full name of a node; for a name without a host, which is on this machine, the usual one. Throws CLI_BAD_OPTION. */
export function fullNodeName(name: string): string {
  if (fullName.test(name)) return name;
  if (bareName.test(name)) return `${name}@127.0.0.1`;
  const shown = name.slice(0, 255).replaceAll(/[^\x20-\x7e]/g, '?');
  throw new CliError('CLI_BAD_OPTION', `${shown} is not a valid node name`, {
    remedy: 'Node names look like app@127.0.0.1, or app@::1 for an IPv6 address (without brackets).',
  });
}

/** The host part of a node name. */
export function hostOf(node: string): string {
  return splitNodeName(node).host;
}

/** Fills in options from the environment and the configuration file, except for the cookie, which has its own order. */
export function settleReach<Options extends ReachOptions>(flags: Options): Promise<Options> {
  return withSettings(
    flags,
    ['dataDir', 'timeout', 'via', ...sshSettings, ...carrierSettings, ...ownerSettings],
    { derived: { ...readReleaseEnvironment(process.env, hostname()) } },
  );
}

/** `--timeout` in milliseconds, default 10 s. Throws CLI_BAD_OPTION. */
export function timeoutOf(options: ReachOptions): number {
  const seconds = Number(options.timeout ?? 10);
  if (Number.isFinite(seconds) && seconds > 0) return seconds * 1000;
  throw new CliError('CLI_BAD_OPTION', `--timeout ${options.timeout} is not a valid number of seconds`, {
    remedy: 'Use a positive number, e.g. --timeout 5 or --timeout 0.5.',
  });
}

/**
 * Starts a visitor, connects it to `target`, runs `visit` and closes the visitor in any case. The target may be a member of a cluster that the
 * console has attached.
 */
export async function withVisitor<Result>(
  target: string,
  flags: ReachOptions,
  visit: (visit: Visit) => Promise<Result>,
): Promise<Result> {
  const options = await settleReach(flags);
  const member = await memberCalled(target, options);
  if (member === undefined) {
    if (options.via !== undefined) refuseCarrier(flags);
    return visitNode(target, options, visit);
  }
  const { name, cluster, epmdPort } = member;
  const marked = cluster === undefined ? {} : { cluster };
  return visitNode(name, { ...member.options, epmdPort }, (found) => visit({ ...found, ...marked }));
}

/** Options that are settled, and the port of EPMD if it is not the usual one. */
type SettledReach = ReachOptions & { readonly epmdPort?: number | undefined };

async function visitNode<Result>(
  target: string,
  options: SettledReach,
  visit: (visit: Visit) => Promise<Result>,
): Promise<Result> {
  const timeoutMs = timeoutOf(options);
  if (options.via !== undefined) {
    const visitBehind = isRailway(options.via) ? visitOnRailway : visitThroughTunnel;
    return visitBehind(target, { ...options, via: options.via }, visit);
  }
  const peer = fullNodeName(target);
  const found = await findCookieAndOwner(options);
  const { epmdPort } = options;
  const parts = {
    ...(await checkedCarrier(options, found)),
    ...(epmdPort === undefined ? {} : { epmdPort }),
  };
  const isHostAssumed = peer !== target;
  const visitor = await connectVisitor(peer, { cookie: found.cookie, timeoutMs, isHostAssumed, parts });
  await using node = visitor.node;
  return await visit({ node, target: visitor.target, timeoutMs });
}

async function visitThroughTunnel<Result>(
  target: string,
  options: ReachOptions & { readonly via: string },
  visit: (visit: Visit) => Promise<Result>,
): Promise<Result> {
  const timeoutMs = timeoutOf(options);
  const { createTunnelResolver } = await import('@convoy/cluster');
  const { findNodeOn, portOwnerCheck } = await import('@convoy/cluster/ssh');
  await using tunnel = await openTunnel(options.via, options);
  const { name, route, user } = await findNodeOn(tunnel, target);
  const routes = createTunnelResolver();
  const cookieOwner = options.readCookie === true ? user : undefined;
  const check = portOwnerCheck(tunnel, { accept: [...(options.owner ?? []), cookieOwner] });
  routes.add(name, { ...route, check });
  await using node = await startVisitor(hostOf(name), await cookieBehind(tunnel, options, user), { routes });
  await node.connect(name, { timeoutMs });
  return await visit({ node, target: name, timeoutMs });
}

/** A service is one node. `target` must be its full name or the part before the @. */
async function visitOnRailway<Result>(
  target: string,
  options: ReachOptions & { readonly via: string },
  visit: (visit: Visit) => Promise<Result>,
): Promise<Result> {
  const timeoutMs = timeoutOf(options);
  const { createTunnelResolver } = await import('@convoy/cluster');
  const { name, tunnel, port, cookie } = await openRailwayRoute(options.via, options);
  await using _open = tunnel;
  if (target !== name && target !== splitNodeName(name).name) {
    throw new CliError('CLI_BAD_OPTION', `the node of ${options.via} is ${name}, not ${target}`, {
      remedy: `Use the name ${name}.`,
    });
  }
  const routes = createTunnelResolver();
  routes.add(name, { tunnel, port });
  const used = options.readCookie === true ? cookie : await findCookie(options);
  if (used === undefined) {
    throw new CliError('CLI_NO_COOKIE', `${options.via} has no RELEASE_COOKIE variable`, {
      remedy: 'Use --cookie-file instead of --read-cookie.',
    });
  }
  await using node = await startVisitor(hostOf(name), used, { routes });
  await node.connect(name, { timeoutMs });
  return await visit({ node, target: name, timeoutMs });
}

/** The cookie for a node on a host behind SSH; with `--read-cookie` it is read there. */
export async function cookieBehind(
  tunnel: SshTunnel,
  options: ReachOptions,
  user: string | undefined,
): Promise<string> {
  if (options.readCookie !== true) return findCookie(options);
  const { readCookie } = await import('@convoy/cluster/ssh');
  return readCookie(tunnel, { user });
}

/** The short-lived hidden node by which a command visits other nodes, and leaves no trace of itself. */

import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { SshTunnel } from '@convoy/cluster/ssh';
import type { Node, NodeOptions } from '@convoy/node';
import { splitNodeName } from '@convoy/node/names';
import {
  type Carrier,
  type CarrierFlags,
  carrierSettings,
  refuseCarrier,
} from '../options/carrier-options.ts';
import { withSettings } from '../options/config.ts';
import { type CookieOptions, findCookie, findCookieAndOwner } from '../options/cookie.ts';
import { CliError } from '../errors.ts';
import { checkedCarrier, type OwnerFlags, ownerSettings } from '../options/peer-owners.ts';
import { readReleaseEnvironment } from '../options/release-environment.ts';
import { isRailway, openTunnel, type SshFlags, sshSettings } from '../options/ssh-options.ts';
import { openRailwayWay } from './via-railway.ts';

/** The options by which commands reach a node. */
export interface ReachOptions extends CookieOptions, SshFlags, CarrierFlags, OwnerFlags {
  /** The way, where there is no direct one: `ssh://user@host`, `railway:service`. */
  readonly via?: string;
  readonly readCookie?: boolean;
  readonly json?: boolean;
  readonly timeout?: string;
}

/** A node that is being visited. */
export interface Visit {
  /** Our own, connected to `target`. */
  readonly node: Node;
  /** The full name of the visited node. */
  readonly target: string;
  /** What is left to do may take so long. */
  readonly timeoutMs: number;
}

/** Matches every valid node name; the library explains what is wrong with a host. */
const fullName = /^[\w.+-]+@[\w.:%-]+$/;
const bareName = /^[\w.+-]+$/;

/** The full name; a bare one is taken to be on this machine. */
export function fullNodeName(name: string): string {
  if (fullName.test(name)) return name;
  if (bareName.test(name)) return `${name}@127.0.0.1`;
  const shown = name.slice(0, 255).replaceAll(/[^\x20-\x7e]/g, '?');
  throw new CliError('CLI_BAD_OPTION', `${shown} is not a valid node name`, {
    remedy: 'Node names look like app@127.0.0.1, or app@::1 for an IPv6 address (without brackets).',
  });
}

export function hostOf(node: string): string {
  return splitNodeName(node).host;
}

/** Fills what no flag gave from environment and configuration file, but for the cookie, which has its own order. */
export function settleReach<Options extends ReachOptions>(flags: Options): Promise<Options> {
  return withSettings(
    flags,
    ['dataDir', 'timeout', 'via', ...sshSettings, ...carrierSettings, ...ownerSettings],
    { derived: { ...readReleaseEnvironment(process.env, hostname()) } },
  );
}

/** Milliseconds from `--timeout SECONDS`; 10 s when left out. */
export function timeoutOf(options: ReachOptions): number {
  const seconds = Number(options.timeout ?? 10);
  if (Number.isFinite(seconds) && seconds > 0) return seconds * 1000;
  throw new CliError('CLI_BAD_OPTION', `--timeout ${options.timeout} is no number of seconds`);
}

/** Starts a hidden node that nobody can dial. Names of the host's style, long or short, let it into its cluster. */
export async function startVisitor(
  host: string,
  cookie: string,
  way: Carrier & Pick<NodeOptions, 'routes'> = {},
): Promise<Node> {
  const { startNode } = await import('@convoy/node');
  const name = `convoy_${randomBytes(6).toString('hex')}@${host}`;
  return startNode({ name, cookie, hidden: true, isolated: true, listen: false, epmd: 'none', ...way });
}

/** Starts a visitor, connects it to `target`, runs `visit` and closes it whatever happens. */
export async function withVisitor<Result>(
  target: string,
  flags: ReachOptions,
  visit: (visit: Visit) => Promise<Result>,
): Promise<Result> {
  const options = await settleReach(flags);
  const timeoutMs = timeoutOf(options);
  if (options.via !== undefined) refuseCarrier(flags);
  if (options.via !== undefined) {
    const visitBehind = isRailway(options.via) ? visitOnRailway : visitThroughTunnel;
    return visitBehind(target, { ...options, via: options.via }, visit);
  }
  const peer = fullNodeName(target);
  const found = await findCookieAndOwner(options);
  await using node = await startVisitor(hostOf(peer), found.cookie, await checkedCarrier(options, found));
  await node.connect(peer, { timeoutMs });
  return await visit({ node, target: peer, timeoutMs });
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

/** A service is one node; its name, or the part before the @, has to be the one that is asked for. */
async function visitOnRailway<Result>(
  target: string,
  options: ReachOptions & { readonly via: string },
  visit: (visit: Visit) => Promise<Result>,
): Promise<Result> {
  const timeoutMs = timeoutOf(options);
  const { createTunnelResolver } = await import('@convoy/cluster');
  const { name, tunnel, port, cookie } = await openRailwayWay(options.via, options);
  await using _open = tunnel;
  if (target !== name && target !== splitNodeName(name).name) {
    throw new CliError('CLI_BAD_OPTION', `the node of ${options.via} is ${name}, not ${target}`, {
      remedy: `Ask for ${name}.`,
    });
  }
  const routes = createTunnelResolver();
  routes.add(name, { tunnel, port });
  const ours = options.readCookie === true ? cookie : await findCookie(options);
  if (ours === undefined) {
    throw new CliError('CLI_NO_COOKIE', `the variables of ${options.via} say no cookie (RELEASE_COOKIE)`, {
      remedy: 'Give it with --cookie-file in place of --read-cookie.',
    });
  }
  await using node = await startVisitor(hostOf(name), ours, { routes });
  await node.connect(name, { timeoutMs });
  return await visit({ node, target: name, timeoutMs });
}

/** The cookie of a node on a host: read there when that is asked for. */
export async function cookieBehind(
  tunnel: SshTunnel,
  options: ReachOptions,
  user: string | undefined,
): Promise<string> {
  if (options.readCookie !== true) return findCookie(options);
  const { readCookie } = await import('@convoy/cluster/ssh');
  return readCookie(tunnel, { user });
}

/**
 * Members of clusters that the console has attached, as targets of commands that connect to a node by themselves: they are reached in the way
 * of their cluster, and with the cookie in its file. The console hands out no cookie.
 */

import type { ClusterView, NodeView } from '@convoy/console/protocol';
import { findRunningConsole } from '@convoy/console/running';
import { abortable } from '@convoy/node/async';
import { splitNodeName } from '@convoy/node/names';
import { CliError } from '../../errors.ts';
import type { CarrierFlags } from '../../options/carrier-options.ts';
import { cookieFromEnvironment, type CookieOptions } from '../../options/cookie.ts';
import { dataDirOf } from '../../options/config.ts';
import { readConfigFile } from '../../options/config-file.ts';
import { isRailway } from '../../options/ssh-options.ts';
import type { ConsoleClient } from '../console-client.ts';
import { findNode, splitNodeId } from '../console-nodes.ts';
import { findCluster } from '../clusters/find-cluster.ts';

/** The options that say how a node is reached. */
interface MemberFlags extends CookieOptions, CarrierFlags {
  readonly via?: string;
  readonly readCookie?: boolean;
}

/** A node, and the options that reach it. Only a member of an attached cluster has a port of EPMD and a cluster here. */
interface MemberTarget<Flags> {
  readonly name: string;
  readonly options: Flags;
  readonly epmdPort?: number;
  readonly cluster?: Pick<ClusterView, 'id' | 'label' | 'production'>;
}

/** A console that does not answer must not keep the command from a node that it reaches by itself. */
const lookTimeoutMs = 2000;

/**
 * The node that is called `target`: by an id, or by a full name if neither a cookie nor a way was given for it. `undefined` for
 * other nodes. Rejects with CLI_AMBIGUOUS_NODE, CLI_NO_COOKIE or CLI_BAD_OPTION, and for an id with CLI_NO_CONSOLE.
 */
export async function memberCalled<Flags extends MemberFlags>(
  target: string,
  options: Flags,
): Promise<MemberTarget<Flags> | undefined> {
  const found = await findMember(target, options);
  if (found === undefined) return undefined;
  const { ask, node } = found;
  if (node.origin !== 'member') return { name: node.name, options };
  const cluster = findCluster(await ask('GET /api/clusters'), node.cluster);
  const { request } = cluster;
  if (request === undefined) return undefined;
  const { proto, tls, port, via } = request;
  const epmdPort = request.epmdPort ?? (await ask('GET /api/info')).epmdPort;
  const reached = {
    ...options,
    ...cookieFlags(cluster, options),
    proto,
    tlsCert: tls?.certFile,
    tlsKey: tls?.keyFile,
    tlsCa: tls?.caFile,
    tlsVerify: tls?.verify,
    distPort: port === undefined ? undefined : String(port),
    via: via === undefined ? undefined : wayTo(node.name, cluster, via),
  };
  return { name: node.name, options: reached, epmdPort, cluster };
}

/** A member that is called `target`, or any node by its id, and the console that knows it. Rejects as `memberCalled` does. */
export async function findMember(
  target: string,
  options: MemberFlags,
): Promise<{ readonly ask: ConsoleClient; readonly node: NodeView } | undefined> {
  const isId = splitNodeId(target).cluster !== undefined;
  if (!isId && (!target.includes('@') || (await isReachedOtherwise(options)))) return undefined;
  if (!isId && findRunningConsole(dataDirOf(options.dataDir)) === undefined) return undefined;
  // Loaded only for members: commands on other nodes start sooner.
  const { createConsoleClient } = await import('../console-client.ts');
  const ask = createConsoleClient(options.dataDir);
  const asked = ask('GET /api/nodes');
  const nodes = await (isId ? asked : abortable(asked, AbortSignal.timeout(lookTimeoutMs)).catch(() => []));
  const node = findNode(nodes, target);
  if (isId && node?.owner !== undefined) throw ofOtherConsole(node.id, node.owner.label);
  if (node !== undefined && (isId || node.origin === 'member')) return { ask, node };
  if (!isId) return undefined;
  throw new CliError('CLI_BAD_OPTION', `the console has no node ${target}`, {
    value: target,
    remedy: '`convoy list` shows its nodes.',
  });
}

function ofOtherConsole(id: string, label: string): CliError {
  return new CliError('CLI_BAD_OPTION', `${id} belongs to the console ${label}`, {
    value: id,
    remedy:
      'Run the command on the machine of that console, or use the full name of the node with --cookie-file.',
  });
}

/** Whether the user has said with which cookie or through what the node is reached. */
export async function isReachedOtherwise({ cookie, cookieFile, via }: MemberFlags): Promise<boolean> {
  if ([cookie, cookieFile, via].some((given) => given !== undefined)) return true;
  if (cookieFromEnvironment(process.env) !== undefined) return true;
  return (await readConfigFile()).cookieFile !== undefined;
}

function cookieFlags({ id, request }: ClusterView, options: MemberFlags): Partial<MemberFlags> {
  if (options.cookieFile !== undefined || options.cookie !== undefined) return {};
  if (request?.cookieFile !== undefined) return { cookieFile: request.cookieFile };
  if (request?.via !== undefined) return { readCookie: true };
  throw new CliError('CLI_NO_COOKIE', `the console does not hand out the cookie of ${id}`, {
    value: id,
    remedy: 'Add --cookie-file FILE, or open the shell in the page.',
  });
}

/** The way for one node: on Railway, the service that its host is named after. Throws CLI_BAD_OPTION for a host of another form. */
function wayTo(node: string, { id }: ClusterView, via: string): string {
  if (!isRailway(via)) return via;
  const [, service] = /^([^.]+)\.railway\.internal$/.exec(splitNodeName(node).host) ?? [];
  if (service !== undefined) return `${via}/${service}`;
  throw new CliError('CLI_BAD_OPTION', `${id} is reached through ${via}, which only the console can use`, {
    value: via,
    remedy: 'Open the shell in the page, or name the service: --via railway:[project/environment/]service.',
  });
}

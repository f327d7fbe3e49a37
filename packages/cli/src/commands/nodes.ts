/** `convoy nodes`: lists the names registered with an EPMD, and the connections of nodes that accept the cookie. */

import { lookup } from 'node:dns/promises';
import type { Command } from 'commander';
import type { Node } from '@convoy/node';
import type { Term } from '@convoy/node/etf';
import { refuseCarrier } from '../options/carrier-options.ts';
import { parsePort } from '../options/config.ts';
import { findCookieAndOwner } from '../options/cookie.ts';
import { describeError, formatTable, note, printResult } from '../output.ts';
import { checkedCarrier } from '../options/peer-owners.ts';
import { connectVisitor, type VisitOptions } from '../targets/visits/start-visitor.ts';
import { type ReachOptions, settleReach, timeoutOf } from '../targets/visits/visitor.ts';
import { addExamples, addReachOptions, guarded } from '../options/shared-options.ts';

interface NodesOptions extends ReachOptions {
  readonly host: string;
  readonly epmdPort?: string | undefined;
}

/** A row: what EPMD reports, and what the node itself answered, or why it did not. */
interface ListedNode {
  readonly name: string;
  readonly port: number;
  /** `unknown` for a node that was not asked. */
  readonly status: 'up' | 'unreachable' | 'unknown';
  /** Its visible peers, if it reports them. */
  readonly peers?: readonly string[] | undefined;
  /** The error code, if the node could not be reached. */
  readonly problem?: string;
}

/** Asks a node for its visible peers: a TypeScript node by `convoy:info/0`, a BEAM node, which lacks that function, by `erlang:nodes/0`. */
async function askPeers(node: Node, peer: string, timeoutMs: number): Promise<string[] | undefined> {
  const { atom, atomName, TermMap } = await import('@convoy/node/etf');
  const names = (list: Term | undefined): string[] =>
    Array.isArray(list) ? (list as readonly Term[]).flatMap((one) => atomName(one) ?? []) : [];
  try {
    const info = await node.rpc(peer, 'convoy', 'info', [], { timeoutMs });
    return info instanceof TermMap ? names(info.get(atom('peers'))) : [];
  } catch (error) {
    if (!isUndefined(error)) throw error;
  }
  try {
    return names(await node.rpc(peer, 'erlang', 'nodes', [], { timeoutMs }));
  } catch (error) {
    // A TypeScript node that exposes neither, such as the node of a console.
    if (isUndefined(error)) return undefined;
    throw error;
  }
}

function isUndefined(error: unknown): boolean {
  return describeError(error).code === 'REMOTE_UNDEF';
}

/** Asks a node. On this machine, the host part of its name may be another than the one that EPMD was asked at. */
async function probeNode(visit: VisitOptions | undefined, seen: ListedNode): Promise<ListedNode> {
  if (visit === undefined) return seen;
  try {
    const { node: visitor, target } = await connectVisitor(seen.name, visit);
    await using node = visitor;
    return { ...seen, name: target, status: 'up', peers: await askPeers(node, target, visit.timeoutMs) };
  } catch (error) {
    return { ...seen, status: 'unreachable', problem: describeError(error).code };
  }
}

/**
 * How to visit the nodes, if they may be asked; otherwise, only names are listed. Any user of a host can register a name
 * with its EPMD, so nodes are asked only if they can be identified: on this machine by the owner of their port, elsewhere
 * by TLS.
 */
async function visitIfAllowed(options: NodesOptions, epmdPort: number): Promise<VisitOptions | undefined> {
  try {
    const found = await findCookieAndOwner(options);
    const carrier = await checkedCarrier(options, found);
    const isHostAssumed = await isThisMachine(options.host);
    if (options.proto?.startsWith('tls') !== true && !isHostAssumed) {
      note(
        `convoy: only names are listed, because anyone can register a name with EPMD at ${options.host}; use \`convoy ping\` to contact a node`,
      );
      return undefined;
    }
    const parts = { ...carrier, epmdPort };
    return { cookie: found.cookie, timeoutMs: timeoutOf(options), isHostAssumed, parts };
  } catch (error) {
    const { code, message } = describeError(error);
    if (code !== 'CLI_NO_COOKIE') throw error;
    note(`convoy: ${message}; listing only the names registered with EPMD`);
    return undefined;
  }
}

async function isThisMachine(host: string): Promise<boolean> {
  const { isOwnAddress } = await import('@convoy/node');
  const addresses = await lookup(host, { all: true }).catch(() => []);
  return addresses.length > 0 && addresses.every(({ address }) => isOwnAddress(address));
}

async function runNodes(flags: NodesOptions): Promise<void> {
  const options = await settleReach(flags);
  if (options.via !== undefined) {
    refuseCarrier(flags);
    const { runNodesVia } = await import('../targets/visits/nodes-via.ts');
    return runNodesVia({ ...options, via: options.via });
  }
  const { defaultEpmdPort, EpmdClient } = await import('@convoy/node/epmd');
  const port =
    options.epmdPort === undefined ? defaultEpmdPort() : parsePort(options.epmdPort, '--epmd-port');
  const timeoutMs = timeoutOf(options);
  const { nodes } = await new EpmdClient({ host: options.host, port, timeoutMs }).names();
  const visit = nodes.length === 0 ? undefined : await visitIfAllowed(options, port);
  const seen = await Promise.all(
    nodes.map(({ name, port }) =>
      probeNode(visit, { name: `${name}@${options.host}`, port, status: 'unknown' }),
    ),
  );
  printResult(options, seen, formatNodes(seen, `${options.host}:${port}`));
}

function formatNodes(seen: readonly ListedNode[], epmd: string): string {
  if (seen.length === 0) return `No nodes are registered with the EPMD at ${epmd}.`;
  const rows = seen.map(({ name, port, status, peers, problem }) => [
    name,
    String(port),
    problem === undefined ? status : `${status}: ${problem}`,
    peers?.join(' ') ?? '',
  ]);
  return formatTable([['NODE', 'PORT', 'STATUS', 'PEERS'], ...rows]);
}

export function configureNodes(command: Command): void {
  command
    .option('--host <host>', 'host of the EPMD, and host part of the node names', '127.0.0.1')
    .option('--epmd-port <port>', 'port of the EPMD (ERL_EPMD_PORT, else 4369)');
  addReachOptions(command);
  addExamples(command, 'convoy nodes', 'convoy nodes --host db1.example --json');
  command.action((options: NodesOptions) => guarded(options, () => runNodes(options)));
}

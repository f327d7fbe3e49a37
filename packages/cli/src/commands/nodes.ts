/** `convoy nodes`: the names an EPMD knows, and the mesh of those that let us in. */

import { lookup } from 'node:dns/promises';
import type { Command } from 'commander';
import type { Node } from '@convoy/node';
import type { Term } from '@convoy/node/etf';
import { refuseCarrier } from '../options/carrier-options.ts';
import { parsePort } from '../options/config.ts';
import { findCookieAndOwner } from '../options/cookie.ts';
import { describeError, formatTable, note, printResult } from '../output.ts';
import { checkedCarrier } from '../options/peer-owners.ts';
import { type ReachOptions, settleReach, startVisitor, timeoutOf } from '../targets/visitor.ts';
import { addExamples, addReachOptions, guarded } from '../options/shared-options.ts';

interface NodesOptions extends ReachOptions {
  readonly host: string;
  readonly epmdPort?: string | undefined;
}

/** A row: what EPMD says, and what the node itself said or why it did not. */
interface SeenNode {
  readonly name: string;
  readonly port: number;
  /** `unknown`: it was not asked. */
  readonly status: 'up' | 'unreachable' | 'unknown';
  /** Its visible peers, where it tells. */
  readonly peers?: readonly string[] | undefined;
  /** The code of the error by which it was not reached. */
  readonly problem?: string;
}

/** Visible peers of a TypeScript node, which tells by `convoy:info/0`, or of a BEAM node, which has no such function. */
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
    // A node of the library that exposes neither, such as that of a console.
    if (isUndefined(error)) return undefined;
    throw error;
  }
}

function isUndefined(error: unknown): boolean {
  return describeError(error).code === 'REMOTE_UNDEF';
}

async function look(node: Node | undefined, seen: SeenNode, timeoutMs: number): Promise<SeenNode> {
  if (node === undefined) return seen;
  try {
    await node.connect(seen.name, { timeoutMs });
    const peers = await askPeers(node, seen.name, timeoutMs);
    return { ...seen, status: 'up', peers };
  } catch (error) {
    return { ...seen, status: 'unreachable', problem: describeError(error).code };
  }
}

/**
 * Without a cookie, only the names are shown. Any user of a host can register a name with its EPMD, so the nodes behind such
 * names are asked only where it shows who they are: on this machine by their owner, elsewhere by TLS.
 */
async function startVisitorIfAllowed(options: NodesOptions): Promise<Node | undefined> {
  try {
    const found = await findCookieAndOwner(options);
    const carrier = await checkedCarrier(options, found);
    if (options.proto?.startsWith('tls') !== true && !(await isThisMachine(options.host))) {
      note(
        `convoy: only the names are shown: anyone can register a name with EPMD at ${options.host}. To contact a node, use \`convoy ping\``,
      );
      return undefined;
    }
    return await startVisitor(options.host, found.cookie, carrier);
  } catch (error) {
    const { code, message } = describeError(error);
    if (code !== 'CLI_NO_COOKIE') throw error;
    note(`convoy: ${message}; showing what EPMD knows only`);
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
    const { runNodesVia } = await import('../targets/nodes-via.ts');
    return runNodesVia({ ...options, via: options.via });
  }
  const { defaultEpmdPort, EpmdClient } = await import('@convoy/node/epmd');
  const port =
    options.epmdPort === undefined ? defaultEpmdPort() : parsePort(options.epmdPort, '--epmd-port');
  const timeoutMs = timeoutOf(options);
  const { nodes } = await new EpmdClient({ host: options.host, port, timeoutMs }).names();
  const visitor = nodes.length === 0 ? undefined : await startVisitorIfAllowed(options);
  try {
    const seen = await Promise.all(
      nodes.map(({ name, port }) =>
        look(visitor, { name: `${name}@${options.host}`, port, status: 'unknown' }, timeoutMs),
      ),
    );
    printResult(options, seen, formatNodes(seen, `${options.host}:${port}`));
  } finally {
    await visitor?.close();
  }
}

function formatNodes(seen: readonly SeenNode[], epmd: string): string {
  if (seen.length === 0) return `The EPMD at ${epmd} knows no node.`;
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
    .option('--host <host>', 'host of the EPMD; also the host part of the names', '127.0.0.1')
    .option('--epmd-port <port>', 'port of the EPMD (ERL_EPMD_PORT, else 4369)');
  addReachOptions(command);
  addExamples(command, 'convoy nodes', 'convoy nodes --host db1.example --json');
  command.action((options: NodesOptions) => guarded(options, () => runNodes(options)));
}

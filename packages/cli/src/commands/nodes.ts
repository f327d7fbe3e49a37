/** `convoy nodes`: the names an EPMD knows, and the mesh of those that let us in. */

import type { Command } from 'commander';
import type { Node } from '@convoy/node';
import type { Term } from '@convoy/node/etf';
import { parsePort } from '../config.ts';
import { findCookie } from '../cookie.ts';
import { describeError, formatTable, note, printResult } from '../output.ts';
import { type ReachOptions, settleReach, startVisitor, timeoutOf } from '../visitor.ts';
import { addExamples, addReachOptions, guarded } from './options.ts';

interface NodesOptions extends ReachOptions {
  readonly host: string;
  readonly epmdPort?: string;
}

/** A row: what EPMD says, and what the node itself said or why it did not. */
interface SeenNode {
  readonly name: string;
  readonly port: number;
  readonly peers?: readonly string[];
  readonly problem?: string;
}

/** Visible peers of a BEAM node, or of a TypeScript node that tells by `convoy:info/0`. */
async function askPeers(node: Node, peer: string, timeoutMs: number): Promise<string[]> {
  const { atom, atomName, TermMap } = await import('@convoy/node/etf');
  const names = (list: Term | undefined): string[] =>
    Array.isArray(list) ? (list as readonly Term[]).flatMap((one) => atomName(one) ?? []) : [];
  try {
    return names(await node.rpc(peer, 'erlang', 'nodes', [], { timeoutMs }));
  } catch (error) {
    if (describeError(error).code !== 'REMOTE_UNDEF') throw error;
    const info = await node.rpc(peer, 'convoy', 'info', [], { timeoutMs });
    return info instanceof TermMap ? names(info.get(atom('peers'))) : [];
  }
}

async function look(node: Node | undefined, seen: SeenNode, timeoutMs: number): Promise<SeenNode> {
  if (node === undefined) return seen;
  try {
    await node.connect(seen.name, { timeoutMs });
    return { ...seen, peers: await askPeers(node, seen.name, timeoutMs) };
  } catch (error) {
    return { ...seen, problem: describeError(error).code };
  }
}

/** Without a cookie there are still the names. */
async function startVisitorIfAllowed(options: NodesOptions): Promise<Node | undefined> {
  try {
    return await startVisitor(options.host, await findCookie(options));
  } catch (error) {
    const { code, message } = describeError(error);
    if (code !== 'CLI_NO_COOKIE') throw error;
    note(`convoy: ${message}; showing what EPMD knows only`);
    return undefined;
  }
}

async function runNodes(flags: NodesOptions): Promise<void> {
  const options = await settleReach(flags);
  const { defaultEpmdPort, EpmdClient } = await import('@convoy/node/epmd');
  const port =
    options.epmdPort === undefined ? defaultEpmdPort() : parsePort(options.epmdPort, '--epmd-port');
  const timeoutMs = timeoutOf(options);
  const { nodes } = await new EpmdClient({ host: options.host, port, timeoutMs }).names();
  const visitor = nodes.length === 0 ? undefined : await startVisitorIfAllowed(options);
  try {
    const rows = nodes.map((one) => ({ name: `${one.name}@${options.host}`, port: one.port }));
    const seen = await Promise.all(rows.map((row) => look(visitor, row, timeoutMs)));
    printResult(options, seen, formatNodes(seen, `${options.host}:${port}`));
  } finally {
    await visitor?.close();
  }
}

function formatNodes(seen: readonly SeenNode[], epmd: string): string {
  if (seen.length === 0) return `The EPMD at ${epmd} knows no node.`;
  const rows = seen.map(({ name, port, peers, problem }) => [
    name,
    String(port),
    problem ?? (peers === undefined ? '?' : 'up'),
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

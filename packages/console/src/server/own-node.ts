/**
 * The console's own node: hidden, so that it is no member of any mesh and makes none, and exposing nothing, so that nothing of
 * it can be called. It uses the machine's EPMD, or runs one of its own for the nodes it launches.
 *
 * It dials and is never dialled: a connection that a third party makes between a node and the console could be relayed, one
 * that the console makes to a known port cannot. Its own cookie is a random one that no cluster has: a peer is shown a digest
 * of the cookie that was set for that very peer, and a node that takes a name receives nothing useful.
 */

import { randomBytes } from 'node:crypto';
import { createTunnelResolver, type TunnelResolver } from '@convoy/cluster';
import {
  createEpmdResolver,
  EpmdError,
  type Node,
  NodeError,
  type NodeOptions,
  startNode,
} from '@convoy/node';
import { atom, atomName, Pid, tuple } from '@convoy/node/etf';
import { ConsoleError } from '../errors.ts';
import type { OwnNode } from '../live/own-nodes.ts';
import type { NodeKind } from '../protocol/index.ts';

/** That of the local cluster. */
export interface LocalNode extends OwnNode {
  readonly epmd: 'system' | 'embedded';
  readonly epmdPort: number;
}

function epmdPortOf(env: NodeJS.ProcessEnv): number {
  const port = Number(env['ERL_EPMD_PORT']);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 4369;
}

/** Something listens on the port of EPMD and is not one, or a hanging one. Other errors are left as they are. */
function explainEpmd(error: unknown, port: number): unknown {
  if (!(error instanceof EpmdError)) return error;
  const what = `the program that listens on port ${port}, where EPMD belongs, does not answer as EPMD does`;
  return new ConsoleError('CONSOLE_LISTEN_FAILED', `${what}: ${error.message}`, {
    remedy: 'Stop that program, or set ERL_EPMD_PORT to a free port for the console and its nodes.',
    cause: error,
  });
}

async function hasEpmd(port: number): Promise<boolean> {
  try {
    await createEpmdResolver({ port }).names('127.0.0.1', {});
    return true;
  } catch (error) {
    if (error instanceof EpmdError && error.code === 'EPMD_UNREACHABLE') return false;
    throw explainEpmd(error, port);
  }
}

/** What every node of the console is: no member of anything, and known to no peer but those that it dials. */
export function visitorOptions(
  name: string,
  ways: { readonly routes: TunnelResolver; readonly epmdPort: number },
): NodeOptions {
  const cookie = randomBytes(24).toString('hex');
  // No node needs more to print or to answer, and the others wait while it is read.
  const limits = { maxTermObjects: 2_000_000 };
  // Nodes behind tunnels may have names of either form; no peer has to look them up.
  return { name, cookie, hidden: true, isolated: true, nameForms: 'any', allow: [], limits, ...ways };
}

/** Starts the node called `name`. `epmdPort`: default `ERL_EPMD_PORT`, else 4369. */
export async function startOwnNode(
  name: string,
  epmdPort: number = epmdPortOf(process.env),
): Promise<LocalNode> {
  const epmd = (await hasEpmd(epmdPort)) ? 'system' : 'embedded';
  const routes = createTunnelResolver();
  const options = visitorOptions(name, { routes, epmdPort });
  try {
    return { node: await startNode({ ...options, epmd: 'auto' }), routes, epmd, epmdPort };
  } catch (error) {
    if (!(error instanceof NodeError) || error.code !== 'NODE_NAME_TAKEN') throw explainEpmd(error, epmdPort);
  }
  // A process that holds the name must not prevent the console from starting, and no node needs to find it.
  return { node: await startNode({ ...options, epmd: 'none', listen: false }), routes, epmd, epmdPort };
}

/**
 * Dials a node, asks its `net_kernel` whether it is there, as `net_adm:ping/1` does, and whether its boot program is
 * through: whoever is told that the node is up can ping its worker at once.
 */
export async function pingNode(
  node: Node,
  peer: string,
  { kind, signal }: { kind: NodeKind; signal: AbortSignal },
): Promise<void> {
  await node.connect(peer, { signal });
  const request = tuple(atom('is_auth'), atom(node.name));
  const answer = await node.call({ name: 'net_kernel', node: peer }, request, { timeoutMs: 5000, signal });
  const isThere = atomName(answer) === 'yes' && (await hasWorker(node, peer, { kind, signal }));
  if (!isThere) throw new ConsoleError('CONSOLE_NODE_NOT_UP', `${peer} is connected, but not ready`);
}

async function hasWorker(
  node: Node,
  peer: string,
  { kind, signal }: { kind: NodeKind; signal: AbortSignal },
): Promise<boolean> {
  // A TypeScript node exposes its functions after it has registered the worker.
  if (kind === 'typescript') return (await node.rpc(peer, 'convoy', 'info', [], { signal })) !== undefined;
  return (await node.rpc(peer, 'erlang', 'whereis', [atom('convoy_worker')], { signal })) instanceof Pid;
}

/**
 * The console's own node for the local cluster. It is hidden, so that it neither joins nor forms a mesh, and it exposes no
 * functions. It uses the machine's EPMD, or runs an embedded one for the nodes that the console launches. It dials and is
 * never dialled: a third party could relay an incoming connection, but not one that the console makes to a known port. Its
 * default cookie is random and belongs to no cluster: a peer receives a digest of the cookie that was set for exactly this
 * peer, and a process that takes the name of a node receives nothing useful.
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
import { defaultEpmdPort } from '@convoy/node/epmd';
import { atom, atomName, Pid, tuple } from '@convoy/node/etf';
import { ConsoleError } from '../errors.ts';
import type { OwnNode } from '../own-nodes.ts';
import type { NodeKind } from '../protocol/index.ts';

/** The own node for the local cluster. */
export interface LocalNode extends OwnNode {
  readonly epmd: 'system' | 'embedded';
  readonly epmdPort: number;
}

/** Explains an error if the program on the port of EPMD is not EPMD, or hangs. Returns other errors as they are. */
function explainEpmd(error: unknown, port: number): unknown {
  if (!(error instanceof EpmdError)) return error;
  const what = `the program on port ${port}, the port of EPMD, does not answer like EPMD`;
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

/** Options of every own node: it belongs to no mesh and is known only to the peers that it dials. */
export function visitorOptions(
  name: string,
  ways: { readonly routes: TunnelResolver; readonly epmdPort: number },
): NodeOptions {
  const cookie = randomBytes(24).toString('hex');
  // No answer needs more objects, and other work waits while an answer is decoded; nor does one node need more for parts of messages.
  const limits = { maxTermObjects: 2_000_000, maxFragmentBytes: 128 * 1024 * 1024 };
  // Nodes behind tunnels may have long or short names; no peer has to resolve them.
  return { name, cookie, hidden: true, isolated: true, nameForms: 'any', allow: [], limits, ...ways };
}

/** Starts the node. `epmdPort` defaults to `ERL_EPMD_PORT`, else 4369. Rejects with CONSOLE_LISTEN_FAILED or `NodeError`. */
export async function startLocalNode(name: string, epmdPort: number = defaultEpmdPort()): Promise<LocalNode> {
  const epmd = (await hasEpmd(epmdPort)) ? 'system' : 'embedded';
  const routes = createTunnelResolver();
  const options = visitorOptions(name, { routes, epmdPort });
  try {
    return { node: await startNode({ ...options, epmd: 'auto' }), routes, epmd, epmdPort };
  } catch (error) {
    if (!(error instanceof NodeError) || error.code !== 'NODE_NAME_TAKEN') throw explainEpmd(error, epmdPort);
  }
  // A process that has registered the name must not prevent the start, and no node needs to find this one.
  return { node: await startNode({ ...options, epmd: 'none', listen: false }), routes, epmd, epmdPort };
}

/**
 * Connects to a node, pings its `net_kernel` as `net_adm:ping/1` does, and checks that its boot program has finished, so
 * that the worker of a node that is reported as up can be used at once.
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
  if (isThere) return;
  throw new ConsoleError('CONSOLE_NODE_NOT_UP', `${peer} is connected, but not ready yet`, {
    remedy: 'Try again once its boot program has finished.',
  });
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

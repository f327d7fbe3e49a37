/** Looks at a node that can be reached: its release and clock, large packets, whether it can dial back, and its mesh. */

import { once } from 'node:events';
import { createServer } from 'node:net';
import { RemoteError } from '@convoy/node';
import { atom, atomName, type Term, TermMap, Tuple } from '@convoy/node/etf';
import { splitNodeName } from '@convoy/node/names';
import type { MeshSeen, NodeSeen } from '../model/seen.ts';
import { type Ask, askThrough } from './asking/asker.ts';
import { charlist, namesIn, stringTerm } from './asking/terms.ts';
import { dialThere } from './witness.ts';

const maxAsked = 20;
const peerMs = 2000;

/** Its release, and how far its clock is ahead. TypeScript nodes report neither. */
export async function observeVersionAndClock(ask: Ask): Promise<Pick<NodeSeen, 'release' | 'skewMs'>> {
  let release: Term;
  try {
    release = await ask('erlang', 'system_info', [atom('otp_release')]);
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    return {};
  }
  const before = Date.now();
  const time = await ask('os', 'system_time', [atom('millisecond')]);
  const after = Date.now();
  const skewMs = Number(time) - (before + after) / 2;
  return { release: charlist(release), skewMs: Number.isFinite(skewMs) ? skewMs : undefined };
}

/** Whether the node can open a connection to us. Distribution works without it until that node has to dial. */
export async function lookBack(ask: Ask, localAddress: string): Promise<NodeSeen['dialBack']> {
  const address = localAddress.replace(/^::ffff:/, '');
  const server = createServer((socket) => socket.destroy());
  server.listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  try {
    return { address, dial: await dialThere(ask, address, port) };
  } finally {
    server.close();
  }
}

/** More than fits into one packet of any network, and less than what a sender may have on the way at once. */
const largeBytes = 60_000;

/** Sends a large message and has one sent. `visit` asks one question, and makes a new connection for the next one if it failed. */
export async function observeLarge(
  visit: (question: (ask: Ask) => Promise<Term>) => Promise<Term>,
  signal: AbortSignal,
): Promise<Pick<NodeSeen, 'largeThere' | 'largeBack' | 'largeBytes'>> {
  const isAnswered = async (question: (ask: Ask) => Promise<Term>): Promise<boolean> => {
    try {
      await visit(question);
      return true;
    } catch {
      signal.throwIfAborted();
      return false;
    }
  };
  const largeThere = await isAnswered((ask) => ask('erlang', 'byte_size', [Buffer.alloc(largeBytes)]));
  const largeBack = await isAnswered((ask) => ask('binary', 'copy', [Buffer.from([0]), largeBytes]));
  // Without an answer to a small question, sizes say nothing.
  const isUp = (largeThere && largeBack) || (await isAnswered((ask) => ask('erlang', 'node', [])));
  return isUp ? { largeThere, largeBack, largeBytes } : {};
}

/** The visible peers of the node, whether they are connected with one another, as `global` requires, and what they agree on. */
export async function observeMesh(ask: Ask, target: string): Promise<MeshSeen & { readonly peers: number }> {
  const peers = namesIn(await ask('erlang', 'nodes', [])).slice(0, maxAsked);
  const members = [target, ...peers];
  const missing: { node: string; peer: string }[] = [];
  const tickTimes: { node: string; seconds: number }[] = [];
  const addTickTime = (node: string, answer: Term): void => {
    const seconds = answer instanceof Tuple ? answer.at(1) : answer;
    if (typeof seconds === 'number' && seconds > 0) tickTimes.push({ node, seconds });
  };
  const own = async (): Promise<void> => addTickTime(target, await ask('net_kernel', 'get_net_ticktime', []));
  const observePeer = async (peer: string): Promise<void> => {
    const askPeer = askThrough(ask, peer, peerMs);
    const [seen, seconds] = await Promise.all([
      peersOf(askPeer),
      askPeer('net_kernel', 'get_net_ticktime', []),
    ]);
    addTickTime(peer, seconds);
    if (seen === undefined) return;
    for (const member of members) {
      if (member !== peer && !seen.includes(member)) missing.push({ node: peer, peer: member });
    }
  };
  const [preventsOverlaps, parted] = await Promise.all([
    doesPreventOverlaps(ask),
    observeParted(ask),
    own(),
    ...peers.map(observePeer),
  ]);
  return { peers: peers.length, missing, tickTimes, preventsOverlaps, parted };
}

async function doesPreventOverlaps(ask: Ask): Promise<boolean | undefined> {
  const answer = await ask('application', 'get_env', [
    atom('kernel'),
    atom('prevent_overlapping_partitions'),
  ]);
  if (!(answer instanceof Tuple)) return undefined;
  return atomName(answer.at(1)) === 'true' || answer.at(1) === true;
}

/**
 * The lost connections that `global` remembers (since OTP 25, in a table of its own), as far as the target is not connected to a node
 * that runs: the rows of a node that was stopped look the same.
 */
async function observeParted(ask: Ask): Promise<{ node: string; peer: string }[]> {
  const pairs = await readLostConnections(ask);
  if (pairs.length === 0) return [];
  const connected = new Set(namesIn(await ask('erlang', 'nodes', [atom('connected')])));
  connected.add(atomName(await ask('erlang', 'node', [])) ?? '');
  const away = [...new Set(pairs.flatMap(({ node, peer }) => [node, peer]))].filter(
    (name) => !connected.has(name),
  );
  const running = new Set<string>();
  await Promise.all(
    away.slice(0, maxAsked).map(async (name) => {
      if (await isRegistered(ask, name)) running.add(name);
    }),
  );
  return pairs.filter(({ node, peer }) => running.has(node) || running.has(peer));
}

async function readLostConnections(ask: Ask): Promise<{ node: string; peer: string }[]> {
  try {
    const rows = await ask('ets', 'tab2list', [atom('global_lost_connections')]);
    if (!Array.isArray(rows)) return [];
    return (rows as readonly Term[]).slice(0, maxAsked).flatMap((row) => {
      const pair = row instanceof Tuple ? row.at(0) : undefined;
      const [node, peer] = pair instanceof Tuple ? pair.elements.map((one) => atomName(one)) : [];
      return node === undefined || peer === undefined ? [] : [{ node, peer }];
    });
  } catch {
    return [];
  }
}

async function isRegistered(ask: Ask, node: string): Promise<boolean> {
  const { name, host } = splitNodeName(node);
  const answer = await ask('erl_epmd', 'port_please', [stringTerm(name), stringTerm(host), peerMs]);
  return answer instanceof Tuple && atomName(answer.at(0)) === 'port';
}

/** The peers of a node as it sees them itself; TypeScript nodes are asked by `convoy:info`. `undefined` without an answer. */
export async function peersOf(askPeer: Ask): Promise<string[] | undefined> {
  const nodes = await askPeer('erlang', 'nodes', []);
  if (Array.isArray(nodes)) return namesIn(nodes);
  const info = await askPeer('convoy', 'info', []);
  return info instanceof TermMap ? namesIn(info.get(atom('peers'))) : undefined;
}

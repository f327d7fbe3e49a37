/**
 * Looks at a node through another one of its cluster: what that one sees of its port, at the loopback address too if both are on one host,
 * and what the node says of itself, if the two are connected.
 */

import { type Resolver, startNode, type Transport } from '@convoy/node';
import { atom, type Term, Tuple } from '@convoy/node/etf';
import { splitNodeName } from '@convoy/node/names';
import type { DialSeen, TargetSeen, WitnessSeen } from '../model/seen.ts';
import { type Ask, askNode, askThrough } from './asking/asker.ts';
import { outcomeOf } from './dial.ts';
import { visitorName } from './handshake.ts';
import { charlist, errorIn, ipTerm, namesIn, stringTerm } from './asking/terms.ts';

export interface WitnessRequest {
  readonly node: string;
  /** Other nodes of the cluster. */
  readonly candidates: readonly string[];
  readonly cookie: string;
  readonly resolver: Resolver;
  readonly transport: Transport;
  /** The port of the node, and the address at which it was dialled from outside. */
  readonly port: number | undefined;
  readonly address: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const maxCandidates = 3;
const dialMs = 1500;

/** The first candidate that answers; `undefined` if none does. */
export async function lookThroughWitness(request: WitnessRequest): Promise<WitnessSeen | undefined> {
  const { node: target, candidates, cookie, resolver, transport, timeoutMs, signal } = request;
  const visitor = { hidden: true, listen: false, resolver, transport } as const;
  await using node = await startNode({ name: visitorName(target), cookie, ...visitor });
  for (const name of candidates.slice(0, maxCandidates)) {
    try {
      await node.connect(name, { timeoutMs, signal });
      return await askWitness(name, askNode({ node, timeoutMs, signal }, name), request);
    } catch {
      signal.throwIfAborted();
    }
  }
  return undefined;
}

async function askWitness(name: string, ask: Ask, request: WitnessRequest): Promise<WitnessSeen> {
  const { node, port, address, timeoutMs } = request;
  const isConnected = namesIn(await ask('erlang', 'nodes', [atom('connected')])).includes(node);
  const isSameHost = splitNodeName(name).host === splitNodeName(node).host;
  const [loopback, outside, target] = await Promise.all([
    port === undefined || !isSameHost ? undefined : dialThere(ask, loopbackLike(address), port),
    port === undefined ? undefined : dialThere(ask, address, port),
    isConnected ? askTarget(askThrough(ask, node, timeoutMs)) : undefined,
  ]);
  return { name, isSameHost, isConnected, loopback, outside, target };
}

function loopbackLike(address: string): string {
  return address.includes(':') ? '::1' : '127.0.0.1';
}

/** Has a node dial a port, and close it again. */
export async function dialThere(ask: Ask, address: string, port: number): Promise<DialSeen> {
  const options: Term[] = address.includes(':') ? [atom('inet6')] : [];
  const reason = errorIn(await ask('gen_tcp', 'connect', [ipTerm(address), port, options, dialMs]));
  if (reason === undefined) return { outcome: 'open', code: '' };
  return { outcome: reason === 'timeout' ? 'silent' : outcomeOf(reason.toUpperCase()), code: reason };
}

async function askTarget(ask: Ask): Promise<TargetSeen> {
  const [listing, listens, environment] = await Promise.all([
    ask('file', 'list_dir', [stringTerm('/proc/self')]),
    ask('init', 'get_argument', [atom('dist_listen')]),
    ask('os', 'getenv', [stringTerm('ERL_EPMD_PORT')]),
  ]);
  const port = Number(charlist(environment));
  return {
    isOutOfFiles: errorIn(listing) === 'emfile',
    listens: !(listens instanceof Tuple && argumentWords(listens).includes('false')),
    epmdPort: Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined,
  };
}

/** The words in `{ok, [[Word, ...], ...]}`. */
function argumentWords(term: Tuple): string[] {
  const rows = term.at(1);
  if (!Array.isArray(rows)) return [];
  return (rows as readonly Term[]).flatMap((row) =>
    Array.isArray(row) ? (row as readonly Term[]).map((word) => charlist(word)) : [],
  );
}

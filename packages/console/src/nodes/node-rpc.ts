/**
 * Remote calls of the console to nodes: asking what they are and how they are, and having them connect or disconnect.
 * Erlang and Elixir nodes answer these calls without any code of Convoy; TypeScript nodes have the `convoy` functions.
 * Answers are checked, not trusted.
 */

import { identifyNode } from '@convoy/cluster/members';
import { pause } from '@convoy/node/async';
import { isFullNodeName } from '@convoy/node/names';
import { type Node, RemoteError } from '@convoy/node';
import { type Term, TermMap, Tuple, atom, atomName } from '@convoy/node/etf';
import { ConsoleError } from '../errors.ts';
import type { NodeView } from '../protocol/index.ts';
import type { Observation } from './node-table.ts';

type Kind = NodeView['kind'];
type Call = readonly [module: string, name: string, args: readonly Term[]];

const connectTimeoutMs = 10_000;
const kindTimeoutMs = 5000;

/** Nodes count as disconnected when this many probes in a row, at this interval, have found no connection. */
const quietProbes = 3;
const probeIntervalMs = 150;
const maxProbes = 20;
/** Maximum number of names that are read from an answer; more than are shown. */
const maxNames = 5000;

/** Asks a node for its peers, version, memory, processes and load. Nothing is asked that others would notice. Rejects if it does not answer within `timeoutMs`. */
export async function observeNode(
  node: Node,
  { name, kind }: { name: string; kind: Kind },
  timeoutMs: number,
): Promise<Observation> {
  const ask = (...[module, fun, args]: Call): Promise<Term> =>
    node.rpc(name, module, fun, [...args], { timeoutMs });
  if (kind === 'typescript') return readInfo(await ask('convoy', 'info', []));
  const [peers, memory, processes, queue, io, release, elixir] = await Promise.all([
    ask('erlang', 'nodes', []),
    ask('erlang', 'memory', [atom('total')]),
    ask('erlang', 'system_info', [atom('process_count')]),
    ask('erlang', 'statistics', [atom('total_run_queue_lengths_all')]),
    ask('erlang', 'statistics', [atom('io')]),
    ask('erlang', 'system_info', [atom('otp_release')]),
    kind === 'elixir' ? ask('Elixir.System', 'version', []) : undefined,
  ]);
  const otp = `OTP ${textOf(release)}`;
  return {
    peers: namesOf(peers),
    ...numberField('memoryBytes', memory),
    ...numberField('processes', processes),
    ...numberField('runQueue', queue),
    ...ioField(io),
    version: elixir === undefined ? otp : `${otp}, Elixir ${textOf(elixir)}`,
  };
}

/** Asks a node for its kind, by what is on it. Rejects if it does not answer. */
export async function kindOf(node: Node, name: string): Promise<Kind> {
  return (await identifyNode(node, name, { timeoutMs: kindTimeoutMs })).kind;
}

/** Asks `name` to connect to `peer`. Rejects with CONSOLE_PEER_REFUSED if it cannot. */
export async function askToConnect(
  node: Node,
  { name, kind }: { name: string; kind: Kind },
  peer: string,
): Promise<void> {
  const calls: Either = { beam: ['net_kernel', 'connect_node'], typescript: ['convoy', 'connect'] };
  let why = '';
  try {
    if ((await askEither(node, { name, kind }, { peer, calls })) === true) return;
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    // A TypeScript node reports the reason, an Erlang node only the failure.
    const { reason } = error;
    why = reason instanceof Tuple && reason.length === 3 ? `: ${textOf(reason.at(2), 300)}` : '';
  }
  throw new ConsoleError('CONSOLE_PEER_REFUSED', `${name} could not connect to ${peer}${why}`, {
    remedy: `Check that ${peer} is running and has the same cookie; the doctor finds the cause.`,
  });
}

/**
 * Asks `name` to disconnect from `peer`, if they are connected. Messages in transit between two nodes that have just
 * connected make them reconnect, so the request is repeated until they stay disconnected.
 */
export async function askToDisconnect(
  node: Node,
  asked: { name: string; kind: Kind },
  peer: string,
): Promise<void> {
  const calls: Either = { beam: ['erlang', 'disconnect_node'], typescript: ['convoy', 'disconnect'] };
  for (let quiet = 0, tries = 0; quiet < quietProbes && tries < maxProbes; tries += 1) {
    const wasConnected = (await askEither(node, asked, { peer, calls })) === true;
    quiet = wasConnected ? 0 : quiet + 1;
    await pause(probeIntervalMs);
  }
}

interface Either {
  readonly beam: readonly [module: string, name: string];
  readonly typescript: readonly [module: string, name: string];
}

async function askEither(
  node: Node,
  { name, kind }: { name: string; kind: Kind },
  { peer, calls }: { peer: string; calls: Either },
): Promise<Term> {
  const ask = ([module, fun]: readonly [string, string]): Promise<Term> =>
    node.rpc(name, module, fun, [atom(peer)], { timeoutMs: connectTimeoutMs });
  if (kind === 'typescript') return ask(calls.typescript);
  try {
    return await ask(calls.beam);
  } catch (error) {
    // A discovered node may be a TypeScript node.
    if (kind === 'unknown' && error instanceof RemoteError) return ask(calls.typescript);
    throw error;
  }
}

function readInfo(info: Term): Observation {
  const versions = fieldOf(info, 'versions');
  return {
    peers: namesOf(fieldOf(info, 'peers')),
    ...numberField('memoryBytes', fieldOf(fieldOf(info, 'memory'), 'total')),
    ...numberField('processes', fieldOf(info, 'processes')),
    ...eventLoopField(fieldOf(info, 'event_loop')),
    version: `Node.js ${textOf(fieldOf(versions, 'node'))}, Convoy ${textOf(fieldOf(versions, 'convoy'))}`,
  };
}

function fieldOf(map: Term, key: string): Term {
  return map instanceof TermMap ? map.get(atom(key)) : undefined;
}

function numberField<Name extends string>(name: Name, value: Term): { [Key in Name]?: number } {
  return isCount(value) ? ({ [name]: value } as { [Key in Name]?: number }) : {};
}

/** `{{input, In}, {output, Out}}`, in bytes since the node started. */
function ioField(value: Term): Pick<Observation, 'io'> {
  const [inBytes, outBytes] = value instanceof Tuple ? value.elements.map(secondOf) : [];
  if (!isCount(inBytes) || !isCount(outBytes)) return {};
  return { io: { inBytes, outBytes } };
}

function secondOf(pair: Term): Term {
  return pair instanceof Tuple ? pair.at(1) : undefined;
}

function eventLoopField(loop: Term): Pick<Observation, 'eventLoop'> {
  const [activeMs, idleMs] = [fieldOf(loop, 'active_ms'), fieldOf(loop, 'idle_ms')];
  if (!isCount(activeMs) || !isCount(idleMs)) return {};
  return { eventLoop: { activeMs, idleMs } };
}

function isCount(value: Term): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Text of a binary, a list of characters or an atom; truncated before it is read, because a node may answer anything. */
function textOf(term: Term, maxLength = 80): string {
  return rawTextOf(term, maxLength)
    .replaceAll(/[^\x20-\x7e]/g, '')
    .slice(0, maxLength);
}

function rawTextOf(term: Term, maxLength: number): string {
  if (term instanceof Uint8Array) return new TextDecoder().decode(term.subarray(0, maxLength));
  if (!Array.isArray(term)) return atomName(term) ?? '';
  const codes = (term as readonly Term[]).slice(0, maxLength);
  const isText = codes.every((one) => typeof one === 'number' && one < 0x11_0000 && one >= 0);
  return isText ? String.fromCodePoint(...(codes as number[])) : '';
}

function namesOf(list: Term): string[] {
  if (!Array.isArray(list)) return [];
  const names = list.slice(0, maxNames).map((one: Term) => atomName(one) ?? '');
  return names.filter(isFullNodeName);
}

/**
 * What the console asks of nodes, and whom it asks to connect or disconnect: remote calls that every Erlang or Elixir node
 * answers as it is, and the `convoy` functions of TypeScript nodes. Answers are checked, not trusted.
 */

import { setTimeout } from 'node:timers/promises';
import { type Node, RemoteError } from '@convoy/node';
import { type Term, TermMap, Tuple, atom, atomName } from '@convoy/node/etf';
import { ConsoleError } from '../errors.ts';
import type { NodeKind, NodeView } from '../protocol/index.ts';
import type { Observation } from './node-table.ts';

type Kind = NodeView['kind'];
type Call = readonly [module: string, name: string, args: readonly Term[]];

const connectTimeoutMs = 10_000;
const kindTimeoutMs = 5000;

/** Nodes are disconnected when this many probes in a row, at this interval, found no connection. */
const quietProbes = 3;
const probeIntervalMs = 150;
const maxProbes = 20;
/** Of the names in an answer, so many are looked at; more than are shown. */
const maxNames = 5000;

/** Asks a node what it is. Rejects when it does not answer within `timeoutMs`. */
export async function observeNode(
  node: Node,
  { name, kind }: { name: string; kind: Kind },
  timeoutMs: number,
): Promise<Observation> {
  const ask = (...[module, fun, args]: Call): Promise<Term> =>
    node.rpc(name, module, fun, [...args], { timeoutMs });
  if (kind === 'typescript') return readInfo(await ask('convoy', 'info', []));
  const [peers, memory, processes, release, elixir] = await Promise.all([
    ask('erlang', 'nodes', []),
    ask('erlang', 'memory', [atom('total')]),
    ask('erlang', 'system_info', [atom('process_count')]),
    ask('erlang', 'system_info', [atom('otp_release')]),
    kind === 'elixir' ? ask('Elixir.System', 'version', []) : undefined,
  ]);
  const otp = `OTP ${textOf(release)}`;
  return {
    peers: namesOf(peers),
    ...numberField('memoryBytes', memory),
    ...numberField('processes', processes),
    version: elixir === undefined ? otp : `${otp}, Elixir ${textOf(elixir)}`,
  };
}

/** What a node is: TypeScript when it answers as one, Elixir when it can load it, else Erlang. */
export async function kindOf(node: Node, name: string): Promise<NodeKind> {
  const options = { timeoutMs: kindTimeoutMs };
  try {
    const loaded = await node.rpc(name, 'code', 'ensure_loaded', [atom('Elixir.Kernel')], options);
    return loaded instanceof Tuple && atomName(loaded.at(0)) === 'module' ? 'elixir' : 'erlang';
  } catch (error) {
    // A node that does not know the module `code` is no Erlang node.
    if (!(error instanceof RemoteError)) throw error;
    await node.rpc(name, 'convoy', 'info', [], options);
    return 'typescript';
  }
}

/** Asks `name` to connect to `peer`. Throws CONSOLE_PEER_REFUSED when it could not. */
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
    // A TypeScript node says why; an Erlang one only that.
    const { reason } = error;
    why = reason instanceof Tuple && reason.length === 3 ? `: ${textOf(reason.at(2), 300)}` : '';
  }
  throw new ConsoleError('CONSOLE_PEER_REFUSED', `${name} could not connect to ${peer}${why}`, {
    remedy: `Check that ${peer} runs and has the same cookie; \`convoy ping ${peer}\` says what is wrong.`,
  });
}

/**
 * Asks `name` to end its connection to `peer`; there may be none. Two nodes that have just met still greet each other,
 * and a greeting on its way dials again: so the question is whether they stay apart, and it is asked until they do.
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
    await setTimeout(probeIntervalMs);
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
    // A node nobody told us about may be a TypeScript one.
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
    version: `Node.js ${textOf(fieldOf(versions, 'node'))}, Convoy ${textOf(fieldOf(versions, 'convoy'))}`,
  };
}

function fieldOf(map: Term, key: string): Term {
  return map instanceof TermMap ? map.get(atom(key)) : undefined;
}

function numberField<Name extends string>(name: Name, value: Term): { [Key in Name]?: number } {
  return Number.isSafeInteger(value) && (value as number) >= 0
    ? ({ [name]: value } as { [Key in Name]?: number })
    : {};
}

/** Text of a binary, a list of characters or an atom; cut before it is looked at, because a node may answer anything. */
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
  return names.filter((name) => /^[^@\s]+@[^@\s]+$/.test(name));
}

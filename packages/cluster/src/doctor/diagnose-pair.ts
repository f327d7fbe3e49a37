/**
 * Finds out why one remote node cannot reach another: has the first look at the second, and lets everything that it saw choose.
 * Cookies are compared by salted hashes computed on the nodes; they never leave them.
 */

import { randomBytes } from 'node:crypto';
import { type Node, parseNodeName, RemoteError } from '@convoy/node';
import { atom, atomName, Pid, type Term, Tuple } from '@convoy/node/etf';
import { isLongHost, splitNodeName } from '@convoy/node/names';
import type { Diagnosis, DiagnosisStep, Fault } from './model/diagnosis.ts';
import { Examination } from './examination.ts';
import { cookiesDiffer, refusesPeer } from './faults/handshakes.ts';
import { malformedName, mixedForms } from './faults/names.ts';
import { firstUnreachable, notConnected, notDistributed, typescriptRefused } from './faults/pairs.ts';
import { type Ask, askNode, RelayedCallError } from './look/asking/asker.ts';
import { cookieHash } from './look/asking/cookie-hash.ts';
import { charlist, namesIn } from './look/asking/terms.ts';
import { distributionOf, fromThere } from './look/there.ts';
import { lookAround, observeAddresses } from './look-directly.ts';
import type { Seen } from './model/seen.ts';
import { chooseFault } from './verdict/verdict.ts';

/** Options of `diagnosePair`. */
export interface DiagnosePairOptions {
  /** A local node that can reach the first of the two, with the `routes` and cookies this takes. */
  readonly node: Node;
  /** Whether to connect the two if nothing stands between them. Default true. */
  readonly connect?: boolean;
  /** Timeout of each remote call in milliseconds. Default 10000. */
  readonly timeoutMs?: number;
  /** Called when a step has ended. */
  readonly onStep?: (step: DiagnosisStep) => void;
  readonly signal?: AbortSignal | undefined;
}

interface Pair {
  readonly connect: boolean;
  readonly from: string;
  readonly to: string;
  readonly ask: Ask;
  readonly askTo: Ask;
  /** Connects to the first node, if it is asked directly. */
  readonly reach: () => Promise<void>;
  readonly signal: AbortSignal | undefined;
}

/** Has `from` dial `to`. Faults are part of the result; rejects only with the signal's reason. */
export async function diagnosePair(
  from: string,
  to: string,
  options: DiagnosePairOptions,
): Promise<Diagnosis> {
  const { node, timeoutMs = 10_000, signal } = options;
  const askOf = (name: string): Ask => askNode({ node, timeoutMs, signal }, name);
  const reach = (): Promise<void> => node.connect(from, { signal });
  return diagnoseAsking({ from, to, ask: askOf(from), askTo: askOf(to), reach }, options);
}

/** @internal The same with ways of its own to ask the two. */
export async function diagnoseAsking(
  asked: Omit<Pair, 'connect' | 'signal'>,
  { connect = true, onStep, signal }: Omit<DiagnosePairOptions, 'node' | 'timeoutMs'>,
): Promise<Diagnosis> {
  const { from, to } = asked;
  const examination = new Examination(onStep);
  const faults = await observePair(examination, { ...asked, connect, signal }).catch(
    (error: unknown): Fault[] => {
      signal?.throwIfAborted();
      return [firstUnreachable(from, error instanceof Error ? error.message : String(error))];
    },
  );
  signal?.throwIfAborted();
  const [fault, ...warnings] = faults;
  return { node: to, from, ok: fault === undefined, steps: examination.steps, fault, warnings };
}

/** What is wrong between them, the cause first. */
async function observePair(examination: Examination, pair: Pair): Promise<Fault[]> {
  const { to } = pair;
  if (parseNodeName(to) === undefined) return [malformedName(to)];
  const first = await reachFirst(examination, pair);
  if (first.isComplete) return first.fault === undefined ? [] : [first.fault];
  const mixed = await compareForms(examination, pair);
  if (mixed !== undefined) return [mixed];
  const seen = await lookFrom(examination, pair);
  const cookie = await compareCookies(examination, pair);
  const way = chooseFault(seen);
  const found = [way, cookie].filter((fault) => fault !== undefined);
  if (found.length > 0) return found;
  const refusal = await connectThere(examination, pair);
  return refusal === undefined ? [] : [refusal];
}

/** Everything between the first node and the port of the second. */
async function lookFrom(examination: Examination, { ask, from, to, signal }: Pair): Promise<Seen> {
  const distribution = await distributionOf(ask);
  const { name, host } = splitNodeName(to);
  const subject: Seen = {
    ...distribution,
    node: to,
    name,
    host,
    from,
    isRegistered: true,
    isTls: false,
    addresses: [],
  };
  const vantage = fromThere(from, ask, distribution);
  const looking = { vantage, signal: signal ?? new AbortController().signal };
  const seen = await observeAddresses(examination, { ...looking, subject });
  const isOpen = seen.addresses.some(({ port }) => port?.outcome === 'open');
  return isOpen ? seen : lookAround(examination, { ...looking, seen });
}

/** Complete if the two are connected already, or the first is a TypeScript node, which reports the fault itself. */
interface First {
  readonly isComplete: boolean;
  readonly fault?: Fault;
}

function reachFirst(examination: Examination, pair: Pair): Promise<First> {
  const { from, to, ask, reach } = pair;
  return examination.step<First>({ name: 'first', label: `Reach ${from}` }, async () => {
    try {
      await reach();
    } catch (error) {
      const fault = firstUnreachable(from, (error as Error).message);
      return { value: { isComplete: true, fault }, detail: fault.sentence, status: 'failed' };
    }
    try {
      const isComplete = namesIn(await ask('erlang', 'nodes', [atom('connected')])).includes(to);
      return { value: { isComplete }, detail: isComplete ? `already connected to ${to}` : 'it answers' };
    } catch (error) {
      if (!(error instanceof RemoteError || error instanceof RelayedCallError)) throw error;
    }
    const fault = await askTypescript(pair);
    return fault === undefined
      ? { value: { isComplete: true }, detail: `connected to ${to}` }
      : { value: { isComplete: true, fault }, detail: fault.sentence, status: 'failed' };
  });
}

/** `convoy:connect/1` fails with `{convoy_error, Code, Message}`. */
async function askTypescript({ from, to, ask, connect }: Pair): Promise<Fault | undefined> {
  if (!connect) return notConnected(from, to);
  try {
    await ask('convoy', 'connect', [atom(to)]);
    return undefined;
  } catch (error) {
    const reason = error instanceof RemoteError && error.reason instanceof Tuple ? error.reason : undefined;
    const message = reason?.length === 3 ? textOf(reason.at(2)) : (error as Error).message;
    return typescriptRefused({ from, to }, { message, code: textOf(reason?.at(1) ?? atom('none')) });
  }
}

function compareForms(examination: Examination, { from, to, ask }: Pair): Promise<Fault | undefined> {
  return examination.step({ name: 'name', label: 'Compare long and short names' }, async () => {
    const usesLong = (await ask('net_kernel', 'longnames', [])) === true;
    const isLong = isLongHost(splitNodeName(to).host);
    if (usesLong === isLong) return { value: undefined, detail: isLong ? 'both long' : 'both short' };
    const [long, short] = usesLong ? [from, to] : [to, from];
    const fault = mixedForms(long, short, `net_kernel:longnames() on ${from} is ${String(usesLong)}`);
    return { value: fault, detail: fault.sentence, status: 'failed' };
  });
}

/** Has both compute a hash of the cookie they use for each other. The second may be unreachable from here. */
async function compareCookies(examination: Examination, pair: Pair): Promise<Fault | undefined> {
  const { from, to, ask, askTo } = pair;
  return examination.step<Fault | undefined>({ name: 'cookie', label: 'Compare their cookies' }, async () => {
    const salt = randomBytes(16).toString('hex');
    const [ours, theirs] = await Promise.all([
      cookieHash(ask, { peer: to, salt }).catch(() => undefined),
      cookieHash(askTo, { peer: from, salt }).catch(() => undefined),
    ]);
    if (ours === undefined) return { value: undefined, detail: `${from} does not tell`, status: 'skipped' };
    if (theirs === undefined)
      return { value: undefined, detail: `${to} cannot be reached from here`, status: 'skipped' };
    if (ours === theirs) return { value: undefined, detail: 'the same' };
    const fault = cookiesDiffer(from, to);
    return { value: fault, detail: fault.sentence, status: 'failed' };
  });
}

async function connectThere(
  examination: Examination,
  { from, to, ask, connect }: Pair,
): Promise<Fault | undefined> {
  if (!connect) return notConnected(from, to);
  return examination.step<Fault | undefined>(
    { name: 'connect', label: `Connect ${from} to ${to}` },
    async () => {
      if ((await ask('net_kernel', 'connect_node', [atom(to)])) === true) {
        return { value: undefined, detail: `${from} is now connected to ${to}` };
      }
      const kernel = await ask('erlang', 'whereis', [atom('net_kernel')]);
      const fault =
        kernel instanceof Pid
          ? refusesPeer(to, from, `net_kernel:connect_node on ${from}: false`)
          : notDistributed(from);
      return { value: fault, detail: fault.sentence, status: 'failed' };
    },
  );
}

function textOf(term: Term): string {
  if (term instanceof Uint8Array) return Buffer.from(term).toString('utf8').slice(0, 300);
  return atomName(term) ?? charlist(term);
}

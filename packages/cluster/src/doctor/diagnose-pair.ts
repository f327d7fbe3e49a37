/**
 * Finds out why one remote node cannot reach another: has the first look up and dial the second, step by step, and explains
 * the results. Cookies are compared by salted hashes computed on the nodes; they never leave them.
 */

import { randomBytes } from 'node:crypto';
import { type Node, parseNodeName, RemoteError } from '@convoy/node';
import { atom, atomName, Pid, type Term, Tuple } from '@convoy/node/etf';
import { isLongHost } from '@convoy/node/names';
import { type Diagnosis, type DiagnosisStep, FaultFound } from './diagnosis.ts';
import { Examination } from './examination.ts';
import { makeFault } from './faults.ts';
import { cookieHash } from './cookie-hash.ts';
import { charlist } from './node-probe.ts';

/** Options of `diagnosePair`. */
export interface DiagnosePairOptions {
  /** A local node that can reach the first of the two, with the `routes` and cookies this takes. */
  readonly node: Node;
  /** Timeout of each remote call in milliseconds. Default 10000. */
  readonly timeoutMs?: number;
  /** Called when a step has ended. */
  readonly onStep?: (step: DiagnosisStep) => void;
  readonly signal?: AbortSignal | undefined;
}

interface Pair extends Required<Pick<DiagnosePairOptions, 'node' | 'timeoutMs'>> {
  readonly from: string;
  readonly to: string;
  readonly name: string;
  readonly host: string;
  readonly signal: AbortSignal | undefined;
}

const dialMs = 3000;

/** Has `from` dial `to`. Faults are part of the result; rejects only with the signal's reason. */
export async function diagnosePair(
  from: string,
  to: string,
  options: DiagnosePairOptions,
): Promise<Diagnosis> {
  const examination = new Examination({ node: to, from }, options.onStep);
  const diagnosis = await examination.run(async () => {
    const { name, host } = checkNames(to);
    const { node, timeoutMs = 10_000, signal } = options;
    const pair: Pair = { node, timeoutMs, signal, from, to, name, host };
    if (await reachFirst(examination, pair)) return;
    await compareForms(examination, pair);
    const address = await resolveThere(examination, pair);
    const port = await askEpmdThere(examination, { ...pair, address });
    await dialThere(examination, { ...pair, address, port });
    await compareCookies(examination, pair);
    await connectThere(examination, pair);
  });
  options.signal?.throwIfAborted();
  return diagnosis;
}

function checkNames(to: string): { readonly name: string; readonly host: string } {
  const parsed = parseNodeName(to);
  if (parsed !== undefined) return parsed;
  throw new FaultFound(
    makeFault({
      code: 'NAME_FORM',
      sentence: `${JSON.stringify(to)} is not a valid node name`,
      remedy: 'Node names look like app@db1.',
    }),
  );
}

function ask(
  { node, from, timeoutMs, signal }: Pair,
  call: readonly [string, string, Term[]],
): Promise<Term> {
  const options = signal === undefined ? { timeoutMs } : { timeoutMs, signal };
  return node.rpc(from, call[0], call[1], call[2], options);
}

/**
 * Returns whether the diagnosis is complete: the two are connected already, or the first is a TypeScript node, which reports
 * the fault itself.
 */
function reachFirst(examination: Examination, pair: Pair): Promise<boolean> {
  const { node, from, to, signal } = pair;
  return examination.step({ name: 'first', label: `Reach ${from}` }, async () => {
    await node.connect(from, { signal }).catch((cause: unknown) => {
      throw new FaultFound(
        makeFault(
          {
            code: 'PEER_UNREACHABLE',
            sentence: `${from} cannot be reached from here`,
            remedy: `Run the doctor for ${from} first.`,
          },
          (cause as Error).message,
        ),
      );
    });
    try {
      const peers = namesIn(await ask(pair, ['erlang', 'nodes', [atom('connected')]]));
      const isConnected = peers.includes(to);
      return { value: isConnected, detail: isConnected ? `already connected to ${to}` : 'it answers' };
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
    }
    await askTypescript(pair);
    return { value: true, detail: `connected to ${to}` };
  });
}

/** `convoy:connect/1` fails with `{convoy_error, Code, Message}`. */
async function askTypescript(pair: Pair): Promise<void> {
  try {
    await ask(pair, ['convoy', 'connect', [atom(pair.to)]]);
  } catch (error) {
    const reason = error instanceof RemoteError && error.reason instanceof Tuple ? error.reason : undefined;
    const said = reason?.length === 3 ? textOf(reason.at(2)) : (error as Error).message;
    throw new FaultFound(
      makeFault(
        {
          code: 'UNEXPLAINED',
          sentence: `${pair.from} cannot connect to ${pair.to}: ${said}`,
          remedy: `Follow the message of ${pair.from}, which sees the network from its own host.`,
        },
        `error code of ${pair.from}: ${textOf(reason?.at(1) ?? atom('none'))}`,
      ),
    );
  }
}

function compareForms(examination: Examination, pair: Pair): Promise<void> {
  const { from, to, host } = pair;
  return examination.step({ name: 'name', label: 'Compare long and short names' }, async () => {
    const usesLong = (await ask(pair, ['net_kernel', 'longnames', []])) === true;
    const isLong = isLongHost(host);
    if (usesLong === isLong) return { value: undefined, detail: isLong ? 'both long' : 'both short' };
    const [long, short] = usesLong ? [from, to] : [to, from];
    throw new FaultFound(
      makeFault(
        {
          code: 'NAME_FORM',
          sentence: `${long} is a long name and ${short} a short one: Erlang nodes with long and short names cannot connect`,
          remedy: 'Start both with -name (RELEASE_DISTRIBUTION=name), or both with -sname.',
        },
        `net_kernel:longnames() on ${from} is ${String(usesLong)}`,
      ),
    );
  });
}

/** The address as `from` resolves it, in the family that its distribution uses. */
function resolveThere(examination: Examination, pair: Pair): Promise<Term> {
  const { from, host } = pair;
  return examination.step({ name: 'resolve', label: `Resolve ${host} from ${from}` }, async () => {
    const family = (await usesInet6(pair)) ? 'inet6' : 'inet';
    const characters = Array.from(host, (character) => character.codePointAt(0) ?? 0);
    const answer = await ask(pair, ['inet', 'getaddr', [characters, atom(family)]]);
    const [outcome, value] = answer instanceof Tuple ? answer.elements : [];
    if (atomName(outcome) === 'ok' && value !== undefined) {
      return {
        value,
        detail: value instanceof Tuple ? value.elements.map(String).join(family === 'inet' ? '.' : ':') : '',
      };
    }
    const reason = atomName(value) ?? 'unknown';
    const isFailing = reason === 'timeout' || reason === 'servfail' || reason === 'refused';
    throw new FaultFound(
      makeFault(
        {
          code: isFailing ? 'DNS_FAILING' : 'DNS_NO_SUCH_HOST',
          sentence: `${from} cannot resolve ${host}${family === 'inet6' ? ' to an IPv6 address' : ''}`,
          remedy: `Add ${host} to DNS or /etc/hosts on the host of ${from}.`,
        },
        `inet:getaddr on ${from}: ${reason}`,
      ),
    );
  });
}

async function usesInet6(pair: Pair): Promise<boolean> {
  const answer = await ask(pair, ['init', 'get_argument', [atom('proto_dist')]]);
  const value = answer instanceof Tuple ? answer.at(1) : undefined;
  const last = Array.isArray(value) ? (value as readonly Term[]).at(-1) : undefined;
  const first = Array.isArray(last) ? (last as readonly Term[])[0] : undefined;
  return charlist(first ?? []).startsWith('inet6');
}

function askEpmdThere(examination: Examination, pair: Pair & { readonly address: Term }): Promise<number> {
  const { from, to, name, host, address } = pair;
  return examination.step({ name: 'epmd', label: `Ask EPMD on ${host} from ${from}` }, async () => {
    const characters = Array.from(name, (character) => character.codePointAt(0) ?? 0);
    const answer = await ask(pair, ['erl_epmd', 'port_please', [characters, address, dialMs]]);
    const [outcome, port] = answer instanceof Tuple ? answer.elements : [answer];
    if (atomName(outcome) === 'port' && typeof port === 'number')
      return { value: port, detail: `port ${port}` };
    if (atomName(outcome) === 'noport') {
      throw new FaultFound(
        makeFault(
          {
            code: 'EPMD_NAME_UNKNOWN',
            sentence: `${name} is not registered in the EPMD that ${from} reaches on ${host}`,
            remedy: `Start ${to}; if it is running, ${host} resolves to a different machine on the host of ${from}.`,
          },
          `erl_epmd:port_please on ${from}: noport`,
        ),
      );
    }
    throw new FaultFound(
      makeFault(
        {
          code: 'EPMD_DOWN',
          sentence: `${from} cannot reach EPMD on ${host}`,
          remedy: `Open port 4369 of ${host} to the host of ${from}, or use a fixed port and -erl_epmd_port on both.`,
        },
        `erl_epmd:port_please on ${from}: ${atomName(port ?? outcome) ?? 'an error'}`,
      ),
    );
  });
}

function dialThere(
  examination: Examination,
  pair: Pair & { readonly address: Term; readonly port: number },
): Promise<void> {
  const { from, to, address, port, host } = pair;
  return examination.step({ name: 'port', label: `Open the port from ${from}` }, async () => {
    const options: Term[] = address instanceof Tuple && address.length === 8 ? [atom('inet6')] : [];
    const answer = await ask(pair, ['gen_tcp', 'connect', [address, port, options, dialMs]]);
    const [outcome, reason] = answer instanceof Tuple ? answer.elements : [];
    if (atomName(outcome) === 'ok') return { value: undefined, detail: `port ${port} is open` };
    const why = atomName(reason) ?? 'unknown';
    const isSilent = why === 'timeout' || why === 'etimedout';
    throw new FaultFound(
      makeFault(
        {
          code: isSilent ? 'PORT_SILENT' : why === 'econnrefused' ? 'EPMD_STALE' : 'NO_ROUTE',
          sentence: `${from} cannot reach port ${port} of ${host}, where ${to} listens`,
          remedy: isSilent
            ? `A firewall between them drops the packets: open port ${port} (inet_dist_listen_min and _max set a fixed port).`
            : `Check that ${to} listens on an address that ${from} can reach (inet_dist_use_interface).`,
        },
        `gen_tcp:connect on ${from}: ${why}`,
      ),
    );
  });
}

/** Has both compute a hash of the cookie they use for each other. The second may be unreachable from here. */
async function compareCookies(examination: Examination, pair: Pair): Promise<void> {
  const { from, to } = pair;
  await examination.step({ name: 'cookie', label: 'Compare their cookies' }, async () => {
    const salt = randomBytes(16).toString('hex');
    const [ours, theirs] = await Promise.all([
      cookieHash(pair, { at: from, peer: to, salt }),
      cookieHash(pair, { at: to, peer: from, salt }).catch(() => undefined),
    ]);
    if (theirs === undefined) return { value: undefined, detail: `${to} cannot be reached from here` };
    if (ours === theirs) return { value: undefined, detail: 'the same' };
    throw new FaultFound(
      makeFault(
        {
          code: 'COOKIE',
          sentence: `${from} and ${to} have different cookies`,
          remedy:
            'Set the same cookie on both (~/.erlang.cookie, -setcookie or RELEASE_COOKIE), and restart the node you changed.',
        },
        'the salted hashes of their cookies differ',
      ),
    );
  });
}

function connectThere(examination: Examination, pair: Pair): Promise<void> {
  const { from, to } = pair;
  return examination.step({ name: 'connect', label: `Connect ${from} to ${to}` }, async () => {
    if ((await ask(pair, ['net_kernel', 'connect_node', [atom(to)]])) === true) {
      return { value: undefined, detail: `${from} is now connected to ${to}` };
    }
    const kernel = await ask(pair, ['erlang', 'whereis', [atom('net_kernel')]]);
    throw new FaultFound(
      makeFault(
        {
          code: 'NOT_ALLOWED',
          sentence: `${to} refuses ${from}, although name, port and cookie match`,
          remedy: `Check net_kernel:allow/1 on ${to}, whether another node uses the name ${from}, and the logs of both nodes.`,
        },
        kernel instanceof Pid
          ? `net_kernel:connect_node on ${from}: false`
          : `${from} is no longer distributed (net_kernel is not running)`,
      ),
    );
  });
}

function namesIn(term: Term): string[] {
  return Array.isArray(term) ? (term as readonly Term[]).flatMap((one) => atomName(one) ?? []) : [];
}

function textOf(term: Term): string {
  if (term instanceof Uint8Array) return Buffer.from(term).toString('utf8').slice(0, 300);
  return atomName(term) ?? charlist(term);
}

/** Probes a connected node: its release and clock, whether it can dial back, and whether the mesh is complete. */

import { once } from 'node:events';
import { createServer } from 'node:net';
import { isIP } from 'node:net';
import { type Node, RemoteError } from '@convoy/node';
import { atom, atomName, type Term, TermMap, Tuple, tuple } from '@convoy/node/etf';
import { type Fault } from './diagnosis.ts';
import { makeFault } from './faults.ts';
import type { StepResult } from './examination.ts';

/** Clocks further apart than this upset certificates, logs and `global`. */
const allowedSkewMs = 5000;
const oldestRelease = 25;
const maxAsked = 20;
const dialBackMs = 2500;

export interface NodeProbe {
  readonly node: Node;
  readonly target: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

async function ask(
  { node, target, timeoutMs, signal }: NodeProbe,
  call: readonly [string, string, Term[]],
): Promise<Term> {
  return node.rpc(target, call[0], call[1], call[2], { timeoutMs, signal });
}

/** Compares its release and its clock with ours. TypeScript nodes report neither. */
export async function askVersionAndClock(probe: NodeProbe): Promise<StepResult<string | undefined>> {
  let release: Term;
  try {
    release = await ask(probe, ['erlang', 'system_info', [atom('otp_release')]]);
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    return { value: undefined, detail: 'a TypeScript node' };
  }
  const before = Date.now();
  const time = await ask(probe, ['os', 'system_time', [atom('millisecond')]]);
  const after = Date.now();
  const skewMs = Number(time) - (before + after) / 2;
  const text = charlist(release);
  const detail = `OTP ${text}, clocks ${Math.round(Math.abs(skewMs))} ms apart`;
  return {
    value: text,
    detail,
    warning: clockWarning(skewMs, probe.target) ?? releaseWarning(text, probe.target),
  };
}

function clockWarning(skewMs: number, target: string): Fault | undefined {
  if (Math.abs(skewMs) <= allowedSkewMs) return undefined;
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  return makeFault({
    code: 'CLOCK_SKEW',
    sentence: `the clock of ${target} is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} this one`,
    remedy: 'Run a time service (chrony, systemd-timesyncd) on both machines.',
  });
}

function releaseWarning(release: string, target: string): Fault | undefined {
  if (!(Number(release) < oldestRelease)) return undefined;
  return makeFault({
    code: 'OLD_RELEASE',
    sentence: `${target} runs OTP ${release}, which no longer receives fixes`,
    remedy: `Upgrade to OTP ${oldestRelease} or later.`,
  });
}

/** Whether the node can open a connection to us. Distribution works without it until that node has to dial. */
export async function tryDialBack(probe: NodeProbe, localAddress: string): Promise<StepResult<undefined>> {
  const address = localAddress.replace(/^::ffff:/, '');
  const server = createServer((socket) => socket.destroy());
  server.listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  try {
    const options = [...(isIP(address) === 6 ? [atom('inet6')] : [])];
    const answer = await ask(probe, ['gen_tcp', 'connect', [ipTerm(address), port, options, dialBackMs]]);
    const reason =
      answer instanceof Tuple && atomName(answer.at(0)) === 'error' ? atomName(answer.at(1)) : undefined;
    if (reason === undefined) return { value: undefined, detail: `it can dial ${address}` };
    const warning = makeFault(
      {
        code: 'RETURN_PATH',
        sentence: `${probe.target} cannot dial back to ${address}: connections have to be opened from here`,
        remedy:
          'Open the ports on this side for it, or always connect from this side (a connection works in both directions).',
      },
      `gen_tcp:connect on ${probe.target}: ${reason}`,
    );
    return { value: undefined, detail: reason, warning };
  } finally {
    server.close();
  }
}

/** Whether the visible peers of the node are connected with one another, as `global` requires. */
export async function askMesh(probe: NodeProbe): Promise<StepResult<undefined>> {
  const peers = names(await ask(probe, ['erlang', 'nodes', []])).slice(0, maxAsked);
  const members = [probe.target, ...peers];
  const missing: string[] = [];
  await Promise.all(
    peers.map(async (peer) => {
      const seen = await peersOf(probe, peer);
      for (const member of members)
        if (member !== peer && seen?.includes(member) === false) missing.push(`${peer} lacks ${member}`);
    }),
  );
  const detail = peers.length === 0 ? 'it has no visible peers' : `${members.length} nodes, all connected`;
  if (missing.length === 0) return { value: undefined, detail };
  const warning = makeFault(
    {
      code: 'PARTIAL_MESH',
      sentence: `not all peers of ${probe.target} are connected with one another, so global and pg are inconsistent`,
      remedy: 'Connect them; with prevent_overlapping_partitions, OTP disconnects more of them by itself.',
    },
    ...missing.sort().slice(0, 10),
  );
  return { value: undefined, detail: missing.join(', '), warning };
}

/** The peers of `peer` as it sees them itself; TypeScript nodes are asked by `convoy:info`. `undefined` without an answer. */
async function peersOf(probe: NodeProbe, peer: string): Promise<string[] | undefined> {
  const askPeer = (module: string, name: string): Promise<Term> =>
    ask(probe, ['rpc', 'call', [atom(peer), atom(module), atom(name), [], 2000]]);
  const nodes = await askPeer('erlang', 'nodes');
  if (Array.isArray(nodes)) return names(nodes);
  const info = await askPeer('convoy', 'info');
  return info instanceof TermMap ? names(info.get(atom('peers'))) : undefined;
}

function names(term: Term): string[] {
  return Array.isArray(term) ? (term as readonly Term[]).flatMap((one) => atomName(one) ?? []) : [];
}

/** @internal An Erlang string, printable part only. */
export function charlist(term: Term): string {
  if (!Array.isArray(term)) return '';
  const codes = (term as readonly Term[]).filter((code): code is number => typeof code === 'number');
  return String.fromCodePoint(...codes.filter((code) => code >= 0x20 && code < 0x7f).slice(0, 200));
}

/** `{127,0,0,1}`, or eight numbers for IPv6. */
function ipTerm(address: string): Term {
  if (isIP(address) === 4) return tuple(...address.split('.').map(Number));
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const parts = (text: string): number[] =>
    text
      .split(':')
      .filter((part) => part !== '')
      .map((part) => Number.parseInt(part, 16));
  const [first, last] = [parts(head), parts(tail ?? '')];
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - first.length - last.length }, () => 0);
  return tuple(...first, ...zeros, ...last);
}

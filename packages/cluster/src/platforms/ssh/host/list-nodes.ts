/**
 * Lists all nodes of a host: those registered in its EPMD and, from the list of processes, those that run without EPMD. Each
 * is asked for its full name, because EPMD knows only the part before the `@`.
 */

import { EpmdError } from '@convoy/node';
import { mapConcurrently } from '@convoy/node/async';
import type { Tunnel } from '../../../tunnels/tunnel.ts';
import { epmdBehind } from '../../../tunnels/tunnel-resolver.ts';
import { isNothingListening } from '../../../tunnels/tunnel-transport.ts';
import type { HostReport, NodeProcess } from './inspect-host.ts';
import { probeNode, type ProbeOptions } from './probe-node.ts';

/** A node on a host. */
export interface HostNode {
  /** Full name as reported by the node, or as registered if the node does not answer. */
  readonly name: string;
  /** Its port on the host; `undefined` if unknown. */
  readonly port: number | undefined;
  /** Where it was found: in EPMD or in the list of processes. */
  readonly source: 'epmd' | 'process';
  /** Whether it answered the handshake with its name. */
  readonly answers: boolean;
  /** Why it did not answer. */
  readonly problem?: Error;
  readonly osPid?: number | undefined;
  readonly user?: string | undefined;
}

const maxConcurrentProbes = 8;
const maxNodes = 512;

/** The names in the EPMD of the host; `undefined` if none runs. Throws an error of the tunnel, or `EpmdError`. */
export async function epmdNames(
  tunnel: Tunnel,
  report: Pick<HostReport, 'epmdPort'>,
  signal: AbortSignal | undefined,
): Promise<readonly { readonly name: string; readonly port: number }[] | undefined> {
  try {
    const { nodes } = await epmdBehind(tunnel, { epmdPort: report.epmdPort, signal }).names();
    return nodes.slice(0, maxNodes);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof EpmdError && error.code === 'EPMD_UNREACHABLE') {
      if (isNothingListening(error.cause)) return undefined;
      throw error.cause instanceof Error ? error.cause : error;
    }
    throw error;
  }
}

/** Lists the nodes of a host: first those in EPMD, then those found only among the processes. */
export async function listNodes(
  tunnel: Tunnel,
  report: HostReport,
  options: ProbeOptions = {},
): Promise<HostNode[]> {
  const registered = (await epmdNames(tunnel, report, options.signal)) ?? [];
  const known = await mapConcurrently(registered, maxConcurrentProbes, ({ name, port }) =>
    probeCandidate(tunnel, { name: `${name}@${report.hostname}`, port, source: 'epmd' }, options),
  );
  const knownPorts = new Set(registered.map(({ port }) => port));
  const knownNames = new Set(known.filter(({ answers }) => answers).map(({ name }) => name));
  const others = report.processes.filter(({ ports }) => !ports.some((port) => knownPorts.has(port)));
  const found = await mapConcurrently(others, maxConcurrentProbes, (process) =>
    probeProcess(tunnel, { report, process }, options),
  );
  const byPort = new Map(report.processes.flatMap((one) => one.ports.map((port) => [port, one] as const)));
  return [
    ...known.map((node) => withOwner(node, byPort.get(node.port ?? 0))),
    ...found.filter(({ name }) => !knownNames.has(name)),
  ];
}

type Candidate = Pick<HostNode, 'name' | 'port' | 'source'>;

function withOwner(node: HostNode, process: NodeProcess | undefined): HostNode {
  return process === undefined ? node : { ...node, osPid: process.osPid, user: process.user };
}

async function probeCandidate(
  tunnel: Tunnel,
  candidate: Candidate,
  options: ProbeOptions,
): Promise<HostNode> {
  try {
    const name = await probeNode(tunnel, candidate.port ?? 0, options);
    return { ...candidate, name, answers: true };
  } catch (error) {
    options.signal?.throwIfAborted();
    return { ...candidate, answers: false, problem: error as Error };
  }
}

/** Probes the ports of a process in turn: one of them is its distribution port. */
async function probeProcess(
  tunnel: Tunnel,
  { report, process }: { readonly report: HostReport; readonly process: NodeProcess },
  options: ProbeOptions,
): Promise<HostNode> {
  const { givenName, ports, osPid, user } = process;
  const name = givenName.includes('@') ? givenName : `${givenName}@${report.hostname}`;
  let last: HostNode = { name, port: undefined, source: 'process', answers: false };
  for (const port of ports) {
    last = await probeCandidate(tunnel, { name, port, source: 'process' }, options);
    if (last.answers) break;
  }
  return { ...last, osPid, user };
}

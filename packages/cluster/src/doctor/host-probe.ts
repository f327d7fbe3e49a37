/** Probes the host of a node from this machine: name resolution, EPMD, and whether the node's port accepts connections. */

import { lookup, Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, isIP } from 'node:net';
import { EpmdError } from '@convoy/node';
import { EpmdClient } from '@convoy/node/epmd';
import { anySignal } from '@convoy/node/async';
import { splitNodeName } from '@convoy/node/names';
import { FaultFound } from './diagnosis.ts';
import { makeFault } from './faults.ts';

export interface ResolveRequest {
  readonly host: string;
  /** 4 or 6: only addresses of that family are usable. */
  readonly family: 0 | 4 | 6;
  /** Name servers to ask instead of the system's resolver, as `address[:port]`. */
  readonly dnsServers: readonly string[] | undefined;
}

interface Answer {
  readonly addresses: readonly string[];
  /** Why there are no addresses: `ENOTFOUND`, `ESERVFAIL`. */
  readonly code: string | undefined;
}

/** Codes for a name that does not exist, as opposed to a name server that fails. */
const noSuchName = new Set(['ENOTFOUND', 'ENODATA', 'EAI_NODATA', 'EAI_NONAME']);

/** The usable addresses of the host. Throws `FaultFound` DNS_NO_SUCH_HOST, DNS_FAILING or NO_COMMON_FAMILY. */
export async function resolveHost(question: ResolveRequest): Promise<readonly string[]> {
  const { host, family } = question;
  const answers = isIP(host) === 0 ? await askNames(question) : [{ addresses: [host], code: undefined }];
  const all = answers.flatMap(({ addresses }) => addresses);
  const usable = all.filter((address) => family === 0 || isIP(address) === family);
  if (usable.length > 0) return usable;
  if (all.length > 0) {
    throw new FaultFound(
      makeFault(
        {
          code: 'NO_COMMON_FAMILY',
          sentence: `${host} has only IPv${family === 4 ? 6 : 4} addresses, but IPv${family} is required`,
          remedy: `Use IPv${family === 4 ? 6 : 4}, or give the host an IPv${family} address.`,
        },
        all.join(', '),
      ),
    );
  }
  throw new FaultFound(unresolved(host, answers));
}

async function askNames({ host, dnsServers }: ResolveRequest): Promise<readonly Answer[]> {
  if (dnsServers === undefined) return [await answerOf(systemLookup(host))];
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  resolver.setServers(dnsServers);
  return Promise.all([answerOf(resolver.resolve4(host)), answerOf(resolver.resolve6(host))]);
}

async function systemLookup(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

async function answerOf(question: Promise<string[]>): Promise<Answer> {
  try {
    return { addresses: await question, code: undefined };
  } catch (error) {
    return { addresses: [], code: (error as NodeJS.ErrnoException).code ?? 'UNKNOWN' };
  }
}

function unresolved(host: string, answers: readonly Answer[]): ReturnType<typeof makeFault> {
  const codes = [...new Set(answers.flatMap(({ code }) => code ?? []))];
  const evidence = `DNS answered ${codes.join(' and ')}`;
  const isFailing = codes.some((code) => !noSuchName.has(code));
  if (isFailing) {
    return makeFault(
      {
        code: 'DNS_FAILING',
        sentence: `the name server failed to resolve ${host}`,
        remedy: 'Repair DNS (/etc/resolv.conf, the zone of that host), or use an address as the host part.',
      },
      evidence,
    );
  }
  return makeFault(
    {
      code: 'DNS_NO_SUCH_HOST',
      sentence: `${host} does not exist in DNS`,
      remedy: 'Correct the part after the @ of the node name, or add the host to DNS or /etc/hosts.',
    },
    evidence,
  );
}

/** Looks the node up in the EPMD of the first address that answers. Throws `FaultFound` or `EpmdError`. */
export async function askEpmd(
  question: {
    readonly node: string;
    readonly addresses: readonly string[];
    readonly port: number | undefined;
  },
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<{ readonly address: string; readonly port: number }> {
  const { node, addresses, port } = question;
  let failure: unknown;
  for (const address of addresses) {
    const epmd = new EpmdClient({
      host: address,
      timeoutMs,
      signal,
      port,
    });
    try {
      return { address, port: await lookUp(epmd, node) };
    } catch (error) {
      if (error instanceof FaultFound || !(error instanceof EpmdError)) throw error;
      failure ??= error;
    }
  }
  throw failure;
}

/** The port of the node in EPMD. Throws `FaultFound` EPMD_NAME_UNKNOWN with the registered names. */
export async function lookUp(epmd: EpmdClient, node: string): Promise<number> {
  const name = splitNodeName(node).name;
  const found = await epmd.lookup(name);
  if (found !== undefined) return found.port;
  const { nodes } = await epmd.names();
  const names = nodes.map((one) => one.name).slice(0, 20);
  throw new FaultFound(
    makeFault(
      {
        code: 'EPMD_NAME_UNKNOWN',
        sentence: `${name} is not registered in EPMD at ${epmd.address}`,
        remedy:
          names.length === 0
            ? `Start ${name} there, with -name or -sname and without -start_epmd false.`
            : `Start ${name} there, or use the name of a running node: ${names.join(', ')}.`,
      },
      names.length === 0 ? 'no nodes are registered' : `registered nodes: ${names.join(', ')}`,
    ),
  );
}

export interface PortAnswer {
  /** Our own address towards that host. */
  readonly localAddress: string | undefined;
}

/** Checks that the port accepts connections. `isRegistered`: the port came from EPMD. Throws `FaultFound`. */
export async function tryPort(
  where: {
    readonly address: string;
    readonly port: number;
    readonly node: string;
    readonly isRegistered: boolean;
  },
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<PortAnswer> {
  const { address, port } = where;
  const socket = connect({ host: address, port });
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    await once(socket, 'connect', { signal: anySignal(signal, deadline) });
    return { localAddress: socket.localAddress };
  } catch (error) {
    signal.throwIfAborted();
    const code = deadline.aborted ? 'ETIMEDOUT' : ((error as NodeJS.ErrnoException).code ?? 'UNKNOWN');
    throw new FaultFound(portFault(code, where));
  } finally {
    socket.on('error', () => undefined).destroy();
  }
}

function portFault(
  code: string,
  {
    address,
    port,
    node,
    isRegistered,
  }: { address: string; port: number; node: string; isRegistered: boolean },
): ReturnType<typeof makeFault> {
  const where = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  const evidence = `dialling ${where}: ${code}`;
  if (code === 'ECONNREFUSED' && isRegistered) {
    return makeFault(
      {
        code: 'EPMD_STALE',
        sentence: `EPMD has port ${port} for ${node}, but nothing listens there`,
        remedy:
          'The node crashed without unregistering, or listens on another address (inet_dist_use_interface): restart it.',
      },
      evidence,
    );
  }
  if (code === 'ECONNREFUSED') {
    return makeFault(
      {
        code: 'PORT_CLOSED',
        sentence: `nothing listens on port ${port}, where ${node} should be`,
        remedy:
          'Start the node, or correct the port (see -erl_epmd_port or inet_dist_listen_min on the node).',
      },
      evidence,
    );
  }
  if (code === 'ETIMEDOUT') {
    return makeFault(
      {
        code: 'PORT_SILENT',
        sentence: `packets to port ${port} of ${address} get no answer`,
        remedy: `A firewall drops them: open port ${port} (inet_dist_listen_min and _max set a fixed port), or use a tunnel.`,
      },
      evidence,
    );
  }
  return makeFault(
    {
      code: 'NO_ROUTE',
      sentence: `there is no route from this machine to ${address}`,
      remedy: 'Check the routes and the address family, or use a tunnel.',
    },
    evidence,
  );
}

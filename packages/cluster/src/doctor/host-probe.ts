/** Probes the host of a node from this machine: name resolution and EPMD. */

import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { EpmdClient } from '@convoy/node/epmd';
import { splitNodeName } from '@convoy/node/names';
import { FaultFound } from './diagnosis.ts';
import { askEveryAddress, describeSilent } from './every-address.ts';
import { faultOf, makeFault } from './faults.ts';

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

/** Where EPMD knows the node. */
export interface RegisteredNode {
  /** The address at which EPMD answered. */
  readonly address: string;
  readonly port: number;
  /** The result, in one line. */
  readonly detail: string;
}

/** Looks the node up in the EPMD of every address. Throws `FaultFound`. */
export async function askEpmd(
  question: {
    readonly node: string;
    readonly addresses: readonly string[];
    readonly port: number | undefined;
  },
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<RegisteredNode> {
  const { node, addresses, port } = question;
  const ask = (host: string, attempt: AbortSignal): Promise<number> =>
    lookUp(new EpmdClient({ host, timeoutMs, signal: attempt, port }), node);
  const answers = await askEveryAddress(addresses, ask, signal);
  for (const answer of answers) {
    if (!('value' in answer)) continue;
    const { address, value } = answer;
    return { address, port: value, detail: `port ${value}${describeSilent(answers)}` };
  }
  const errors = answers.flatMap((answer) => ('error' in answer ? [answer.error] : []));
  // A daemon that answers tells more than an address where none does.
  const told = errors.find((error) => error instanceof FaultFound) ?? errors[0];
  const fault = told instanceof FaultFound ? told.fault : faultOf(told, node);
  const others = errors.filter((error) => error !== told).map((error) => (error as Error).message);
  throw new FaultFound({ ...fault, evidence: [...fault.evidence, ...others] });
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

/** Resolves the host of a node from this machine. */

import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { ResolutionSeen } from '../model/seen.ts';

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

/** The addresses of the host, and why there are none. */
export async function resolveHost(question: ResolveRequest): Promise<ResolutionSeen> {
  const { host, family } = question;
  const answers = isIP(host) === 0 ? await askNames(question) : [{ addresses: [host], code: undefined }];
  const all = answers.flatMap(({ addresses }) => addresses);
  const isUsable = (address: string): boolean => family === 0 || isIP(address) === family;
  return {
    addresses: all.filter(isUsable),
    unusable: all.filter((address) => !isUsable(address)),
    codes: [...new Set(answers.flatMap(({ code }) => code ?? []))],
    isOwnName: isSameHost(host, hostname()),
  };
}

/** Whether two names can be those of one host: one may have a domain that the other lacks. */
function isSameHost(one: string, other: string): boolean {
  const [short, long] = [one.toLowerCase(), other.toLowerCase()].toSorted((a, b) => a.length - b.length);
  return long === short || long?.startsWith(`${short}.`) === true;
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

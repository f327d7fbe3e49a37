/**
 * Questions to name servers. That a name does not exist, or has no records of a type, is an answer; that a server failed,
 * refused or fell silent is not, and throws.
 */

import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { DiscoveryError } from './errors.ts';

export interface DnsClientOptions {
  /** `127.0.0.1:53`, `[fd12::10]:53`. Default: those the system asks. */
  readonly server?: string | undefined;
}

/** Which address records to query: IPv4 (`a`) or IPv6 (`aaaa`). */
export type AddressType = 'a' | 'aaaa';

/** How long one server is waited for before it is asked again, and then the next. */
const attemptMs = 1500;

/** For the questions of one look; ends with its signal. */
export class DnsClient {
  readonly #resolver: Resolver;
  readonly #server: string;

  constructor({ server }: DnsClientOptions, signal: AbortSignal) {
    this.#resolver = new Resolver({ timeout: attemptMs, tries: 2 });
    if (server !== undefined) this.#resolver.setServers([server]);
    this.#server = server === undefined ? '' : ` at ${server}`;
    signal.addEventListener('abort', () => this.#resolver.cancel(), { once: true });
    signal.throwIfAborted();
  }

  addresses(name: string, type: AddressType): Promise<string[]> {
    return type === 'a'
      ? this.#ask(name, 'A', () => this.#resolver.resolve4(name))
      : this.#ask(name, 'AAAA', () => this.#resolver.resolve6(name));
  }

  /** Host names, those to be tried first before the others. */
  async targets(name: string): Promise<string[]> {
    const records = await this.#ask(name, 'SRV', () => this.#resolver.resolveSrv(name));
    return records.toSorted((left, right) => left.priority - right.priority).map((record) => record.name);
  }

  /** The strings of each record as one. */
  async texts(name: string): Promise<string[]> {
    const records = await this.#ask(name, 'TXT', () => this.#resolver.resolveTxt(name));
    return records.map((parts) => parts.join(''));
  }

  async #ask<Answer>(name: string, type: string, ask: () => Promise<Answer[]>): Promise<Answer[]> {
    try {
      return await ask();
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code ?? '';
      if (code === 'ENOTFOUND' || code === 'ENODATA') return [];
      throw new DiscoveryError(
        'DISCOVERY_LOOKUP_FAILED',
        `cannot look up the ${type} records of ${name}${this.#server} (${code}): ${explain(code)}`,
        { remedy: remedies[code], cause },
      );
    }
  }
}

const explanations: Readonly<Record<string, string>> = {
  ESERVFAIL: 'the name server failed',
  EREFUSED: 'the name server refused to answer',
  ECONNREFUSED: 'no name server answers there',
  ETIMEOUT: 'the name server does not answer',
  EBADNAME: 'this is no name of the domain name system',
  EBADRESP: 'the name server answered something that cannot be read',
  ECANCELLED: 'it took too long',
};

const remedies: Readonly<Record<string, string>> = {
  EBADNAME: 'Correct the name that is asked for.',
  ECONNREFUSED: 'Check server, or the name servers of this machine in /etc/resolv.conf.',
};

function explain(code: string): string {
  return explanations[code] ?? 'the question failed';
}

/** Throws DISCOVERY_BAD_OPTION unless it is `address:port` or an address. */
export function checkServer(kind: string, server: string | undefined): void {
  if (server === undefined) return;
  const host = /^\[(.+)\](?::\d{1,5})?$/.exec(server)?.[1] ?? server.replace(/^([^:]+):\d{1,5}$/, '$1');
  if (isIP(host) !== 0) return;
  throw new DiscoveryError(
    'DISCOVERY_BAD_OPTION',
    `${kind}: server ${JSON.stringify(server)} is no address`,
    {
      remedy: 'Write an IP address, and a port where it is not 53: 127.0.0.1:5353, [fd12::10]:53.',
    },
  );
}

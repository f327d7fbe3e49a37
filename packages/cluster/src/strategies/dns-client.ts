/**
 * Queries name servers. A name that does not exist, or that has no records of the type, gives an empty answer; a server
 * that fails, refuses or does not answer throws.
 */

import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { DiscoveryError } from './discovery-error.ts';

export interface DnsClientOptions {
  /** `127.0.0.1:53`, `[fd12::10]:53`. Default: the name servers of the system. */
  readonly server?: string | undefined;
}

/** Which address records to query: IPv4 (`a`) or IPv6 (`aaaa`). */
export type AddressType = 'a' | 'aaaa';

/** How long to wait for a server before asking it once more, and after that the next one. */
const attemptMs = 1500;

/** Runs the queries of one lookup; aborting the signal cancels them. */
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

  /** Host names by priority, the preferred ones first. */
  async targets(name: string): Promise<string[]> {
    const records = await this.#ask(name, 'SRV', () => this.#resolver.resolveSrv(name));
    return records.toSorted((left, right) => left.priority - right.priority).map((record) => record.name);
  }

  /** The text of each record, with its strings joined. */
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
  ECONNREFUSED: 'no name server listens at that address',
  ETIMEOUT: 'the name server does not answer',
  EBADNAME: 'this is not a valid DNS name',
  EBADRESP: 'the answer of the name server is not valid',
  ECANCELLED: 'it took too long',
};

const remedies: Readonly<Record<string, string>> = {
  EBADNAME: 'Correct the name.',
  ECONNREFUSED: 'Check the option server, or the name servers of this machine in /etc/resolv.conf.',
};

function explain(code: string): string {
  return explanations[code] ?? 'the query failed';
}

/** Throws DISCOVERY_BAD_OPTION unless `server` is an address, with or without a port. */
export function checkServer(kind: string, server: string | undefined): void {
  if (server === undefined) return;
  const host = /^\[(.+)\](?::\d{1,5})?$/.exec(server)?.[1] ?? server.replace(/^([^:]+):\d{1,5}$/, '$1');
  if (isIP(host) !== 0) return;
  throw new DiscoveryError(
    'DISCOVERY_BAD_OPTION',
    `${kind}: server ${JSON.stringify(server)} is not a valid address`,
    {
      value: server,
      remedy: 'Write an IP address, with a port if it is not 53: 127.0.0.1:5353, [fd12::10]:53.',
    },
  );
}

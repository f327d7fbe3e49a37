/**
 * Finds nodes through DNS in four ways: the addresses of a name (`app@10.0.0.7`), names that each stand for one node
 * (`app@web.railway.internal`), the targets of SRV records, and lists in TXT records.
 */

import { isIP } from 'node:net';
import { parseNodeName } from '@convoy/node';
import { splitNodeName } from '@convoy/node/names';
import { DiscoveryError } from './discovery-error.ts';
import type { SeenPeer, Strategy } from './strategy.ts';
import { type AddressType, checkServer, DnsClient } from './dns-client.ts';
import { lookUpAll } from './look-up-all.ts';
import { createPollingStrategy, type PollingOptions } from './polling.ts';
import { parseTextRecord } from './text-record.ts';

interface DnsOptions extends PollingOptions {
  /** The part of the names before the `@`. Default: that of the node that looks. */
  readonly basename?: string;
  /** `127.0.0.1:53`, `[fd12::10]:53`. Default: the name servers of the system; `/etc/hosts` is not read. */
  readonly server?: string;
}

/** Options of `createDnsStrategy`. */
export interface DnsStrategyOptions extends DnsOptions {
  /** Names to query; each address is a node. */
  readonly query: string | readonly string[];
  /** Record types to query. Default: both. */
  readonly types?: readonly AddressType[] | undefined;
}

/** Each address of the names is a node: `basename@address`. Throws DISCOVERY_BAD_OPTION. */
export function createDnsStrategy(options: DnsStrategyOptions): Strategy {
  const { query, types = ['a', 'aaaa'], ...common } = options;
  const questions = namesOf('dns', 'query', query).flatMap((name) => types.map((type) => ({ name, type })));
  if (questions.length === 0) throw badOption('dns', 'types is empty', 'Use a, aaaa or both.');
  return polling('dns', common, (client, peerAt) =>
    lookUpAll(questions, async ({ name, type }) => {
      const addresses = await client.addresses(name, type);
      return addresses.map((address) => peerAt(address));
    }),
  );
}

/** Options of `createDnsNamesStrategy`. */
export interface DnsNamesStrategyOptions extends DnsOptions {
  /** Host names, or full node names. Each one that has an address is a node: `basename@name`. */
  readonly names: readonly string[];
}

/** Each name is a node for as long as it resolves, as on Railway. Throws DISCOVERY_BAD_OPTION. */
export function createDnsNamesStrategy(options: DnsNamesStrategyOptions): Strategy {
  return createNamesStrategy('dns-names', options);
}

/** Options of `createDnsSrvStrategy`. */
export interface DnsSrvStrategyOptions extends DnsOptions {
  readonly query: string | readonly string[];
}

/** Each target of the SRV records is a node: `basename@target`. Its port is not used. Throws DISCOVERY_BAD_OPTION. */
export function createDnsSrvStrategy(options: DnsSrvStrategyOptions): Strategy {
  const { query, ...common } = options;
  const names = namesOf('dns-srv', 'query', query);
  return polling('dns-srv', common, (client, peerAt) =>
    lookUpAll(names, async (name) => {
      const targets = await client.targets(name);
      return targets.map((target) => peerAt(target.replace(/\.$/, '')));
    }),
  );
}

/** Options of `createDnsTxtStrategy`. */
export interface DnsTxtStrategyOptions extends DnsOptions {
  readonly query: string | readonly string[];
  /** Appended to hosts without a dot, e.g. `.vm.app.internal`. */
  readonly suffix?: string;
  /** Names of the tags that peers may have, for filters. Default `version`, `region`. */
  readonly tags?: readonly string[] | undefined;
}

/**
 * TXT records list the nodes. Entries are separated by commas; each is a node name, or a host that is completed by
 * `basename` and `suffix`, followed by tags: `app@10.0.0.7 version=2 region=ams`. Throws DISCOVERY_BAD_OPTION.
 */
export function createDnsTxtStrategy(options: DnsTxtStrategyOptions): Strategy {
  const { query, suffix = '', tags = ['version', 'region'], ...common } = options;
  const names = namesOf('dns-txt', 'query', query);
  return polling('dns-txt', { ...common, tags }, (client, peerAt) =>
    lookUpAll(names, async (name) => {
      const texts = await client.texts(name);
      return texts
        .flatMap((text) => parseTextRecord(text, tags))
        .map(({ host, tags: found }) => ({
          ...peerAt(host.includes('.') ? host : host + suffix),
          tags: found,
        }));
    }),
  );
}

/** `createDnsNamesStrategy` with another `kind`. */
export function createNamesStrategy(kind: string, options: DnsNamesStrategyOptions): Strategy {
  const { names, ...common } = options;
  const checked = namesOf(kind, 'names', names);
  return polling(kind, common, (client, peerAt) =>
    lookUpAll(checked, async (name) => {
      const host = parseNodeName(name)?.host ?? name;
      return (await hasAddress(client, host)) ? [peerAt(name)] : [];
    }),
  );
}

/** One family is enough; only two empty answers prove that there is no address. An IP address needs no query. */
async function hasAddress(client: DnsClient, host: string): Promise<boolean> {
  if (isIP(host) !== 0) return true;
  const results = await Promise.allSettled([client.addresses(host, 'aaaa'), client.addresses(host, 'a')]);
  if (results.some((result) => result.status === 'fulfilled' && result.value.length > 0)) return true;
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return false;
}

/** Makes a peer of a host or of a whole node name. */
type PeerAt = (host: string) => SeenPeer;

function polling(
  kind: string,
  options: DnsOptions & { readonly tags?: readonly string[] | undefined },
  lookUp: (client: DnsClient, peerAt: PeerAt) => ReturnType<typeof lookUpAll>,
): Strategy {
  const { basename, server, ...timing } = options;
  checkServer(kind, server);
  if (basename !== undefined && parseNodeName(`${basename}@host`) === undefined) {
    throw badOption(
      kind,
      `basename ${JSON.stringify(basename)} cannot be part of a node name`,
      'Use letters, digits, - and _: it is the part before the @.',
    );
  }
  return createPollingStrategy({
    ...timing,
    kind,
    lookUp: ({ self, signal }) => {
      const base = basename ?? splitNodeName(self).name;
      const peerAt: PeerAt = (host) => ({ node: host.includes('@') ? host : `${base}@${host}` });
      return lookUp(new DnsClient({ server }, signal), peerAt);
    },
  });
}

function namesOf(kind: string, option: string, given: string | readonly string[]): readonly string[] {
  const names = typeof given === 'string' ? [given] : given;
  const bad = names.find(
    (name) => !/^(?:[\x21-\x3f\x41-\x7e]+@)?[\w-]+(?:\.[\w-]+)*\.?$/.test(name) || name.length > 510,
  );
  if (names.length > 0 && bad === undefined) return names;
  const what =
    bad === undefined
      ? `${option} is empty`
      : `${option} has ${JSON.stringify(bad)}, which is not a host name`;
  throw badOption(kind, what, 'Give one name or several, e.g. mesh.internal.');
}

function badOption(kind: string, what: string, remedy: string): DiscoveryError {
  return new DiscoveryError('DISCOVERY_BAD_OPTION', `${kind}: ${what}`, { remedy });
}

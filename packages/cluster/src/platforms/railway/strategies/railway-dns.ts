/** Discovers nodes in Railway's private network, without its API: each named service is one node. */

import type { Strategy } from '../../../strategies/strategy.ts';
import { createNamesStrategy, type DnsNamesStrategyOptions } from '../../../strategies/dns.ts';

/** Options of `createRailwayDnsStrategy`. */
export interface RailwayDnsStrategyOptions extends Omit<DnsNamesStrategyOptions, 'names'> {
  /** Names of services, or full node names. A service that is not deployed has no address and is skipped. */
  readonly services: readonly string[];
  /** Private domain. Default: `RAILWAY_PRIVATE_DOMAIN` without the name of the service, or `railway.internal`. */
  readonly domain?: string;
}

/** Creates the strategy. Throws DISCOVERY_BAD_OPTION for invalid options. */
export function createRailwayDnsStrategy(options: RailwayDnsStrategyOptions): Strategy {
  const { services, domain = domainOf(process.env['RAILWAY_PRIVATE_DOMAIN']), ...others } = options;
  return createNamesStrategy('railway-dns', {
    ...others,
    names: services.map((service) => (service.includes('.') ? service : `${service}.${domain}`)),
  });
}

function domainOf(privateDomain: string | undefined): string {
  const after = privateDomain?.split('.').slice(1).join('.') ?? '';
  return after === '' ? 'railway.internal' : after;
}

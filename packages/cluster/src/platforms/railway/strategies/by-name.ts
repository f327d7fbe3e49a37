/** Rows of the strategy table for Railway. */

import { DiscoveryError } from '../../../strategies/errors.ts';
import { dnsOptions, pollingOptions, type StrategyMaker } from '../../../strategies/named-strategy.ts';
import { createRailwayAccountStrategy } from './railway.ts';
import { createRailwayDnsStrategy } from './railway-dns.ts';

export const railwayStrategies: Readonly<Record<string, StrategyMaker>> = {
  railway: (read, env) =>
    createRailwayAccountStrategy({
      token: railwayToken(env),
      ...read.texts('project', 'environment', 'cluster', 'endpoint'),
      ...pollingOptions(read),
    }),
  'railway-dns': (read) =>
    createRailwayDnsStrategy({
      services: read.list('services') ?? [],
      ...read.texts('domain'),
      ...dnsOptions(read),
    }),
};

/** Like Railway's own command line, prefers a project token to an account token. */
function railwayToken(env: NodeJS.ProcessEnv): string {
  const tokens = [env['RAILWAY_TOKEN'], env['RAILWAY_API_TOKEN']];
  const token = tokens.find((one) => one !== undefined && one !== '');
  if (token !== undefined) return token;
  throw new DiscoveryError(
    'DISCOVERY_BAD_OPTION',
    'railway: neither RAILWAY_TOKEN nor RAILWAY_API_TOKEN is set',
    {
      remedy: 'Set one of them; nodes on Railway use railway-dns, which needs no token.',
    },
  );
}

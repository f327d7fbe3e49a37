/** Rows of the strategy table for Railway. */

import { DiscoveryError } from '../../../strategies/discovery-error.ts';
import { dnsOptions, pollingOptions, type StrategyMaker } from '../../../strategies/named-strategy.ts';
import { railwayToken } from '../token-variables.ts';
import { createRailwayAccountStrategy } from './railway.ts';
import { createRailwayDnsStrategy } from './railway-dns.ts';

export const railwayStrategies: Readonly<Record<string, StrategyMaker>> = {
  railway: (read, env) =>
    createRailwayAccountStrategy({
      token: neededToken(env),
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

function neededToken(env: NodeJS.ProcessEnv): string {
  const token = railwayToken(env);
  if (token !== undefined) return token;
  throw new DiscoveryError(
    'DISCOVERY_BAD_OPTION',
    'railway: neither RAILWAY_TOKEN nor RAILWAY_API_TOKEN is set',
    {
      remedy: 'Set one of them; nodes on Railway use railway-dns, which needs no token.',
    },
  );
}

/** Strategies and their options by name, for command lines and configuration files: `dns:query=mesh.example,interval=5000`. */

import { readFileSync } from 'node:fs';
import { DiscoveryError } from '../strategies/discovery-error.ts';
import { prunePolicies, type Topology } from './topology.ts';
import {
  createDnsNamesStrategy,
  createDnsSrvStrategy,
  createDnsStrategy,
  createDnsTxtStrategy,
} from '../strategies/dns.ts';
import { createEpmdStrategy, createHostsFileStrategy, createLocalEpmdStrategy } from '../strategies/epmd.ts';
import { createGossipStrategy } from '../strategies/gossip.ts';
import { OptionReader } from '../strategies/option-reader.ts';
import { railwayStrategies } from '../platforms/railway/strategies/by-name.ts';
import { dnsOptions, epmdOptions, type StrategyMaker } from '../strategies/named-strategy.ts';
import { createStaticStrategy } from '../strategies/static.ts';

/** Description of one topology: the name of a strategy, its options, and those of the topology. */
export interface TopologyDescription {
  readonly strategy: string;
  readonly [option: string]: unknown;
}

const makers: Readonly<Record<string, StrategyMaker>> = {
  static: (read) => createStaticStrategy({ nodes: read.list('nodes') ?? [] }),
  epmd: (read) => createEpmdStrategy({ hosts: read.list('hosts') ?? [], ...epmdOptions(read) }),
  'local-epmd': (read) => createLocalEpmdStrategy(epmdOptions(read)),
  'hosts-file': (read) => createHostsFileStrategy({ ...read.texts('file'), ...epmdOptions(read) }),
  dns: (read) => {
    const types = read.choices('types', ['a', 'aaaa']);
    const query = read.list('query') ?? [];
    return createDnsStrategy({ query, ...dnsOptions(read), types });
  },
  'dns-names': (read) => createDnsNamesStrategy({ names: read.list('names') ?? [], ...dnsOptions(read) }),
  'dns-srv': (read) => createDnsSrvStrategy({ query: read.list('query') ?? [], ...dnsOptions(read) }),
  'dns-txt': (read) => {
    const tags = read.list('tags');
    const options = { ...dnsOptions(read), ...read.texts('suffix'), tags };
    return createDnsTxtStrategy({ query: read.list('query') ?? [], ...options });
  },
  gossip: (read, env) => {
    const [mode] = read.choices('mode', ['multicast', 'broadcast']) ?? [];
    const secret = gossipSecret(read.texts('secret-file')['secret-file'], env);
    return createGossipStrategy({
      ...read.numbers('port', 'ttl'),
      ...read.texts('address', 'bind', 'interface'),
      ...read.times({ interval: 'intervalMs', silence: 'silenceMs' }),
      mode,
      secret,
    });
  },
  ...railwayStrategies,
};

/** Names of the strategies. */
export const strategyNames: readonly string[] = Object.keys(makers);

/**
 * Reads `STRATEGY:key=value,key=value`; lists are separated by `+`. Options of every topology: `prune`, `misses`,
 * `include`, `exclude`, `tag=name=value`, `must-list-self`. Throws DISCOVERY_BAD_OPTION.
 */
export function parseTopology(text: string): TopologyDescription {
  const colon = text.indexOf(':');
  const strategy = colon < 0 ? text : text.slice(0, colon);
  const rest = colon < 0 ? '' : text.slice(colon + 1);
  const options: [string, string][] = [];
  for (const pair of rest.split(',').filter((one) => one !== '')) {
    const at = pair.indexOf('=');
    if (at < 1) {
      throw new DiscoveryError(
        'DISCOVERY_BAD_OPTION',
        `${strategy}: ${JSON.stringify(pair)} is not a key=value pair`,
        {
          remedy: 'Write STRATEGY:key=value,key=value; separate the items of a list by +.',
        },
      );
    }
    options.push([pair.slice(0, at), pair.slice(at + 1)]);
  }
  return { ...Object.fromEntries(options), strategy };
}

/**
 * Creates a topology from its description. Secrets are read from `env`: `CONVOY_GOSSIP_SECRET`. Throws
 * DISCOVERY_BAD_OPTION, also for options that the strategy does not have.
 */
export function createTopology(
  description: TopologyDescription,
  env: NodeJS.ProcessEnv = process.env,
): Topology {
  const { strategy: name, ...options } = description;
  const maker = Object.hasOwn(makers, name) ? makers[name] : undefined;
  if (maker === undefined) {
    throw new DiscoveryError('DISCOVERY_BAD_OPTION', `unknown discovery strategy ${JSON.stringify(name)}`, {
      remedy: `Use one of ${strategyNames.join(', ')}.`,
    });
  }
  const read = new OptionReader(name, options);
  const [prune] = read.choices('prune', prunePolicies) ?? [];
  const [include, exclude] = [read.list('include'), read.list('exclude')];
  const mustListSelf = read.flag('must-list-self');
  const tags = read.pairs('tag');
  const topology: Topology = {
    strategy: maker(read, env),
    ...read.numbers('misses'),
    prune,
    include,
    exclude,
    tags,
    mustListSelf,
  };
  read.end();
  return topology;
}

/** From a file or from the environment: every user of the machine can see command lines. */
function gossipSecret(file: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  if (file === undefined) return env['CONVOY_GOSSIP_SECRET'];
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    const message = `gossip: the secret file ${file} cannot be read`;
    const remedy = 'Check the path and that you may read the file.';
    throw new DiscoveryError('DISCOVERY_BAD_OPTION', message, { value: file, remedy, cause });
  }
}

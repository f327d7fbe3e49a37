/**
 * Finding others for a node of the command line: `--discover`, several times for several topologies, for the node itself or
 * on behalf of Erlang and Elixir nodes that run nothing of ours.
 */

import type { Command } from 'commander';
import type { Discovery, Topology, TopologyDescription } from '@convoy/cluster/discovery';
import type { Node } from '@convoy/node';
import { parseCount } from '../options/config.ts';
import type { SettingName } from '../options/setting-table.ts';
import { CliError } from '../errors.ts';
import { LineLimiter } from './node-log.ts';
import { note } from '../output.ts';

export interface DiscoveryFlags {
  /** From a flag or the environment `STRATEGY:key=value,...`; from a configuration file descriptions too. */
  readonly discover?: readonly (string | TopologyDescription)[];
  readonly discoverFor?: readonly string[];
  readonly awaitPeers?: string;
  readonly awaitTimeout?: string;
}

/** Those that `withSettings` fills. */
export const discoverySettings: readonly SettingName[] = [
  'discover',
  'discoverFor',
  'awaitPeers',
  'awaitTimeout',
] satisfies (keyof DiscoveryFlags)[];

export function addDiscoveryOptions(command: Command): Command {
  return command
    .option(
      '--discover <topology...>',
      'how to find nodes to connect to: dns:query=mesh.example,basename=app (CONVOY_DISCOVER)',
    )
    .option('--discover-for <node...>', 'find them for these Erlang or Elixir nodes, not for this one')
    .option('--await-peers <count>', 'say that it is up only when so many of them are connected')
    .option('--await-timeout <seconds>', 'and give up after so long (default 60)');
}

/** What the options ask for, by name. Throws CLI_BAD_OPTION or DISCOVERY_BAD_OPTION. */
export async function readTopologies(flags: DiscoveryFlags): Promise<Record<string, Topology>> {
  const { discover = [] } = flags;
  const topologies: Record<string, Topology> = {};
  if (discover.length === 0) {
    refuseWithout(flags);
    return topologies;
  }
  const { createTopology, parseTopology } = await import('@convoy/cluster/discovery');
  for (const one of discover) {
    const description = typeof one === 'string' ? parseTopology(one) : one;
    topologies[freeName(description.strategy, topologies)] = createTopology(description);
  }
  return topologies;
}

/** One discovery for the node, or one for each that it is done for; none without topologies. */
export async function startNodeDiscovery(
  node: Node,
  topologies: Readonly<Record<string, Topology>>,
  { discoverFor = [] }: DiscoveryFlags,
): Promise<Discovery[]> {
  if (Object.keys(topologies).length === 0) return [];
  const { createBeamJoiner, startDiscovery } = await import('@convoy/cluster/discovery');
  await logDiscovery();
  if (discoverFor.length === 0) return [startDiscovery({ joiner: node, topologies })];
  return discoverFor.map((target) =>
    startDiscovery({ joiner: createBeamJoiner({ node, target }), topologies }),
  );
}

/** Rejects with DISCOVERY_NOT_READY. */
export async function awaitPeers(discoveries: readonly Discovery[], flags: DiscoveryFlags): Promise<void> {
  const { awaitPeers: count, awaitTimeout = '60' } = flags;
  if (count === undefined) return;
  const peers = parseCount(count, '--await-peers', [1, 4096]);
  const timeoutMs = parseCount(awaitTimeout, '--await-timeout', [1, 86_400]) * 1000;
  await Promise.all(discoveries.map((discovery) => discovery.ready({ peers, timeoutMs })));
}

function refuseWithout({ discoverFor, awaitPeers: count }: DiscoveryFlags): void {
  const option = discoverFor === undefined ? count && '--await-peers' : '--discover-for';
  if (option === undefined) return;
  throw new CliError('CLI_BAD_OPTION', `${option} needs a way to find nodes`, {
    remedy: 'Add --discover, e.g. --discover dns:query=mesh.example.',
  });
}

function freeName(strategy: string, topologies: Readonly<Record<string, Topology>>): string {
  let name = strategy;
  for (let number = 2; Object.hasOwn(topologies, name); number += 1) name = `${strategy}-${number}`;
  return name;
}

/** What is found, lost and failing, on standard error; connections are logged by whoever logs the node's events. */
async function logDiscovery(): Promise<void> {
  const { subscribeDiscovery } = await import('@convoy/cluster/discovery');
  const limiter = new LineLimiter(note);
  const write = (line: string): void => limiter.write(line, performance.now());
  subscribeDiscovery('convoy:discovery.discovered', ({ topology, peer }) =>
    write(`${topology} found ${peer}`),
  );
  subscribeDiscovery('convoy:discovery.lost', ({ topology, peer, reason }) =>
    write(`${topology} no longer has ${peer} (${reason})`),
  );
  subscribeDiscovery('convoy:discovery.failed', ({ topology, peer, error, attempts, retryInMs }) => {
    // The first failures say what is wrong; after that now and then, for who comes later.
    if (attempts > 3 && attempts % 20 !== 0) return;
    const what = topology === undefined ? `cannot connect to ${peer ?? ''}` : `${topology} cannot look`;
    const when = retryInMs === undefined ? '' : `, again in ${(retryInMs / 1000).toFixed(1)} s`;
    write(`${what}: ${error.message}${when}`);
  });
}

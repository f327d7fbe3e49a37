/**
 * Discovery for `convoy node`: one topology for each `--discover`, for the node itself or on behalf of Erlang and Elixir
 * nodes that do not run Convoy.
 */

import type { Command } from 'commander';
import type { Discovery, Topology, TopologyDescription } from '@convoy/cluster/discovery';
import type { Node } from '@convoy/node';
import { parseCount } from '../options/config.ts';
import type { SettingName } from '../options/setting-table.ts';
import { CliError } from '../errors.ts';
import { LineLimiter } from './node-log.ts';
import { errorLine, note } from '../output.ts';

/** The flags for discovery. */
export interface DiscoveryFlags {
  /** `STRATEGY:key=value,...` from a flag or the environment; a configuration file may contain descriptions too. */
  readonly discover?: readonly (string | TopologyDescription)[];
  readonly discoverFor?: readonly string[];
  readonly awaitPeers?: string;
  readonly awaitTimeout?: string;
}

/** The flags that `withSettings` fills in. */
export const discoverySettings: readonly SettingName[] = [
  'discover',
  'discoverFor',
  'awaitPeers',
  'awaitTimeout',
] satisfies (keyof DiscoveryFlags)[];

/** Adds the flags to a command. */
export function addDiscoveryOptions(command: Command): Command {
  return command
    .option(
      '--discover <topology...>',
      'topology that finds nodes to connect to, e.g. dns:query=mesh.example,basename=app (CONVOY_DISCOVER)',
    )
    .option('--discover-for <node...>', 'discover peers for these Erlang or Elixir nodes, not for this one')
    .option('--await-peers <count>', 'report that the node is up only when this many peers are connected')
    .option('--await-timeout <seconds>', 'how long to wait for --await-peers (default 60)');
}

/** The topologies that the flags describe, by name. Rejects with CLI_BAD_OPTION or DISCOVERY_BAD_OPTION. */
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

/** Starts one discovery for the node, or one for each node of `--discover-for`; none without topologies. */
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

/** Waits for `--await-peers`. Rejects with DISCOVERY_NOT_READY. */
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
  throw new CliError('CLI_BAD_OPTION', `${option} has no effect without --discover`, {
    remedy: 'Add --discover, e.g. --discover dns:query=mesh.example.',
  });
}

function freeName(strategy: string, topologies: Readonly<Record<string, Topology>>): string {
  let name = strategy;
  for (let number = 2; Object.hasOwn(topologies, name); number += 1) name = `${strategy}-${number}`;
  return name;
}

/** Logs what discovery finds, loses and fails at, on standard error. Connections are logged with the node's other events. */
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
    // The first failures are logged, then every twentieth, so that a later reader of the log finds one.
    if (attempts > 3 && attempts % 20 !== 0) return;
    const what =
      topology === undefined ? `cannot connect to ${peer ?? ''}` : `discovery by ${topology} failed`;
    const when = retryInMs === undefined ? '' : `, retrying in ${(retryInMs / 1000).toFixed(1)} s`;
    write(`${what}${when}: ${errorLine(error)}`);
  });
}

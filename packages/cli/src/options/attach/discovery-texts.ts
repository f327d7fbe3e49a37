/**
 * Topologies as the console takes them, `STRATEGY:key=value,...`, from flags, the environment and objects of a configuration file. Paths
 * become absolute, because the console runs in another folder.
 */

import { resolve } from 'node:path';
import type { TopologyDescription } from '@convoy/cluster/discovery';
import { CliError } from '../../errors.ts';

/** Options of strategies that are paths: `hosts-file` and `gossip`. */
const pathOptions: ReadonlySet<string> = new Set(['file', 'secret-file']);

/** The texts of these topologies. Rejects with DISCOVERY_BAD_OPTION, or CLI_BAD_OPTION for a value that cannot be written as text. */
export async function discoveryTexts(
  topologies: readonly (string | TopologyDescription)[],
): Promise<string[]> {
  if (topologies.length === 0) return [];
  const { createTopology, parseTopology } = await import('@convoy/cluster/discovery');
  return topologies.map((topology) => {
    const description = typeof topology === 'string' ? parseTopology(topology) : topology;
    const absolute = withAbsolutePaths(description);
    // Only to check it: the console creates its own.
    createTopology(absolute);
    return textOf(absolute);
  });
}

function withAbsolutePaths(description: TopologyDescription): TopologyDescription {
  const entries = Object.entries(description).map(([name, value]) =>
    pathOptions.has(name) && typeof value === 'string' ? [name, resolve(value)] : [name, value],
  );
  return { ...Object.fromEntries(entries), strategy: description.strategy };
}

function textOf({ strategy, ...options }: TopologyDescription): string {
  const pairs = Object.entries(options).map(([name, value]) => `${name}=${valueText(name, value)}`);
  return pairs.length === 0 ? strategy : `${strategy}:${pairs.join(',')}`;
}

function valueText(name: string, value: unknown): string {
  const text = Array.isArray(value)
    ? value.map(String).join('+')
    : typeof value === 'object' && value !== null
      ? Object.entries(value)
          .map(([key, one]) => `${key}=${String(one)}`)
          .join('+')
      : String(value);
  if (!text.includes(',')) return text;
  throw new CliError('CLI_BAD_OPTION', `${name} of a topology contains a comma: ${text}`, {
    remedy: 'Commas separate the options of a topology; use a value without one.',
  });
}

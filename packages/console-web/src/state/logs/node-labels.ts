/**
 * What nodes are called before their lines, where there is little room: the part before the host, as long as it names one node
 * only. Pure.
 */

import { splitNodeName } from '@convoy/node/names';

/** The end of a host that is always shown: addresses of one network differ there. */
const hostEnd = 8;

export interface LabelledNode {
  readonly id: string;
  readonly name: string;
  readonly cluster: string;
}

function sharedOf(texts: readonly string[]): ReadonlySet<string> {
  return new Set(texts.filter((text, at) => texts.indexOf(text) !== at));
}

function cutHost(host: string): string {
  return host.length > hostEnd + 2 ? `…${host.slice(-hostEnd)}` : host;
}

/** The labels of nodes by their ids: `app`, `app@…10.0.0.5` beside one on another host, `prod:app` beside one in another cluster. */
export function labelsOf(
  nodes: readonly LabelledNode[],
  clusterLabel: (cluster: string) => string,
): ReadonlyMap<string, string> {
  const shared = sharedOf(nodes.map(({ name }) => name));
  const short = sharedOf([...new Set(nodes.map(({ name }) => name))].map((name) => splitNodeName(name).name));
  return new Map(
    nodes.map(({ id, name: full, cluster }) => {
      const { name, host } = splitNodeName(full);
      const label = short.has(name) ? `${name}@${cutHost(host)}` : name;
      return [id, shared.has(full) ? `${clusterLabel(cluster)}:${label}` : label];
    }),
  );
}

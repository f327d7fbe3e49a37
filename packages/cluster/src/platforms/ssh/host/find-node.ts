/** Finds one node on a host by name: in the host's EPMD, then among its processes. The error lists the running nodes. */

import { splitNodeName } from '@convoy/node/names';
import { HostError } from '../../../errors.ts';
import type { SshTunnel } from './ssh-tunnel.ts';
import type { TunnelRoute } from '../../../tunnels/tunnel-resolver.ts';
import { inspectHost } from './inspect-host.ts';
import { epmdNames, type HostNode, listNodes } from './list-nodes.ts';

/** A node on a host, and how to reach it. */
export interface FoundNode {
  /** Full name. */
  readonly name: string;
  readonly route: TunnelRoute;
  /** The user that runs it, if known. */
  readonly user?: string | undefined;
}

const usualEpmdPort = 4369;

/**
 * Finds the node called `wanted`: a full name, or the part before the `@` if only one node has it. Throws `HostError`
 * HOST_NO_NODE, or an error of the tunnel.
 */
export async function findNodeOn(
  tunnel: SshTunnel,
  wanted: string,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<FoundNode> {
  const { name, host } = splitNodeName(wanted);
  if (host !== '') {
    // The usual case needs one lookup only; the handshake verifies the full name.
    const known = await epmdNames(tunnel, { epmdPort: usualEpmdPort }, signal);
    if (known?.some((one) => one.name === name) === true) return { name: wanted, route: { tunnel } };
  }
  const report = await inspectHost(tunnel, { signal, kinds: [] });
  const nodes = await listNodes(tunnel, report, { signal });
  const isWanted = (node: HostNode): boolean =>
    host === '' ? node.name.startsWith(`${name}@`) : node.name === wanted;
  const found = nodes.filter(isWanted);
  const [node] = found;
  if (node === undefined || found.length > 1) throw notFound(tunnel, { wanted, nodes, found: found.length });
  const { port, user } = node;
  const isRegistered = node.source === 'epmd';
  if (!isRegistered && port === undefined) throw notFound(tunnel, { wanted, nodes, found: 0 });
  const route = isRegistered ? { tunnel, epmdPort: report.epmdPort } : { tunnel, port: port ?? 0 };
  return { name: node.name, route, user };
}

function notFound(
  { name: host }: SshTunnel,
  what: { readonly wanted: string; readonly nodes: readonly HostNode[]; readonly found: number },
): HostError {
  const { wanted, nodes, found } = what;
  const names = nodes.map((node) => node.name).slice(0, 20);
  const running = names.length === 0 ? 'no nodes are running there' : `running nodes: ${names.join(', ')}`;
  const message =
    found > 1
      ? `${found} nodes on ${host} are named ${wanted}`
      : `the node ${wanted} is not running on ${host}`;
  return new HostError('HOST_NO_NODE', `${message}; ${running}`, {
    host,
    remedy: 'Use the full name that `node()` prints in a shell of that node.',
  });
}

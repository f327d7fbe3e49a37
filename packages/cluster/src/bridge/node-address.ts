/** Looks up, through a tunnel, where a node listens. Queries its host's EPMD every time, since nodes restart. */

import type { EpmdClient } from '@convoy/node/epmd';
import { EpmdError } from '@convoy/node';
import { HostError } from '../errors.ts';
import { epmdBehind } from '../tunnels/tunnel-resolver.ts';
import { loopbackHosts } from '../tunnels/tunnel-transport.ts';
import type { Tunnel, TunnelAddress } from '../tunnels/tunnel.ts';

export interface NodeAddressOptions {
  /** Full node name. */
  readonly node: string;
  /** EPMD port on the host. Default 4369: this computer's `ERL_EPMD_PORT` does not apply to other hosts. */
  readonly epmdPort?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The two parts of a node name as Erlang accepts it (OTP 24 and later). */
const nodeName = /^([\w-]+)@([\w.:-]+)$/;

/** The two parts of a full node name. Throws `HostError` HOST_NO_NODE. */
export function parseFullName(node: string, host: string): { readonly name: string; readonly host: string } {
  const [, name, at] = nodeName.exec(node) ?? [];
  if (name !== undefined && at !== undefined) return { name, host: at };
  throw new HostError('HOST_NO_NODE', `"${node}" is not a full node name`, {
    host,
    remedy: 'Use the name that `node()` prints in a shell of that node, such as app@db1.example.',
  });
}

/**
 * The addresses at which the node may listen, seen from its host: loopback of both families first, then the host part of its
 * name, in case it was configured to listen only there. Throws `HostError` HOST_NO_NODE.
 */
export async function findNodeAddress(
  tunnel: Tunnel,
  options: NodeAddressOptions,
): Promise<[TunnelAddress, ...TunnelAddress[]]> {
  const { epmdPort = 4369, signal } = options;
  const { name, host } = parseFullName(options.node, tunnel.name);
  const client = epmdBehind(tunnel, { epmdPort, signal });
  try {
    const found = await client.lookup(name);
    if (found !== undefined) {
      const { port } = found;
      const [first, ...others] = loopbackHosts;
      const further = [...others, host].filter((one) => one !== first);
      return [{ host: first, port }, ...[...new Set(further)].map((one) => ({ host: one, port }))];
    }
    throw await unknownNode(tunnel, options, client);
  } catch (error) {
    throw error instanceof EpmdError ? noEpmd(tunnel, epmdPort, error) : error;
  }
}

async function unknownNode(
  tunnel: Tunnel,
  { node }: NodeAddressOptions,
  client: EpmdClient,
): Promise<HostError> {
  const { nodes } = await client.names();
  const shown = nodes.slice(0, 10).map(({ name }) => name);
  const known = shown.length === 0 ? 'no nodes are registered' : `registered: ${shown.join(', ')}`;
  return new HostError('HOST_NO_NODE', `${node} is not registered in the EPMD of ${tunnel.name} (${known})`, {
    host: tunnel.name,
    remedy: 'Start the node there with -name or -sname, or use one of the registered nodes.',
  });
}

function noEpmd(tunnel: Tunnel, port: number, cause: EpmdError): HostError {
  return new HostError('HOST_NO_NODE', `no EPMD answers on port ${port} of ${tunnel.name}`, {
    host: tunnel.name,
    remedy: 'Start the node there with -name or -sname, or set the EPMD port if it is not the default.',
    cause,
  });
}

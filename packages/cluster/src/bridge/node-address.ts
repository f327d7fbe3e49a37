/** Finds out, through a tunnel, where a node listens: asks the EPMD of its host each time, since nodes restart. */

import { EpmdClient } from '@convoy/node/epmd';
import { EpmdError } from '@convoy/node';
import { HostError } from '../errors.ts';
import type { Tunnel, TunnelAddress } from '../tunnels/tunnel.ts';

export interface NodeAddressOptions {
  /** Full name. */
  readonly node: string;
  /** Default 4369; `ERL_EPMD_PORT` of this computer says nothing about another one. */
  readonly epmdPort?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What Erlang takes for a node name (OTP 24 and later), in two parts. */
const nodeName = /^([\w-]+)@([\w.:-]+)$/;

/** The two parts of a full node name. Throws `HostError` HOST_NO_NODE. */
export function splitNodeName(node: string, host: string): { readonly name: string; readonly host: string } {
  const [, name, at] = nodeName.exec(node) ?? [];
  if (name !== undefined && at !== undefined) return { name, host: at };
  throw new HostError('HOST_NO_NODE', `"${node}" is no full node name`, {
    host,
    remedy: 'Write it as the node itself does, such as app@db1.example; `node()` in its shell says it.',
  });
}

/**
 * Where the node listens, seen from its host: on loopback, else at the address its own name stands for, where it was
 * told to listen there only. Throws `HostError` HOST_NO_NODE.
 */
export async function findNodeAddress(
  tunnel: Tunnel,
  options: NodeAddressOptions,
): Promise<[TunnelAddress, ...TunnelAddress[]]> {
  const { epmdPort = 4369, signal } = options;
  const { name, host } = splitNodeName(options.node, tunnel.name);
  const client = new EpmdClient({
    port: epmdPort,
    openStream: (address, open) => tunnel.open(address, open),
    signal,
  });
  try {
    const found = await client.lookup(name);
    if (found !== undefined) {
      const { port } = found;
      return host === '127.0.0.1'
        ? [{ host, port }]
        : [
            { host: '127.0.0.1', port },
            { host, port },
          ];
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
  const known = shown.length === 0 ? 'no node at all' : shown.join(', ');
  return new HostError('HOST_NO_NODE', `the EPMD of ${tunnel.name} does not know ${node}, but ${known}`, {
    host: tunnel.name,
    remedy: 'Start the node there with a name (-name, -sname), or take one of those that are there.',
  });
}

function noEpmd(tunnel: Tunnel, port: number, cause: EpmdError): HostError {
  return new HostError('HOST_NO_NODE', `no EPMD answers at port ${port} of ${tunnel.name}`, {
    host: tunnel.name,
    remedy:
      'Start the node there with a name (-name, -sname), or say the port of its EPMD if that is another.',
    cause,
  });
}

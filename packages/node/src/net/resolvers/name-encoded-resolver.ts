/**
 * Nodes whose port is part of their name: `remote_<port>@host`, or a tunnel to it, listens on that port of this machine's
 * loopback address. The host part is only a label. Livebook names its runtimes like this. There is no lookup and no
 * registration; a name of any other form is unknown, so that in a chain the next resolver is asked.
 */

import { splitNodeName } from '../../names.ts';
import { NodeError } from '../../errors.ts';
import type { Resolver } from '../resolver.ts';
import type { Transport } from '../transport.ts';
import { unregistered } from './unregistered.ts';

/** Options of `createNameEncodedResolver`. */
export interface NameEncodedOptions {
  /** Prefixes of the name, before the port. Default `remote_` and `remote_runtime_`. */
  readonly prefixes?: readonly string[];
  /** The family of the loopback address: 4, the default, is 127.0.0.1; 6 is ::1. */
  readonly family?: 4 | 6;
  /** How to dial these nodes, if not by the node's own transport. */
  readonly transport?: Transport | undefined;
}

/** Creates a resolver that reads the port from the node name. Throws `NodeError` NODE_BAD_RESOLVER for invalid prefixes. */
export function createNameEncodedResolver(options: NameEncodedOptions = {}): Resolver {
  const { family = 4, prefixes = ['remote_', 'remote_runtime_'], transport } = options;
  if (prefixes.length === 0 || prefixes.includes('')) {
    throw new NodeError('NODE_BAD_RESOLVER', '`prefixes` is empty or contains an empty prefix', {
      value: prefixes,
      remedy: 'Give at least one prefix, and no empty ones.',
    });
  }
  const host = family === 6 ? '::1' : '127.0.0.1';
  const portOf = (node: string): number | undefined => findPort(node, prefixes);
  return {
    resolve(peer) {
      const port = portOf(peer);
      return Promise.resolve(port === undefined ? undefined : { host, port, version: 6, transport });
    },
    register: () => Promise.resolve(unregistered),
    /** Every name is possible, so none is listed. */
    names: () => Promise.resolve([]),
    listenPort: portOf,
  };
}

/** Digits only, without leading zeros, 1 to 65535, so that every port has one spelling. */
function findPort(node: string, prefixes: readonly string[]): number | undefined {
  const { name } = splitNodeName(node);
  for (const prefix of prefixes) {
    if (!name.startsWith(prefix)) continue;
    const digits = name.slice(prefix.length);
    const port = /^[1-9]\d{0,4}$/.test(digits) ? Number(digits) : 0;
    if (port > 0 && port <= 65_535) return port;
  }
  return undefined;
}

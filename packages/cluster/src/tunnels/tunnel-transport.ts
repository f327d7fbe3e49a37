/** Carries connections of nodes through a tunnel: no local port, the node's bytes go straight into a stream of it. */

import type { Duplex } from 'node:stream';
import { createSocketStream, type Transport } from '@convoy/node';
import { SshError, TunnelError } from '../errors.ts';
import type { Tunnel } from './tunnel.ts';

/** Where programs of the far end listen: most on every address, some on one family only. */
export const loopbackHosts: readonly [string, ...string[]] = ['127.0.0.1', '::1'];

/**
 * Opens a stream to the first of several hosts that listens on the port. Throws what was said about the first one when
 * none does, and at once what is no matter of the host.
 */
export async function openFirst(
  tunnel: Tunnel,
  { hosts, port }: { readonly hosts: readonly [string, ...string[]]; readonly port: number },
  options: { readonly signal?: AbortSignal | undefined },
): Promise<Duplex> {
  let failure: unknown;
  for (const host of hosts) {
    try {
      return await tunnel.open({ host, port }, options);
    } catch (error) {
      if (!isNothingListening(error)) throw error;
      failure ??= error;
    }
  }
  throw failure;
}

/** @internal Whether a carrier says that nothing listens at an address. */
export function isNothingListening(error: unknown): boolean {
  if (error instanceof SshError) return error.code === 'SSH_FORWARD_REFUSED';
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
}

/**
 * A `Transport` that dials through the tunnel. The host of an address is tried first, then `alternatives`. It cannot
 * listen: `TunnelError` TUNNEL_CANNOT_LISTEN.
 */
export function createTunnelTransport(
  tunnel: Tunnel,
  { alternatives = [] }: { readonly alternatives?: readonly string[] } = {},
): Transport {
  return {
    name: 'tunnel',
    async connect({ host, port }, options) {
      const stream = await openFirst(tunnel, { hosts: [host, ...alternatives], port }, options);
      // Nodes do not half-close: the end of one side is the end of both, as it is on a socket of theirs.
      stream.once('end', () => stream.end());
      return createSocketStream(stream);
    },
    listen: () =>
      Promise.reject(
        new TunnelError('TUNNEL_CANNOT_LISTEN', 'nodes behind a tunnel cannot dial back through it', {
          tunnel: tunnel.name,
          remedy: 'Connect from this side: a connection works in both directions.',
        }),
      ),
  };
}

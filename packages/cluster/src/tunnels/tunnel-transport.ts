/** Carries node connections through a tunnel without a local port: the bytes go directly into a stream of the tunnel. */

import type { Duplex } from 'node:stream';
import { createSocketStream, type Transport } from '@convoy/node';
import { SshError, TunnelError } from '../errors.ts';
import type { Tunnel } from './tunnel.ts';

/** The addresses at which programs at the far end are dialled: most listen on every address, some on one family only. */
export const loopbackHosts: readonly [string, ...string[]] = ['127.0.0.1', '::1'];

/**
 * Opens a stream to the first of several hosts that listens on the port. If none does, throws the error for the first one.
 * An error that does not depend on the host is thrown immediately.
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

/** @internal Whether an error of a tunnel means that nothing listens at the address. */
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
      // Nodes do not half-close: when one side ends, both end, as on their own sockets.
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

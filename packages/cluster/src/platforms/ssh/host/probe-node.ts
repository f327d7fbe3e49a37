/**
 * Asks what listens on a port behind a tunnel for its full node name, by the first half of the distribution handshake:
 * the acceptor tells its name before any cookie is proven. Nothing is connected and nothing is logged there.
 */

import { randomBytes } from 'node:crypto';
import { createNoResolver, dialPeer, HandshakeError } from '@convoy/node';
import type { Tunnel } from '../../../tunnels/tunnel.ts';
import { createTunnelTransport, loopbackHosts } from '../../../tunnels/tunnel-transport.ts';

/** Options of `probeNode`. */
export interface ProbeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Time limit, in milliseconds. Default 5000. */
  readonly timeoutMs?: number | undefined;
}

/** Nodes make an atom of each name they are shown, so one process shows one name. */
const visitor = `convoy_probe_${randomBytes(4).toString('hex')}@probe.invalid`;

/**
 * The full name. Throws what dialling throws: `SshError` SSH_FORWARD_REFUSED when nothing listens there, `HandshakeError`
 * when it is no node, or one that lets only certain nodes in.
 */
export async function probeNode(tunnel: Tunnel, port: number, options: ProbeOptions = {}): Promise<string> {
  const [host, ...alternatives] = loopbackHosts;
  const { timeoutMs = 5000, signal } = options;
  const transport = createTunnelTransport(tunnel, { alternatives });
  const address = { host, port, transport };
  const nobody = 'nobody@probe.invalid';
  try {
    const connection = await dialPeer({
      // A cookie that nobody has: should a node be called nobody@probe.invalid, it does not let us in either.
      self: { name: visitor, creation: 4, cookie: randomBytes(16).toString('hex'), hidden: true },
      peer: nobody,
      resolver: { ...createNoResolver(), resolve: () => Promise.resolve(address) },
      transport,
      handshakeTimeoutMs: timeoutMs,
      signal,
    });
    connection.close();
    return nobody;
  } catch (error) {
    if (error instanceof HandshakeError && error.found !== undefined) return error.found;
    throw error;
  }
}

/**
 * Finds out the full name of the node that listens on a port behind a tunnel, by the first half of the distribution
 * handshake: the acceptor sends its name before either side proves a cookie. The nodes do not get connected, and the other
 * side logs nothing.
 */

import { randomBytes } from 'node:crypto';
import { createNoResolver, HandshakeError } from '@convoy/node';
import { dialPeer } from '@convoy/node/connection';
import type { Tunnel } from '../../../tunnels/tunnel.ts';
import { createTunnelTransport, loopbackHosts } from '../../../tunnels/tunnel-transport.ts';

/** Options of `probeNode`. */
export interface ProbeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Time limit, in milliseconds. Default 5000. */
  readonly timeoutMs?: number | undefined;
}

/** Nodes create an atom for each name that they receive, so one process always uses the same name. */
const probeName = `convoy_probe_${randomBytes(4).toString('hex')}@probe.invalid`;

/**
 * Returns the full name. Throws like dialling: `SshError` SSH_FORWARD_REFUSED when nothing listens there, `HandshakeError`
 * when it is not a node, or a node that accepts only certain peers.
 */
export async function probeNode(tunnel: Tunnel, port: number, options: ProbeOptions = {}): Promise<string> {
  const [host, ...alternatives] = loopbackHosts;
  const { timeoutMs = 5000, signal } = options;
  const transport = createTunnelTransport(tunnel, { alternatives });
  const address = { host, port, transport };
  const placeholder = 'placeholder@probe.invalid';
  try {
    const connection = await dialPeer({
      // A random cookie: even a node that has the placeholder's name refuses it.
      self: { name: probeName, creation: 4, cookie: randomBytes(16).toString('hex'), hidden: true },
      peer: placeholder,
      resolver: { ...createNoResolver(), resolve: () => Promise.resolve(address) },
      transport,
      handshakeTimeoutMs: timeoutMs,
      signal,
    });
    connection.close();
    return placeholder;
  } catch (error) {
    if (error instanceof HandshakeError && error.found !== undefined) return error.found;
    throw error;
  }
}

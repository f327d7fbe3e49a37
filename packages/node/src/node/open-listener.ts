/** Opens the listening port of a node: a fixed port, any port, or the first free port of a range. */

import { NodeError } from '../errors.ts';
import { systemCode } from '../system-error.ts';
import type { Listener } from '../net/transport.ts';
import type { NetKernel } from './runtime/net-kernel.ts';
import type { PortChoice } from './options/node-options.ts';

/**
 * Listens on `port`. Throws `NodeError` NODE_LISTEN_FAILED, or NODE_BAD_TLS if the transport has no certificate to listen
 * with.
 */
export async function openListener(
  connections: NetKernel,
  host: string | undefined,
  port: PortChoice,
): Promise<Listener> {
  const { min, max } = typeof port === 'number' ? { min: port, max: port } : port;
  let failure: unknown;
  for (let candidate = min; candidate <= max; candidate += 1) {
    try {
      return await connections.listen({ host, port: candidate });
    } catch (error) {
      if (error instanceof NodeError) throw error;
      failure = error;
      if (systemCode(error) !== 'EADDRINUSE') break;
    }
  }
  const where = `${host ?? ''} port ${min === max ? min : `${min} to ${max}`}`.trim();
  const why = failure instanceof Error ? failure.message : String(failure);
  throw new NodeError('NODE_LISTEN_FAILED', `cannot listen on ${where}: ${why}`, {
    remedy: 'Set listen.port to a free port, and listen.host to an address of this machine.',
    cause: failure,
  });
}

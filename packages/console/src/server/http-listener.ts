/** Opens the console's HTTP port and closes it for good, connections that are still open included. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import { ConsoleError } from '../errors.ts';
import type { Faults } from '../fault-boundary.ts';
import type { Hub } from '../live/hub.ts';
import type { ConnectionGuard } from './connection-guard.ts';

/** For a connection to send a head, and for a request to be whole; looked at every second. */
const timeouts = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 1000 };
const answerTimeoutMs = 300_000;

/** A name or an address. One with a zone (`fe80::1%eth0`) has no form in a link that browsers accept. */
const listenableHost = /^[A-Za-z0-9._-]+$|^[0-9A-Fa-f:.]+$/;

/** Binds first: the application is made afterwards, when the port is known. */
export async function listen(host: string, port: number): Promise<{ server: Server; port: number }> {
  if (!listenableHost.test(host)) {
    throw new ConsoleError('CONSOLE_BAD_OPTION', `"${host}" is not an address or name to listen on`, {
      remedy: 'Set --host to an address without brackets and zone: 127.0.0.1, ::1, 0.0.0.0.',
    });
  }
  const server = createServer(timeouts);
  // A client that takes nothing of its answer keeps it in our memory. No request of ours takes this long.
  server.setTimeout(answerTimeoutMs);
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'something else listens there' : (cause as Error).message;
    throw new ConsoleError('CONSOLE_LISTEN_FAILED', `cannot listen on ${host} port ${port}: ${why}`, {
      remedy: 'Choose another with --port (0 for any free one) or --host.',
      cause,
    });
  }
  // An accept that fails (out of descriptors or memory) costs that connection, not the console.
  server.on('error', () => undefined);
  return { server, port: (server.address() as AddressInfo).port };
}

export interface Served {
  readonly app: Hono<{ Bindings: HttpBindings }>;
  readonly hub: Hub;
  readonly faults: Faults;
  readonly connections: ConnectionGuard;
}

export function serve(server: Server, { app, hub, faults, connections }: Served): void {
  connections.watch(server);
  const listener = getRequestListener(app.fetch);
  server.on('request', (request, response) => {
    const end = (): void => void response.destroy();
    faults.run({ kind: 'request', name: nameOf(request), end }, () => listener(request, response));
  });
  server.on('upgrade', (request, socket, head) => {
    const end = (): void => void socket.destroy();
    faults.run({ kind: 'socket', name: nameOf(request), end }, () => hub.upgrade(request, socket, head));
  });
}

/** The path alone: an address can carry the token of a printed link. */
function nameOf({ method = '', url = '' }: IncomingMessage): string {
  return `${method} ${url.split('?', 1)[0]}`;
}

export async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

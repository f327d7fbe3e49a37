/** Opens the console's HTTP port, and closes it together with all open connections. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import { ConsoleError } from '../errors.ts';
import type { Faults } from '../fault-boundary.ts';
import type { Hub } from '../live/hub.ts';
import type { ConnectionGuard } from './connection-guard.ts';

/** Time limits for the headers and for the whole request, checked every second. */
const timeouts = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 1000 };
const answerTimeoutMs = 300_000;

/** A name or an address. Browsers accept no link to an address with a zone (`fe80::1%eth0`). */
const listenableHost = /^[A-Za-z0-9._-]+$|^[0-9A-Fa-f:.]+$/;

/** Opens the port. The application is created afterwards, when the port is known. Rejects with CONSOLE_BAD_OPTION or CONSOLE_LISTEN_FAILED. */
export async function listen(host: string, port: number): Promise<{ server: Server; port: number }> {
  if (!listenableHost.test(host)) {
    throw new ConsoleError('CONSOLE_BAD_OPTION', `"${host}" is not a valid address to listen on`, {
      remedy: 'Set host to an address without brackets and zone, e.g. 127.0.0.1, ::1 or 0.0.0.0.',
    });
  }
  const server = createServer(timeouts);
  // A client that does not read its answer keeps the answer in memory. No request takes this long otherwise.
  server.setTimeout(answerTimeoutMs);
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'another program is using that port' : (cause as Error).message;
    throw new ConsoleError('CONSOLE_LISTEN_FAILED', `cannot listen on ${host} port ${port}: ${why}`, {
      remedy: 'Set port to another port (0 for any free one), or host to another address.',
      cause,
    });
  }
  // A failed accept (out of descriptors or memory) affects only that connection, not the console.
  server.on('error', () => undefined);
  return { server, port: (server.address() as AddressInfo).port };
}

/** The handlers of requests and upgrades. */
export interface Served {
  readonly app: Hono<{ Bindings: HttpBindings }>;
  readonly hub: Hub;
  readonly faults: Faults;
  readonly connections: ConnectionGuard;
}

/** Passes the requests of `server` to the application and upgrades to the live sockets. */
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

/** Method and path of a request, without the query, which can contain the token of a printed link. */
function nameOf({ method = '', url = '' }: IncomingMessage): string {
  return `${method} ${url.split('?', 1)[0]}`;
}

/** Closes the port and all connections. */
export async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

/** Opens the console's HTTP port and closes it for good, connections that are still open included. */

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import { ConsoleError } from '../errors.ts';
import type { Hub } from '../live/hub.ts';

/** Binds first: the application is made afterwards, when the port is known. */
export async function listen(host: string, port: number): Promise<{ server: Server; port: number }> {
  const server = createServer({ requestTimeout: 60_000, headersTimeout: 15_000 });
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

export function serve(server: Server, app: Hono<{ Bindings: HttpBindings }>, hub: Hub): void {
  const listener = getRequestListener(app.fetch);
  server.on('request', (request, response) => void listener(request, response));
  server.on('upgrade', (request, socket, head) => hub.upgrade(request, socket, head));
}

export async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

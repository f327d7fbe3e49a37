/** A server that echoes, and closes when the other side does. */

import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

export interface EchoServer extends AsyncDisposable {
  readonly port: number;
  readonly sockets: Set<Socket>;
}

/** Listens on a free port. */
export async function startEcho(host = '127.0.0.1'): Promise<EchoServer> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.pipe(socket);
  });
  server.listen(0, host);
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

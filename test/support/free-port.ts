/**
 * Ports for programs that need to be given one. No other test on this machine gets the same port, even while nothing listens on
 * it, so a server can be started late, or restarted, and finds it free.
 */

import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Below the range from which systems assign ports, so that a free port stays free until it is used. */
const [lowestPort, highestPort] = [10_000, 19_999];
const given = new Map<number, Server | undefined>();

/** A port that is free on all local addresses, reserved until this process ends. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowestPort, highestPort + 1);
    if (given.has(port)) continue;
    given.set(port, undefined);
    const claim = await claimPort(port);
    if (claim !== 'taken' && (await isFree(port))) {
      given.set(port, claim);
      return port;
    }
    given.delete(port);
    if (claim !== 'taken') claim?.close();
  }
}

/**
 * The reservation is an abstract socket, a name that the kernel releases when the process ends. Systems other than Linux do not
 * have them; there, only chance keeps two tests from choosing the same port.
 */
async function claimPort(port: number): Promise<Server | undefined | 'taken'> {
  if (process.platform !== 'linux') return undefined;
  const claim = createServer((socket) => socket.destroy()).unref();
  claim.listen(`\0convoy-test-port-${port}`);
  try {
    await once(claim, 'listening');
    return claim;
  } catch {
    return 'taken';
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, '::');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/**
 * Ports for programs that must be told one. Each is kept from every other test of this machine, also while nothing listens on it: a
 * server can be started late, or stopped and started again, and finds it free.
 */

import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Below what systems give to whoever wants any port: what is free here stays free until it is used. */
const [lowestPort, highestPort] = [10_000, 19_999];
const given = new Map<number, Server | undefined>();

/** A port that nobody has, on all local addresses, until this process ends. */
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
 * The claim is a name of the kernel's (an abstract socket), which goes with the process that holds it. Other systems than Linux
 * have none: there it is chance that two tests choose differently.
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

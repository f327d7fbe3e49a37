/**
 * Addresses of this computer that nobody else uses: a block 127.x.y.0/24 per runtime, each service one of them, as if
 * each were a container of its own. The block is claimed by a listener on its first address, so that two simulators
 * never share one. Linux has all of 127/8; other systems must be given more of it first.
 */

import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { ProviderError } from '@convoy/cluster';

const claimPort = 4368;
const attempts = 50;
const lastHost = 254;

export class AddressBlock {
  readonly #prefix: string;
  readonly #claim: Server;
  readonly #taken = new Set<number>();

  private constructor(prefix: string, claim: Server) {
    this.#prefix = prefix;
    this.#claim = claim;
  }

  /** Rejects with PROVIDER_UNAVAILABLE where there are no such addresses. */
  static async claim(): Promise<AddressBlock> {
    let cause: unknown;
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const prefix = `127.${randomInt(64, 255)}.${randomInt(0, 256)}`;
      try {
        return new AddressBlock(prefix, await listen(`${prefix}.1`));
      } catch (error) {
        cause = error;
      }
    }
    throw new ProviderError(
      'PROVIDER_UNAVAILABLE',
      'no addresses of 127.0.0.0/8 are free for the simulator',
      {
        remedy: 'Run it on Linux, or give the loopback interface addresses of its own.',
        cause,
      },
    );
  }

  /** An address that is free now. Throws PROVIDER_LIMIT. */
  take(): string {
    for (let host = 2; host <= lastHost; host += 1) {
      if (this.#taken.has(host)) continue;
      this.#taken.add(host);
      return `${this.#prefix}.${host}`;
    }
    throw new ProviderError('PROVIDER_LIMIT', `all addresses of ${this.#prefix}.0/24 are taken`);
  }

  giveBack(address: string): void {
    this.#taken.delete(Number(address.slice(address.lastIndexOf('.') + 1)));
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#claim.close(() => resolve());
    });
  }
}

async function listen(address: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(claimPort, address, resolve);
  });
  return server.unref();
}

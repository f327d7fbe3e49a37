/**
 * Unused addresses of this computer: a block 127.x.y.0/24 per runtime, with one address per service, as if each were a
 * container. A listener on its first address claims the block, so two simulators never share one. Linux has all of 127/8;
 * other systems need the addresses to be added first.
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

  /** Claims a block. Rejects with PROVIDER_UNAVAILABLE when this computer has no such addresses. */
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
        remedy: 'Run it on Linux, or add addresses of 127.0.0.0/8 to the loopback interface.',
        cause,
      },
    );
  }

  /** Returns a free address. Throws PROVIDER_LIMIT when there is none. */
  take(): string {
    for (let host = 2; host <= lastHost; host += 1) {
      if (this.#taken.has(host)) continue;
      this.#taken.add(host);
      return `${this.#prefix}.${host}`;
    }
    throw new ProviderError('PROVIDER_LIMIT', `all addresses of ${this.#prefix}.0/24 are in use`, {
      remedy: 'Delete services that are no longer needed.',
    });
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

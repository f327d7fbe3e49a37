/** Opens streams from this process to ports of 127.0.0.1 inside a namespace. */

import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { HelperProcess } from './helper-process.ts';

export class Forwarder {
  readonly #helper: HelperProcess;
  readonly #path: string;

  private constructor(helper: HelperProcess, path: string) {
    this.#helper = helper;
    this.#path = path;
  }

  /** `path` is the path of its Unix socket, in a folder that only the current user can access. */
  static async start(namespace: string, path: string): Promise<Forwarder> {
    const helper = await HelperProcess.start({ namespace, program: 'forwarder-main', args: [path] });
    return new Forwarder(helper, path);
  }

  /** Rejects when nothing listens on the port. */
  async connect(port: number): Promise<Duplex> {
    const socket = connect({ path: this.#path, allowHalfOpen: true });
    await once(socket, 'connect');
    socket.write(`${port}\n`);
    try {
      await readLineFeed(socket);
    } catch (cause) {
      socket.destroy();
      throw new Error(`nothing listens on port ${port}`, { cause });
    }
    return socket;
  }

  async close(): Promise<void> {
    await this.#helper.close();
    await rm(this.#path, { force: true });
  }
}

async function readLineFeed(socket: Socket): Promise<void> {
  for (;;) {
    const byte = socket.read(1) as Buffer | null;
    if (byte !== null) return;
    if (socket.readableEnded || socket.destroyed) throw new Error('the connection was closed');
    await Promise.race([once(socket, 'readable'), once(socket, 'end'), once(socket, 'close')]);
  }
}

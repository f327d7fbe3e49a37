/**
 * A host that is reached by SSH, with an EPMD and a home folder of its own; and the home folder of a user on this side, who
 * trusts the host and can log in there.
 */

import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestEpmd } from '../erlang/test-epmd.ts';
import { type SshServer, startSshServer } from './ssh-server.ts';

type Parts = Pick<SshHost, 'server' | 'epmdPort' | 'near' | 'far'>;

export class SshHost implements AsyncDisposable {
  readonly server: SshServer;
  readonly epmdPort: number;
  /** Home folder of the user on this side, with a key. */
  readonly near: string;
  /** Home folder of the login on the host. */
  readonly far: string;
  readonly #stack: AsyncDisposableStack;

  private constructor(parts: Parts, stack: AsyncDisposableStack) {
    this.server = parts.server;
    this.epmdPort = parts.epmdPort;
    this.near = parts.near;
    this.far = parts.far;
    this.#stack = stack;
  }

  static async start(): Promise<SshHost> {
    await using stack = new AsyncDisposableStack();
    const [near, far] = [makeFolder('near', stack), makeFolder('far', stack)];
    const { port: epmdPort } = stack.use(await startTestEpmd());
    const server = stack.use(await startSshServer({ env: { ERL_EPMD_PORT: String(epmdPort), HOME: far } }));
    server.trustIn(near);
    copyFileSync(server.identityFile, join(near, '.ssh', 'id_ed25519'));
    return new SshHost({ server, epmdPort, near, far }, stack.move());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

function makeFolder(name: string, stack: AsyncDisposableStack): string {
  const folder = mkdtempSync(join(tmpdir(), `convoy-${name}-`));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

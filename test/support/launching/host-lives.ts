/** An SSH host and consoles, one after another, that connect to it. */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HostView } from '@convoy/console/protocol';
import { eventually } from '../eventually.ts';
import { SshHost } from '../network/ssh-host.ts';
import { killIfThere, processesWith } from '../processes.ts';
import { ConsoleLives } from './console-lives.ts';

/** A host and the consoles that connect to it. What still runs there in the end is killed. */
export class HostLives implements AsyncDisposable {
  readonly host: SshHost;
  readonly lives: ConsoleLives;

  static async start(): Promise<HostLives> {
    const host = await SshHost.start();
    return new HostLives(host, await ConsoleLives.start({ HOME: host.near, SSH_AUTH_SOCK: '' }));
  }

  private constructor(host: SshHost, lives: ConsoleLives) {
    this.host = host;
    this.lives = lives;
  }

  /** Connects to the host, and resolves with the key of its place once it is up. */
  async connect(): Promise<string> {
    const { client } = this.lives;
    const { json } = await client.ask('/api/hosts', { body: { target: this.host.server.target } });
    let view = json as HostView;
    await eventually(
      () => `the host to be up: ${JSON.stringify(view)}`,
      60_000,
      async () => {
        view = (await client.ask(`/api/hosts/${view.id}`)).json as HostView;
        return view.state === 'up';
      },
    );
    return view.name;
  }

  /** Ids of the processes of nodes there. */
  processes(): number[] {
    return processesWith(`CONVOY_FOLDER=${this.host.far}/`, { isPrefix: true });
  }

  folders(): string[] {
    const folder = join(this.host.far, '.convoy', 'nodes');
    return existsSync(folder) ? readdirSync(folder) : [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lives[Symbol.asyncDispose]();
    for (const id of this.processes()) killIfThere(id);
    await this.host[Symbol.asyncDispose]();
  }
}

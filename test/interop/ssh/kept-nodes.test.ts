/** Nodes on an SSH host that live on when the console stops, and are adopted by the next one. */

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { HostView } from '@convoy/console/protocol';
import { ConsoleLives } from '../../support/launching/console-lives.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import { SshHost } from '../../support/network/ssh-host.ts';
import { missingSshd } from '../../support/network/ssh-server.ts';
import { killIfThere, processesWith } from '../../support/processes.ts';

const skip = missingPeer('25', 'elixir') || missingSshd() || false;

/** A host and the consoles that connect to it. What still runs there in the end is killed. */
class HostLives implements AsyncDisposable {
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

describe('a kept node on a host', { skip }, () => {
  test('lives on when the console stops, is adopted with its log, and is stopped by the next one', async () => {
    await using world = await HostLives.start();
    const { lives } = world;
    const place = { key: await world.connect() };
    const kept = await lives.launch({ kind: 'erlang', keep: true, name: 'kept', place });
    await lives.launch({ kind: 'erlang', name: 'mortal', join: false, place });
    await lives.end('SIGTERM');
    await eventually('the other to end', 30_000, () => world.folders().length === 1);
    await lives.next();
    const view = await lives.waitFor(kept.name, 'up');
    assert.equal(view.place.key, place.key);
    await lives.waitForLine(kept.name, /is up on port/);
    await lives.delete(kept.name);
    await eventually('nothing to be left', 30_000, () => world.processes().length === 0);
    assert.deepEqual(world.folders(), []);
  });

  test('lives on when the host is disconnected, and is there again when it is connected', async () => {
    await using world = await HostLives.start();
    const { lives } = world;
    const place = { key: await world.connect() };
    const kept = await lives.launch({ kind: 'erlang', keep: true, place });
    const { json } = await lives.client.ask('/api/hosts');
    const [{ id } = { id: '' }] = json as HostView[];
    assert.equal((await lives.client.ask(`/api/hosts/${id}`, { method: 'DELETE' })).status, 204);
    assert.equal(await lives.node(kept.name), undefined);
    assert.equal(world.folders().length, 1);
    await world.connect();
    await lives.waitFor(kept.name, 'up');
    await lives.delete(kept.name);
  });

  test('runs a program of the host within its limit, or says which file the host lacks', async () => {
    await using world = await HostLives.start();
    const { lives } = world;
    const place = { key: await world.connect() };
    const { json } = await lives.client.ask('/api/nodes', {
      body: { kind: 'elixir', program: '/srv/missing.exs', place },
    });
    assert.equal(json.error.code, 'PROVIDER_BAD_PROGRAM');
    assert.match(json.error.message, /^ssh:\/\/.* has no file \/srv\/missing\.exs$/);
    // `init:stop/0` ends the node by itself: it ran.
    const launch = await lives.client.ask('/api/nodes', {
      body: { kind: 'erlang', program: 'init:stop', memoryMb: 512, place },
    });
    await lives.waitFor(launch.json.node as string, 'stopped');
  });
});

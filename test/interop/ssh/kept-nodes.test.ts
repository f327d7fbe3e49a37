/** Nodes on an SSH host that live on when the console stops, and are adopted by the next one. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HostView } from '@convoy/console/protocol';
import { HostLives } from '../../support/launching/host-lives.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import { missingSshd } from '../../support/network/ssh-server.ts';

const skip = missingPeer('25', 'elixir') || missingSshd() || false;

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

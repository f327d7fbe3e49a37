/** Releases of an SSH host as what a node there runs. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { HostLives } from '../../support/launching/host-lives.ts';
import { missingSshd } from '../../support/network/ssh-server.ts';
import { ElixirRelease } from '../../support/releases/elixir-release.ts';

const skip = missingPeer('25', 'elixir') || missingSshd() || false;

describe('a release of a host', { skip }, () => {
  test('is started there, is kept, and is refused if the host does not have it', async () => {
    using release = await ElixirRelease.build();
    await using world = await HostLives.start();
    const { lives, host } = world;
    const place = { key: await world.connect() };
    const body = { kind: 'elixir', program: '/srv/missing', place };
    const { json } = await lives.client.ask('/api/nodes', { body });
    assert.equal(json.error.code, 'PROVIDER_BAD_PROGRAM');
    assert.match(json.error.message, /^ssh:\/\/.* has no release in \/srv\/missing: /);
    const shop = await lives.launch({ ...body, name: 'shop', program: release.folder, keep: true });
    await lives.waitForLine(shop.name, new RegExp(`^shop starts as ${shop.name}, HOME is ${host.far}, `));
    await lives.end('SIGTERM');
    await lives.next();
    await lives.waitFor(shop.name, 'up');
    await lives.delete(shop.name);
    assert.deepEqual(world.folders(), []);
  });
});

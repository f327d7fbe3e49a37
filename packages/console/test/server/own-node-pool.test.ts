import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createTunnelResolver } from '@convoy/cluster';
import { startNode } from '@convoy/node';
import type { OwnNode } from '../../src/own-nodes.ts';
import { OwnNodePool } from '../../src/server/own-node-pool.ts';

const cookie = 'of-the-local-cluster';
let local: OwnNode;
let pool: OwnNodePool;

beforeEach(async () => {
  const name = `convoy-0a1b2c3d@127.0.0.1`;
  const node = await startNode({ name, cookie: 'c', hidden: true, epmd: 'none', listen: false });
  local = { node, routes: createTunnelResolver() };
  pool = new OwnNodePool(local, { cookie, epmdPort: 4369 });
});

afterEach(async () => {
  await pool.closeAll();
  await local.node.close();
});

describe('the console’s own nodes', () => {
  it('are one for each place and each cookie', async () => {
    const [host, again, other] = [
      await pool.forPlace('ssh://a'),
      await pool.forPlace('ssh://a'),
      await pool.forPlace('ssh://b'),
    ];
    const [one, two] = [await pool.forCookie('one'), await pool.forCookie('two')];
    assert.equal(host, again);
    assert.equal(new Set([local, host, other, one, two]).size, 5);
    assert.equal(await pool.forCookie(cookie), local);
    assert.equal(await pool.forCookie('one'), one);
  });

  it('are isolated, take no connection and have names that say nothing of the cookie', async () => {
    const [host, attached] = [await pool.forPlace('ssh://a'), await pool.forCookie('one')];
    for (const { node } of [host, attached]) {
      assert.deepEqual([node.isolated, node.hidden, node.port], [true, true, undefined]);
      assert.match(node.name, /^convoy-0a1b2c3d-[0-9a-f]{8}@127\.0\.0\.1$/);
    }
    const elsewhere = new OwnNodePool(local, { cookie, epmdPort: 4369 });
    assert.equal(
      (await elsewhere.forPlace('ssh://a')).node.name,
      host.node.name,
      'found again after a restart',
    );
    assert.notEqual((await elsewhere.forCookie('one')).node.name, attached.node.name);
    await elsewhere.closeAll();
  });

  it('are new ones for each attached cluster, also while the former one of its name is being closed', async () => {
    const [former, next] = [await pool.forCluster('prod', {}), await pool.forCluster('prod', {})];
    assert.notEqual(former, next);
    assert.equal(former.node.name, next.node.name);
    await pool.close(former);
    await pool.close(former);
    await former.node.closed;
    await pool.close(local);
    // The local one belongs to the console.
    for (const { node } of [next, local]) {
      const connecting = node.connect('no-node-of-this-name@127.0.0.1');
      await assert.rejects(connecting, (error: { code?: string }) => error.code !== 'NODE_CLOSED');
    }
  });

  it('are found by the way they have to a node', async () => {
    const own = await pool.forPlace('ssh://a');
    own.routes.add('app@db1', { port: 9100 });
    assert.equal(pool.of('app@db1'), own);
    assert.equal(pool.of('app@db2'), local);
  });

  it('close when no way is left, but for the local one', async () => {
    const own = await pool.forPlace('ssh://a');
    own.routes.add('app@db1', { port: 9100 });
    await pool.release(own);
    assert.equal(await pool.forPlace('ssh://a'), own);
    own.routes.delete('app@db1');
    await pool.release(own);
    await own.node.closed;
    assert.notEqual(await pool.forPlace('ssh://a'), own);
    await pool.release(local);
    assert.equal(pool.of('anything@else'), local);
  });
});

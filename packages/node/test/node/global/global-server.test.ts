import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { eventually } from '../../../../../test/support/eventually.ts';
import { atom, type Pid } from '../../../src/etf/index.ts';
import type { Node } from '../../../src/node/start-node.ts';
import { createMemoryCluster, type MemoryCluster } from '../../../src/testing.ts';

let cluster: MemoryCluster;

beforeEach(() => {
  cluster = createMemoryCluster();
});

afterEach(() => cluster.close());

const idle = (node: Node): Pid => node.spawn(async (self) => void (await self.receive()));

describe('global names of TypeScript nodes', () => {
  it('spread over a mesh that completes itself', async () => {
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => cluster.start(name)));
    assert.ok(a !== undefined && b !== undefined && c !== undefined);
    const early = idle(c);
    assert.equal(await c.global.register(atom('early'), early), true);
    await a.connect(b.name);
    await c.connect(b.name);
    await eventually(
      'the mesh to complete itself',
      30_000,
      () => a.list().length === 2 && c.list().length === 2,
    );
    await eventually('the early name to arrive', 30_000, () => a.global.whereis(atom('early')) !== undefined);
    assert.equal(await a.global.register(atom('late'), idle(a)), true);
    assert.equal(await b.global.register(atom('late'), idle(b)), false);
    for (const node of [a, b, c]) assert.deepEqual(node.global.names(), [atom('early'), atom('late')]);
    c.processes.exit(early, atom('kill'));
    await eventually('the name to go', 30_000, () =>
      [a, b, c].every((node) => node.global.whereis(atom('early')) === undefined),
    );
    assert.equal(await b.global.unregister(atom('late')), true);
    assert.deepEqual(a.global.names(), []);
    assert.equal(await b.global.unregister(atom('late')), false);
  });

  it('spread over a mesh in which dials fail at first', async () => {
    const failing = (times: number): { resolve: (peer: string) => Promise<undefined> } => {
      const failed = new Map<string, number>();
      return {
        async resolve(peer) {
          const count = (failed.get(peer) ?? 0) + 1;
          failed.set(peer, count);
          if (peer !== 'b@memory.test' && count <= times) throw new Error('not yet');
          return undefined;
        },
      };
    };
    const [a, b, c] = await Promise.all([
      cluster.start('a', { routes: failing(2) }),
      cluster.start('b'),
      cluster.start('c', { routes: failing(2) }),
    ]);
    assert.ok(a !== undefined && b !== undefined && c !== undefined);
    const lost: string[] = [];
    for (const node of [a, b, c]) node.onNodeDown((peer) => lost.push(`${node.name} lost ${peer}`));
    await a.connect(b.name);
    await c.connect(b.name);
    await eventually(
      'the mesh to complete itself',
      30_000,
      () => a.list().length === 2 && c.list().length === 2,
    );
    assert.deepEqual(lost, []);
  });

  it('go with the node that closes, and leave the rest together', async () => {
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => cluster.start(name)));
    assert.ok(a !== undefined && b !== undefined && c !== undefined);
    await a.connect(b.name);
    await c.connect(b.name);
    await eventually(
      'the mesh to complete itself',
      30_000,
      () => a.list().length === 2 && c.list().length === 2,
    );
    await c.global.register(atom('mine'), idle(c));
    await c.close();
    await eventually('the name and the node to go', 30_000, () =>
      [a, b].every((node) => node.global.names().length === 0 && node.list().length === 1),
    );
    assert.deepEqual([a.list(), b.list()], [[b.name], [a.name]]);
  });

  it('are kept up to the limit', async () => {
    const a = await cluster.start('a', { limits: { maxGlobalNames: 2 } });
    const pid = idle(a);
    for (const name of ['one', 'two', 'three']) await a.global.register(atom(name), pid);
    assert.deepEqual(a.global.names(), [atom('one'), atom('two')]);
  });

  it('are none of a hidden node’s business', async () => {
    const a = await cluster.start('a', { hidden: true });
    assert.equal(a.processes.whereis('global_name_server'), undefined);
    assert.deepEqual(a.global.names(), []);
    assert.throws(() => a.global.register(atom('x'), idle(a)), { code: 'NODE_HIDDEN' });
  });
});

/** TypeScript nodes as members of an Erlang mesh: `global` names, `global:sync/0` and partitions. */

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { atom, type Node } from '@convoy/node';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { type ErlangNode, missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventuallyEqual } from '../../support/eventually.ts';
import { testedReleases } from '../../support/extent.ts';

const cookie = 'global-interop';
const deadlineMs = 60_000;

/** Starts nodes for one test and ends them after it. `a..` are Erlang nodes, `t..` are TypeScript nodes. */
async function startMesh<Names extends string>(
  context: TestContext,
  options: {
    release: '23' | '25' | '27' | '29';
    erlang: readonly Names[];
    typescript: readonly string[];
    hidden?: boolean;
  },
): Promise<{ erl: Record<Names, ErlangNode>; ts: Record<string, Node> }> {
  const cluster = await ErlangCluster.start({ cookie, release: options.release });
  context.after(() => cluster[Symbol.asyncDispose]());
  const erl = {} as Record<Names, ErlangNode>;
  const ts: Record<string, Node> = {};
  await Promise.all([
    ...options.erlang.map(async (name) => {
      erl[name] = await cluster.erlang(name);
    }),
    ...options.typescript.map(async (name) => {
      ts[name] = await cluster.own(name, { hidden: options.hidden ?? false });
    }),
  ]);
  return { erl, ts };
}

const full = (name: string): string => `${name}@127.0.0.1`;
const ping = (name: string): string => `net_adm:ping('${full(name)}')`;

const nodesOf = (erl: ErlangNode): Promise<string> => erl.eval('lists:sort(nodes())');
const listing = (...names: string[]): string => `[${names.map((name) => `'${full(name)}'`).join(',')}]`;

async function register(erl: ErlangNode, name: string): Promise<void> {
  const done = await erl.eval(
    `global:register_name(${name}, spawn(fun() -> receive stop -> ok end end))`,
    deadlineMs,
  );
  assert.equal(done, 'yes');
}

for (const release of testedReleases()) {
  describe(`members of a mesh with OTP ${release}`, { skip: missingPeer(release), concurrency: 2 }, () => {
    it('completes the mesh when it joins one member', async (context) => {
      const { erl, ts } = await startMesh(context, { release, erlang: ['a1', 'a2'], typescript: ['t1'] });
      await erl.a1.eval(ping('a2'));
      assert.equal(await erl.a1.eval('global:sync()', deadlineMs), 'ok');
      await register(erl.a1, 'early');
      await ts['t1']!.connect(full('a1'));
      await eventuallyEqual(() => nodesOf(erl.a1), listing('a2', 't1'));
      await eventuallyEqual(() => nodesOf(erl.a2), listing('a1', 't1'));
      await eventuallyEqual(() => ts['t1']!.list().sort(), [full('a1'), full('a2')]);
      for (const each of [erl.a1, erl.a2]) assert.equal(await each.eval('global:sync()', deadlineMs), 'ok');
      await eventuallyEqual(() => ts['t1']!.global.whereis(atom('early'))?.node, full('a1'));
    });

    it('joins two TypeScript and two Erlang nodes to one mesh', async (context) => {
      const { erl, ts } = await startMesh(context, {
        release,
        erlang: ['a1', 'a2'],
        typescript: ['t1', 't2'],
      });
      await ts['t1']!.connect(full('t2'));
      await erl.a1.eval(ping('a2'));
      await register(erl.a2, 'early');
      await ts['t2']!.connect(full('a1'));
      await eventuallyEqual(() => nodesOf(erl.a1), listing('a2', 't1', 't2'));
      await eventuallyEqual(() => nodesOf(erl.a2), listing('a1', 't1', 't2'));
      await eventuallyEqual(() => ts['t1']!.list().sort(), [full('a1'), full('a2'), full('t2')]);
      for (const each of [erl.a1, erl.a2]) assert.equal(await each.eval('global:sync()', deadlineMs), 'ok');
      await register(erl.a1, 'late');
      for (const each of [ts['t1']!, ts['t2']!]) {
        await eventuallyEqual(() => each.global.names().map(String).sort(), ['early', 'late']);
      }
    });

    it('leaves the others together when it closes', async (context) => {
      const { erl, ts } = await startMesh(context, { release, erlang: ['a1', 'a2'], typescript: ['t1'] });
      await erl.a1.eval(ping('a2'));
      await ts['t1']!.connect(full('a1'));
      await eventuallyEqual(() => nodesOf(erl.a2), listing('a1', 't1'));
      assert.equal(await erl.a1.eval('global:sync()', deadlineMs), 'ok');
      await ts['t1']!.close();
      await eventuallyEqual(() => nodesOf(erl.a1), listing('a2'));
      await eventuallyEqual(() => nodesOf(erl.a2), listing('a1'));
      await register(erl.a1, 'later');
      await eventuallyEqual(
        () => erl.a2.eval('node(global:whereis_name(later))').catch(() => ''),
        `'${full('a1')}'`,
      );
    });

    it('stays with the others when one of them is killed', async (context) => {
      const { erl, ts } = await startMesh(context, {
        release,
        erlang: ['a1', 'a2', 'a3'],
        typescript: ['t1'],
      });
      await erl.a1.eval(ping('a2'));
      await erl.a3.eval(ping('t1'));
      await ts['t1']!.connect(full('a1'));
      await eventuallyEqual(() => nodesOf(erl.a2), listing('a1', 'a3', 't1'));
      await register(erl.a2, 'doomed');
      await eventuallyEqual(() => ts['t1']!.global.whereis(atom('doomed'))?.node, full('a2'));
      await erl.a2[Symbol.asyncDispose]();
      await eventuallyEqual(() => nodesOf(erl.a1), listing('a3', 't1'));
      await eventuallyEqual(() => nodesOf(erl.a3), listing('a1', 't1'));
      await eventuallyEqual(() => ts['t1']!.global.names(), []);
      await register(erl.a3, 'later');
      await eventuallyEqual(() => ts['t1']!.global.whereis(atom('later'))?.node, full('a3'));
      assert.deepEqual(ts['t1']!.list().sort(), [full('a1'), full('a3')]);
    });

    if (release !== '23') {
      it('follows when one link of the mesh breaks', async (context) => {
        const { erl, ts } = await startMesh(context, { release, erlang: ['a1', 'a2'], typescript: ['t1'] });
        await erl.a1.eval(ping('a2'));
        await ts['t1']!.connect(full('a1'));
        await eventuallyEqual(() => nodesOf(erl.a2), listing('a1', 't1'));
        assert.equal(await erl.a1.eval('global:sync()', deadlineMs), 'ok');
        assert.equal(await erl.a2.eval('global:sync()', deadlineMs), 'ok');
        await erl.a2.eval(`erlang:disconnect_node('${full('t1')}')`);
        // Whether the third node also disconnects from a2 depends on which report arrives first, as between OTP nodes.
        await eventuallyEqual(() => ts['t1']!.list().length, 0);
        for (const each of [erl.a1, erl.a2]) {
          await eventuallyEqual(() => each.eval(`lists:member('${full('t1')}', nodes())`), 'false');
        }
        await ts['t1']!.connect(full('a1'));
        await erl.a1.eval(ping('a2'));
        await eventuallyEqual(() => nodesOf(erl.a1), listing('a2', 't1'));
        await eventuallyEqual(() => nodesOf(erl.a2), listing('a1', 't1'));
        assert.equal(await erl.a2.eval('global:sync()', deadlineMs), 'ok');
      });
    }
  });

  describe(`global names with OTP ${release}`, { skip: missingPeer(release), concurrency: 2 }, () => {
    it('sees names come and go, and does not stand in the way', async (context) => {
      const { erl, ts } = await startMesh(context, { release, erlang: ['a1', 'a2'], typescript: ['t1'] });
      await erl.a1.eval(ping('t1'));
      await erl.a2.eval(ping('t1'));
      await eventuallyEqual(() => nodesOf(erl.a2), listing('a1', 't1'));
      for (const each of [erl.a1, erl.a2]) assert.equal(await each.eval('global:sync()', deadlineMs), 'ok');
      await register(erl.a1, 'first');
      await register(erl.a2, 'second');
      await eventuallyEqual(() => ts['t1']!.global.names().map(String).sort(), ['first', 'second']);
      assert.equal(await erl.a2.eval('node(global:whereis_name(first))'), `'${full('a1')}'`);
      await erl.a1.eval('global:unregister_name(first)', deadlineMs);
      await erl.a2.eval('exit(global:whereis_name(second), kill)');
      await eventuallyEqual(() => ts['t1']!.global.names(), []);
      const sum = await erl.a1.eval('global:trans({res, self()}, fun() -> 42 end)', deadlineMs);
      assert.equal(sum, '42');
    });

    it('registers names of its own', async (context) => {
      const { erl, ts } = await startMesh(context, { release, erlang: ['a1', 'a2'], typescript: ['t1'] });
      const node = ts['t1']!;
      await erl.a1.eval(ping('a2'));
      await node.connect(full('a1'));
      await eventuallyEqual(() => node.list().length, 2);
      const pid = node.spawn(async (self) => {
        for (;;) await self.receive();
      });
      assert.equal(await node.global.register(atom('ours'), pid), true);
      for (const each of [erl.a1, erl.a2]) {
        await eventuallyEqual(() => each.eval('node(global:whereis_name(ours))'), `'${full('t1')}'`);
      }
      const other = node.spawn(async (self) => void (await self.receive()));
      assert.equal(await node.global.register(atom('ours'), other), false);
      node.processes.exit(pid, atom('kill'));
      await eventuallyEqual(() => erl.a2.eval('global:whereis_name(ours)'), 'undefined');
      assert.equal(await node.global.register(atom('ours'), other), true);
      await node.global.unregister(atom('ours'));
      await eventuallyEqual(() => erl.a1.eval('global:whereis_name(ours)'), 'undefined');
    });

    it('settles a conflict of names for the smaller node', async (context) => {
      const { erl, ts } = await startMesh(context, { release, erlang: ['a1', 'z1'], typescript: ['t1'] });
      const node = ts['t1']!;
      const ours = node.spawn(async (self) => void (await self.receive()));
      await node.global.register(atom('taken'), ours);
      await register(erl.z1, 'taken');
      await node.connect(full('z1'));
      await eventuallyEqual(() => erl.z1.eval('node(global:whereis_name(taken))'), `'${full('t1')}'`);
      assert.equal(node.processes.isAlive(ours), true);
      await register(erl.a1, 'taken');
      await node.connect(full('a1'));
      await eventuallyEqual(() => node.global.whereis(atom('taken'))?.node, full('a1'));
      await eventuallyEqual(() => node.processes.isAlive(ours), false);
    });

    it('hears nothing of global when it is hidden', async (context) => {
      const { erl, ts } = await startMesh(context, {
        release,
        erlang: ['a1'],
        typescript: ['t1'],
        hidden: true,
      });
      await ts['t1']!.connect(full('a1'));
      await register(erl.a1, 'name');
      assert.equal(await erl.a1.eval('global:sync()', deadlineMs), 'ok');
      assert.equal(await erl.a1.eval('nodes()'), '[]');
      assert.deepEqual(ts['t1']!.global.names(), []);
      assert.equal(ts['t1']!.processes.whereis('global_name_server'), undefined);
    });
  });
}

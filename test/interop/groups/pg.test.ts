/** Process groups between TypeScript nodes and pg of each release, in both directions. */

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { atom, type Node, type NodeOptions, type Pid } from '@convoy/node';
import { type ProcessGroups, startProcessGroups } from '@convoy/node/pg';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { type ErlangNode, missingPeer, type OtpRelease } from '../../support/erlang/erlang-node.ts';
import { eventuallyEqual } from '../../support/eventually.ts';
import { testedReleases } from '../../support/extent.ts';

const grp = atom('grp');
const us = 'ts@127.0.0.1';

interface Pair {
  readonly erl: ErlangNode;
  readonly node: Node;
  readonly groups: ProcessGroups;
  /** Starts one more Erlang node with the scope. */
  readonly another: (name: string) => Promise<ErlangNode>;
}

/** An Erlang node and one of ours, each with the scope `pg`, not yet connected. */
async function startPair(
  context: TestContext,
  release: OtpRelease,
  options: Partial<Omit<NodeOptions, 'name' | 'epmdPort'>> = {},
): Promise<Pair> {
  const cluster = await ErlangCluster.start({ cookie: 'pg-interop', release });
  context.after(() => cluster[Symbol.asyncDispose]());
  const another = async (name: string): Promise<ErlangNode> => {
    // Otherwise `global` separates the third node as well when one connection is lost.
    const args = ['-kernel', 'prevent_overlapping_partitions', 'false'];
    const started = await cluster.erlang(name, { args });
    await started.eval('{ok, Scope} = pg:start(pg)');
    return started;
  };
  const [erl, node] = await Promise.all([another('otp'), cluster.own(us, options)]);
  return { erl, node, groups: await startProcessGroups(node), another };
}

const idle = (node: Node): Pid => node.spawn(async (self) => void (await self.receive()));
/** How many members a group has there, of ours. */
const oursThere = (erl: ErlangNode, group = 'grp'): Promise<string> =>
  erl.eval(`length([P || P <- pg:get_members(${group}), node(P) =:= '${us}'])`);
const groupsThere = (erl: ErlangNode): Promise<string> => erl.eval('lists:sort(pg:which_groups())');
/** A scope that has ended does so for good: it must be the process that was started. */
const scopeLives = (erl: ErlangNode): Promise<string> => erl.eval('whereis(pg) =:= Scope');
const startMember = `P = spawn(fun() -> receive stop -> ok end end)`;

for (const release of testedReleases()) {
  describe(`process groups with OTP ${release}`, { skip: missingPeer(release), concurrency: 2 }, () => {
    it('have the members of both nodes, and of those that join, leave and end later', async (context) => {
      const { erl, node, groups } = await startPair(context, release);
      const [first, second] = [idle(node), idle(node)];
      groups.join(grp, first);
      await erl.eval(`${startMember}, pg:join(grp, P), pg:join(<<"text">>, [P, P])`);
      await node.connect(erl.name);
      await eventuallyEqual(() => oursThere(erl), '1');
      await eventuallyEqual(() => [groups.members(grp).length, groups.members('text').length], [2, 2]);
      assert.deepEqual(groups.localMembers(grp), [first]);

      groups.join(grp, [second, second]);
      groups.join(atom('other'), second);
      await eventuallyEqual(() => groupsThere(erl), '[grp,other,<<"text">>]');
      await eventuallyEqual(() => oursThere(erl), '3');
      await erl.eval('pg:leave(<<"text">>, P), pg:leave(grp, P), pg:join(new, [P])');
      await eventuallyEqual(() => groups.members('text').length, 1);
      await eventuallyEqual(() => [groups.members(grp).length, groups.members(atom('new')).length], [3, 1]);

      groups.leave(grp, first);
      node.processes.exit(second, atom('kill'));
      await erl.eval('P ! stop');
      await eventuallyEqual(() => groups.groups(), []);
      await eventuallyEqual(() => groupsThere(erl), '[]');
      assert.equal(await scopeLives(erl), 'true');
    });

    it('lose the members of a lost node, and have them again when the nodes are connected again', async (context) => {
      const { erl, node, groups } = await startPair(context, release);
      await erl.eval(`${startMember}, pg:join(grp, P)`);
      groups.join(grp, idle(node));
      await node.connect(erl.name);
      await eventuallyEqual(() => oursThere(erl), '1');
      await eventuallyEqual(() => groups.members(grp).length, 2);
      node.disconnect(erl.name);
      await eventuallyEqual(() => groups.members(grp).length, 1);
      await eventuallyEqual(() => oursThere(erl), '0');
      groups.join(atom('apart'), idle(node));
      await erl.eval('pg:join(there, P), pg:leave(grp, P)');
      await erl.eval(`net_adm:ping('${us}')`);
      await eventuallyEqual(() => groupsThere(erl), '[apart,grp,there]');
      await eventuallyEqual(() => groups.members(atom('there')).length, 1);
      assert.equal(groups.members(grp).length, 1);
      await node.close();
      await eventuallyEqual(() => groupsThere(erl), '[there]');
      assert.equal(await scopeLives(erl), 'true');
    });

    it('lose the members of an Erlang node that ends', async (context) => {
      const { erl, node, groups } = await startPair(context, release);
      await erl.eval(`${startMember}, pg:join(grp, P)`);
      await node.connect(erl.name);
      await eventuallyEqual(() => groups.members(grp).length, 1);
      await erl[Symbol.asyncDispose]();
      await eventuallyEqual(() => [groups.groups().length, groups.nodes().length], [0, 0]);
    });

    it('meet again after the scope of either side was started again', async (context) => {
      const { erl, node, groups } = await startPair(context, release);
      groups.join(grp, idle(node));
      await node.connect(erl.name);
      await eventuallyEqual(() => oursThere(erl), '1');
      await erl.eval('exit(whereis(pg), kill)');
      await eventuallyEqual(() => groups.nodes(), []);
      await erl.eval('{ok, Scope2} = pg:start(pg)');
      await eventuallyEqual(() => oursThere(erl), '1');
      groups.close();
      await eventuallyEqual(() => oursThere(erl), '0');
      const again = await startProcessGroups(node);
      again.join(grp, idle(node));
      await erl.eval(`${startMember}, pg:join(grp, P)`);
      await eventuallyEqual(() => oursThere(erl), '1');
      await eventuallyEqual(() => again.members(grp).length, 2);
      assert.equal(await erl.eval('whereis(pg) =:= Scope2'), 'true');
    });

    it('are found by a hidden node, also when their scope starts later', async (context) => {
      const { erl, node, groups } = await startPair(context, release, { hidden: true });
      await erl.eval('exit(whereis(pg), kill)');
      await node.connect(erl.name);
      groups.join(grp, idle(node));
      await erl.eval('{ok, Scope2} = pg:start(pg)');
      await eventuallyEqual(() => oursThere(erl), '1');
      await erl.eval(`${startMember}, pg:join(grp, P)`);
      await eventuallyEqual(() => groups.members(grp).length, 2);
    });
  });

  describe(`scopes of OTP ${release}`, { skip: missingPeer(release), concurrency: 2 }, () => {
    it(
      'tell their monitors of our members, and are monitored here',
      { skip: release === '23' },
      async (context) => {
        const { erl, node, groups } = await startPair(context, release);
        await erl.eval('{Ref, #{}} = pg:monitor_scope()');
        const heard: string[] = [];
        groups.onChange(({ action, pids }) => heard.push(`${action} ${pids[0]?.node}`));
        await node.connect(erl.name);
        const pid = idle(node);
        groups.join(grp, pid);
        const told = (action: string): Promise<string> =>
          erl.eval(`receive {Ref, ${action}, grp, [_]} -> told after 0 -> nothing end`);
        await eventuallyEqual(() => told('join'), 'told');
        groups.leave(grp, pid);
        await eventuallyEqual(() => told('leave'), 'told');
        await erl.eval(`${startMember}, pg:join(grp, P), P ! stop`);
        const expected = [us, us, erl.name, erl.name].map(
          (name, at) => `${at % 2 === 0 ? 'join' : 'leave'} ${name}`,
        );
        await eventuallyEqual(() => heard, expected);
      },
    );

    it('survive thousands of changes of ours in any order, and are right in the end', async (context) => {
      const { erl, node, groups, another } = await startPair(context, release);
      const second = await another('otp2');
      await node.connect(erl.name);
      await node.connect(second.name);
      const names = ['g0', 'g1', 'g2', 'g3'].map((name) => atom(name));
      let seed = 1;
      const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
      const pids = Array.from({ length: 20 }, () => idle(node));
      for (let count = 0; count < 4000; count += 1) {
        const [at, group] = [random(pids.length), names[random(names.length)]];
        const pid = pids[at];
        assert.ok(pid !== undefined && group !== undefined);
        if (!node.processes.isAlive(pid)) pids[at] = idle(node);
        else if (random(20) === 0) node.processes.exit(pid, atom('kill'));
        else if (random(2) === 0) groups.join(group, random(2) === 0 ? pid : [pid, pid]);
        else groups.leave(group, [pid, pid]);
        if (count % 1000 === 500) {
          node.disconnect(erl.name);
          await node.connect(erl.name);
        }
      }
      await eventuallyEqual(
        () => names.flatMap((name) => groups.localMembers(name)).every((pid) => node.processes.isAlive(pid)),
        true,
      );
      for (const name of names) {
        for (const each of [erl, second]) {
          await eventuallyEqual(() => oursThere(each, name.name), `${groups.localMembers(name).length}`);
        }
      }
      for (const each of [erl, second]) assert.equal(await scopeLives(each), 'true');
    });
  });
}

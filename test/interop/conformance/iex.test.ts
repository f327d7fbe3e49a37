/** What people type in `iex` of each release about a TypeScript node, and the same from TypeScript about the node of Elixir. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { atom, type Node, Pid, serveGenServer, type Term, tuple } from '@convoy/node';
import { type ProcessGroups, startProcessGroups } from '@convoy/node/pg';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { type ErlangNode, missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventuallyEqual } from '../../support/eventually.ts';
import { testedReleases } from '../../support/extent.ts';

for (const release of testedReleases()) {
  describe(`in iex on OTP ${release}`, { skip: missingPeer(release, 'elixir') }, () => {
    const us = `ts${release}@127.0.0.1`;
    const peer = `ex${release}@127.0.0.1`;
    let cluster: ErlangCluster;
    let elixir: ErlangNode;
    let node: Node;
    let groups: ProcessGroups;

    before(async () => {
      cluster = await ErlangCluster.start({ cookie: 'in-iex', release });
      node = await cluster.own(us);
      elixir = await cluster.erlang(peer, { kind: 'elixir' });
      await node.connect(peer);
      groups = await startProcessGroups(node);
      await elixir.eval('{:ok, _} = :pg.start(:pg)');
    });
    after(() => cluster?.[Symbol.asyncDispose]());

    test(':sys.get_state shows the state of a server, from either side', async () => {
      serveGenServer(node, 'stateful', { state: () => tuple(atom('count'), 7) });
      assert.equal(await elixir.eval(`:sys.get_state({:stateful, :"${us}"})`), '{:count, 7}');
      assert.equal(await elixir.eval(`:rpc.call(:"${us}", :sys, :get_state, [:stateful])`), '{:count, 7}');
      await elixir.eval('{:ok, agent} = Agent.start(fn -> 42 end, name: :agent)');
      assert.equal(await node.rpc(peer, 'sys', 'get_state', [atom('agent')]), 42);
    });

    test(':pg.get_members has the members of both sides, on both', async () => {
      const group = atom('people');
      groups.join(
        group,
        node.spawn(async (self) => void (await self.receive({ match: () => false }))),
      );
      await elixir.eval(':pg.join(:people, self())');
      const there = ':pg.get_members(:people) |> Enum.map(&node/1) |> Enum.sort()';
      await eventuallyEqual(() => elixir.eval(there), `[:"${peer}", :"${us}"]`);
      await eventuallyEqual(
        () =>
          groups
            .members(group)
            .map((pid) => pid.node)
            .sort(),
        [peer, us],
      );
    });

    test('Node.spawn_link runs an exposed function, and ends the caller when it fails', async () => {
      const called: Term[] = [];
      node.expose('Convoy.Work', {
        note: (term: Term) => void called.push(term),
        fail: () => {
          throw new Error('broken');
        },
      });
      const trapping = (call: string): Promise<string> =>
        elixir.eval(`Process.flag(:trap_exit, true)
        pid = Node.spawn_link(:"${us}", Convoy.Work, ${call})
        receive do {:EXIT, ^pid, reason} -> {node(pid), reason} after 60_000 -> :timeout end`);
      assert.equal(await trapping(':note, [5]'), `{:"${us}", :normal}`);
      assert.deepEqual(called, [5]);
      assert.match(await trapping(':fail, []'), /\{:convoy_error, nil, "broken"\}/);
      assert.match(await trapping(':missing, []'), /:undef/);
    });

    test('a process of Elixir that TypeScript asks for runs there, and is linked', async () => {
      const pid = await node.rpc(peer, 'erlang', 'spawn', [atom('timer'), atom('sleep'), [60_000]]);
      assert.ok(pid instanceof Pid && pid.node === peer);
      const reason = await new Promise<Term>((resolve) => {
        node.spawn(async (self) => {
          self.trapExit = true;
          self.link(pid);
          self.exitSignal(pid, atom('enough'));
          resolve(await self.receive());
        });
      });
      assert.deepEqual(reason, tuple(atom('EXIT'), pid, atom('enough')));
    });
  });
}

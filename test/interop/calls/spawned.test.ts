/** Exposed functions that Erlang and Elixir nodes start as processes, by each of the functions that do so. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { atom, ErlangError, type Node, type Term } from '@convoy/node';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { type ErlangNode, missingPeer } from '../../support/erlang/erlang-node.ts';
import { ErlangPair } from '../../support/erlang/erlang-pair.ts';
import { testedReleases } from '../../support/extent.ts';

function expose(node: Node): void {
  node.expose('work', {
    done: (value: Term) => value,
    exiting: (reason: Term) => {
      throw new ErlangError('ERLANG_EXIT', reason);
    },
    forever: () => new Promise(() => undefined),
    nothing: () => atom('ok'),
  });
}

for (const release of testedReleases()) {
  describe(`started by Erlang on OTP ${release}`, { skip: missingPeer(release) }, () => {
    const pair = new ErlangPair({ release, cookie: 'spawned-interop' });
    const { us } = pair;
    before(async () => {
      expose(pair.node);
      await pair.node.connect(pair.peer);
    });

    const down = (start: string): Promise<string> =>
      pair.run(`P = ${start}, R = monitor(process, P), receive {'DOWN', R, process, P, Why} -> Why end`);
    const exits = (start: string): Promise<string> =>
      pair.run(`process_flag(trap_exit, true), P = ${start}, receive {'EXIT', P, Why} -> Why end`);

    it('by spawn_link, proc_lib:spawn_link and spawn_opt', async () => {
      for (const start of [
        `spawn_link('${us}', work, exiting, [why])`,
        `proc_lib:spawn_link('${us}', work, exiting, [why])`,
        `spawn_opt('${us}', work, exiting, [why], [link, {priority, high}])`,
        `proc_lib:spawn_opt('${us}', work, exiting, [why], [link, {priority, high}])`,
      ])
        assert.equal(await exits(start), 'why');
    });

    it('by proc_lib:spawn, with arguments or as an exported fun', async () => {
      for (const start of [
        `proc_lib:spawn('${us}', work, nothing, [])`,
        `proc_lib:spawn('${us}', fun work:nothing/0)`,
      ])
        assert.match(await down(start), /^(normal|noproc)$/);
      assert.equal(await exits(`proc_lib:spawn_link('${us}', fun work:nothing/0)`), 'normal');
    });

    it('what is not exposed ends with undef, named as it was called', async () => {
      assert.equal(
        await exits(`proc_lib:spawn_link('${us}', work, nosuch, [a])`),
        '{undef,[{work,nosuch,[a],[]}]}',
      );
    });

    it('is killed by its starter', async () => {
      assert.equal(
        await pair.run(
          `{P, R} = spawn_monitor('${us}', work, forever, []), exit(P, kill), receive {'DOWN', R, process, P, Why} -> Why end`,
        ),
        'killed',
      );
    });
  });

  describe(`started by Elixir on OTP ${release}`, { skip: missingPeer(release, 'elixir') }, () => {
    const us = `ts${release}@127.0.0.1`;
    let cluster: ErlangCluster;
    let elixir: ErlangNode;
    before(async () => {
      cluster = await ErlangCluster.start({ cookie: 'spawned-interop', release });
      expose(await cluster.own(us));
      elixir = await cluster.erlang('ex', { kind: 'elixir' });
    });
    after(() => cluster?.[Symbol.asyncDispose]());

    it('by Node.spawn_link and Node.spawn_monitor', async () => {
      const ended = `receive do {:EXIT, ^p, why} -> why; {:DOWN, _, :process, ^p, why} -> why end`;
      const link = `Process.flag(:trap_exit, true); p = Node.spawn_link(:"${us}", :work, :exiting, [:why]); ${ended}`;
      assert.equal(await elixir.eval(link), ':why');
      const monitor = `{p, _} = Node.spawn_monitor(:"${us}", :work, :exiting, [:why]); ${ended}`;
      assert.equal(await elixir.eval(monitor), ':why');
      assert.match(await elixir.eval(`Node.spawn(:"${us}", :work, :done, [1]) |> is_pid()`), /true/);
    });
  });
}

/** Calls and messages to processes by their global names, and by a registry of the program. */

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { atom, serveGenServer, subscribeEvent, type Term, tuple } from '@convoy/node';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { ErlangPair } from '../../support/erlang/erlang-pair.ts';
import { eventuallyEqual } from '../../support/eventually.ts';
import { testedReleases } from '../../support/extent.ts';

/** A gen server that answers `{echo, X}` with X, counts casts and other messages, and tells the count. */
const server = `
Loop = fun F(N) -> receive
  {'$gen_call', {P, [alias | A] = Tag}, {echo, X}} -> A ! {Tag, X}, F(N);
  {'$gen_call', {P, [alias | A] = Tag}, count} -> A ! {Tag, N}, F(N);
  _ -> F(N + 1)
end end,
yes = global:register_name(counter, spawn(fun() -> Loop(0) end)),
yes = global:register_name({"list", <<"binary">>}, spawn(fun() -> Loop(100) end)).`;

for (const release of testedReleases()) {
  describe(`global names with OTP ${release}`, { skip: missingPeer(release) }, () => {
    const pair = new ErlangPair({ release, cookie: 'global-names' });
    const counter = { global: atom('counter') };
    before(async () => {
      await pair.node.connect(pair.peer);
      assert.equal(await pair.erl.eval(`global:sync(), ${server}`), 'yes');
      await eventuallyEqual(() => Promise.resolve(pair.node.global.names().length), 2);
    });

    it('calls, casts and sends', async () => {
      assert.equal(await pair.node.call(counter, tuple(atom('echo'), atom('x'))), atom('x'));
      pair.node.cast(counter, 1);
      pair.node.send(counter, 2);
      assert.equal(await pair.node.call(counter, atom('count')), 2);
      const name = tuple([...Buffer.from('list')], new TextEncoder().encode('binary'));
      assert.equal(await pair.node.call({ global: name }, atom('count')), 100);
    });

    it('the process that has the name now', async () => {
      await pair.erl.eval('global:re_register_name(moving, spawn(fun() -> Loop(1) end)).');
      await eventuallyEqual(() => pair.node.call({ global: atom('moving') }, atom('count')).catch(String), 1);
      serveGenServer(pair.node, 'ours', { call: () => 'ours' });
      const ours = pair.node.processes.whereis('ours');
      assert.ok(ours !== undefined);
      await pair.node.global.unregister(atom('moving'));
      assert.equal(await pair.node.global.register(atom('moving'), ours), true);
      assert.equal(await pair.node.call({ global: atom('moving') }, 1), 'ours');
      assert.equal(await pair.erl.eval('gen_server:call({global, moving}, 1).'), '<<"ours">>');
    });

    it('a name that nothing has', async () => {
      const nothing = { global: 'nothing' };
      await assert.rejects(pair.node.call(nothing, 1), {
        code: 'CALL_NOPROC',
        message: 'the global name "nothing" cannot be called: no process has that name',
      });
      const dropped: unknown[] = [];
      const stop = subscribeEvent('convoy:message.dropped', ({ reason }) => dropped.push(reason));
      pair.node.send(nothing, 1);
      pair.node.cast(nothing, 1);
      stop();
      assert.deepEqual(dropped, ['no-receiver', 'no-receiver']);
      await using hidden = await pair.cluster.own('hidden', { hidden: true });
      await assert.rejects(hidden.call(counter, 1), { code: 'CALL_NOPROC', remedy: /without `hidden`/ });
    });

    it('a registry of the program', async () => {
      const names = new Map<Term, Term>([['worker', atom('counter')]]);
      const via = { whereis: (name: Term) => pair.node.global.whereis(names.get(name)) };
      assert.equal(await pair.node.call({ via, name: 'worker' }, atom('count')), 2);
      await assert.rejects(pair.node.call({ via, name: 'other' }, 1), { code: 'CALL_NOPROC' });
      const named = { whereis: () => ({ name: 'ours', node: pair.node.name }) };
      assert.equal(await pair.node.call({ via: named, name: 1 }, 1), 'ours');
    });
  });
}

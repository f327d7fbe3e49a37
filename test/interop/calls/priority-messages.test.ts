/** Messages and exit signals with priority between TypeScript and Erlang nodes: OTP 28 and later have them, older ones get ordinary ones. */

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { atom, inspect, Pid, type Process, Reference, subscribeEvent, type Term, tuple } from '@convoy/node';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { ErlangPair } from '../../support/erlang/erlang-pair.ts';
import { testedReleases } from '../../support/extent.ts';

const go = atom('go');

for (const release of testedReleases()) {
  const hasPriority = Number(release) >= 28;
  describe(`priority messages with OTP ${release}`, { skip: missingPeer(release) }, () => {
    const pair = new ErlangPair({ release, cookie: 'priority-interop' });
    before(() => pair.node.connect(pair.peer));

    it(`${hasPriority ? 'overtake' : 'follow'} what waits there`, async () => {
      const dropped: (number | undefined)[] = [];
      const stop = subscribeEvent('convoy:message.dropped', ({ op }) => dropped.push(op));
      pair.node.spawn(
        async (self) => {
          const sent = (await self.receive()) as unknown as { elements: readonly Term[] };
          const [pid, alias] = sent.elements;
          assert.ok(pid instanceof Pid && alias instanceof Reference);
          self.send(pid, 1);
          self.send(alias, 2);
          self.send(alias, atom('p1'), { priority: true });
          self.send(pid, 3, { priority: true });
          self.exitSignal(alias, atom('bye'), { priority: true });
          self.send(alias, atom('p2'), { priority: true });
          self.exitSignal(pid, atom('later'), { priority: true });
          self.send({ name: 'first_reader', node: pair.peer }, go, { priority: true });
        },
        { name: 'first_writer' },
      );
      const alias = hasPriority ? 'alias([priority])' : 'alias()';
      const read = await pair.run(`
        process_flag(trap_exit, true), register(first_reader, self()),
        {first_writer, '${pair.us}'} ! {self(), ${alias}},
        receive go -> ok end,
        (fun L(Got) -> receive {'EXIT', _, R} -> L([R | Got]); M -> L([M | Got]) after 0 -> lists:reverse(Got) end end)([])`);
      stop();
      assert.equal(read, hasPriority ? '[p1,bye,p2,1,2,3,later]' : '[1,2,p1,3,p2,later]');
      // Only an exit signal to an alias has no older form.
      assert.deepEqual(dropped, hasPriority ? [] : [37]);
    });

    it('overtake what waits here', { skip: hasPriority ? false : 'it has none' }, async () => {
      const read = Promise.withResolvers<string[]>();
      const collect = async (self: Process): Promise<void> => {
        self.trapExit = true;
        const [plain, first] = [self.alias(), self.alias({ priority: true })];
        self.send({ name: 'second_writer', node: pair.peer }, tuple(self.pid, plain, first));
        await self.receive({ match: (message) => message === go });
        const texts: string[] = [];
        for (let count = 0; count < 10; count += 1) texts.push(shown(await self.receive()));
        read.resolve(texts);
      };
      await pair.run(`register(second_writer, spawn(fun() -> receive {Pid, Plain, First} ->
        Pid ! 1, erlang:send(Plain, 2, [priority]), First ! 3, erlang:send(Pid, 4, [priority]),
        exit(Plain, e5), exit(Pid, e6, [priority]),
        erlang:send(First, p1, [priority]), exit(First, p2, [priority]), erlang:send(First, p3, [priority]),
        exit(First, e7), Pid ! go end end))`);
      pair.node.spawn(collect);
      assert.deepEqual(await read.promise, ['p1', 'p2', 'p3', '1', '2', '3', '4', 'e5', 'e6', 'e7']);
    });
  });
}

/** A message, or the reason of an exit, as text. */
function shown(term: Term): string {
  const text = inspect(term, { syntax: 'erlang' });
  return /^\{'EXIT',.*,(\w+)\}$/.exec(text)?.[1] ?? text;
}

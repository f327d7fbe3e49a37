/** Distribution headers, cached atoms and fragments between TypeScript and real Erlang nodes. */

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { atom, atomName, Pid, type Term, type Tuple, tuple } from '@convoy/node';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { ErlangPair } from '../../support/erlang/erlang-pair.ts';
import { onlyInAll, testedReleases } from '../../support/extent.ts';
import { eventually } from '../../support/eventually.ts';

const megabyte = 1024 * 1024;

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}

/** Remembers the order and the content of what it gets. */
const sink = `register(sink, spawn(fun() -> (fun L(Got) ->
  receive {get, From} -> From ! {got, lists:reverse(Got)}, L(Got);
          forget -> L([]);
          {Tag, Bin} when is_binary(Bin) -> L([{Tag, byte_size(Bin), erlang:md5(Bin)} | Got]) end end)([]) end))`;

const gotBy = `begin sink ! {get, self()}, receive {got, Got} -> [{T, S, ${hexOf('M')}} || {T, S, M} <- Got] end end`;

for (const release of testedReleases()) {
  describe(`large messages to and from OTP ${release}`, { skip: missingPeer(release, 'erl') }, () => {
    const pair = new ErlangPair({ release, cookie: 'large-interop' });
    const toSink = { name: 'sink', node: pair.peer };

    test('a small message passes a large one of another process, both arrive as they were', async () => {
      await pair.run(sink);
      const bytes = randomBytes(32 * megabyte);
      const large = pair.node.spawn((self) => {
        self.send(toSink, tuple(atom('large'), bytes));
        self.send(toSink, tuple(atom('later'), bytes.subarray(0, 10)));
      });
      assert.ok(large instanceof Pid);
      pair.node.spawn((self) => self.send(toSink, tuple(atom('small'), bytes.subarray(0, 3))));
      const wanted = [
        ['small', 3, bytes.subarray(0, 3)],
        ['large', bytes.length, bytes],
        ['later', 10, bytes.subarray(0, 10)],
      ] as const;
      const text = wanted.map(([tag, size, part]) => `{${tag},${size},<<"${md5(part).toUpperCase()}">>}`);
      const got = (): Promise<string> => pair.run(gotBy);
      await eventually('all three to arrive', 30_000, async () => (await got()).includes('{later,'));
      assert.equal(await got(), `[${text.join(',')}]`);
    });

    test('those of two processes of Erlang arrive whole, each in order', async () => {
      const received: [string, number, string][] = [];
      const done = Promise.withResolvers<void>();
      pair.node.spawnServer(
        {
          onMessage(_self, message) {
            const [tag, bytes] = (message as unknown as Tuple).elements;
            received.push([atomName(tag) ?? '', (bytes as Uint8Array).length, md5(bytes as Uint8Array)]);
            if (received.length === 4) done.resolve();
          },
        },
        { name: 'sink' },
      );
      const sums = await pair.run(`
        Send = fun(Tag, Byte) -> spawn(fun() ->
          {sink, '${pair.us}'} ! {Tag, binary:copy(<<Byte>>, ${16 * megabyte})}, {sink, '${pair.us}'} ! {Tag, <<Byte>>} end) end,
        Send(one, 1), Send(two, 2), [${hexOf('erlang:md5(binary:copy(<<1>>, 16777216))')}, ${hexOf('erlang:md5(binary:copy(<<2>>, 16777216))')}]`);
      await done.promise;
      for (const [index, tag] of ['one', 'two'].entries()) {
        const own = received.filter(([name]) => name === tag);
        assert.deepEqual(
          own.map(([, size]) => size),
          [16 * megabyte, 1],
        );
        assert.ok(sums.toLowerCase().includes(own[0]?.[2] ?? 'none'), `${index}`);
      }
    });

    test('one over the limit is dropped with an event, a link is told all the same, and the connection stays', async () => {
      const name = `small${release}@127.0.0.1`;
      await using node = await pair.cluster.own(name, { limits: { maxFrameBytes: megabyte } });
      const heard = Promise.withResolvers<Term>();
      node.spawnServer({ onMessage: (_self, message) => heard.resolve(message) }, { name: 'hears' });
      const linked = node.spawn(async (self) => {
        self.trapExit = true;
        self.send({ name: 'linker', node: pair.peer }, self.pid);
        heardExit.resolve(await self.receive());
      });
      const heardExit = Promise.withResolvers<Term>();
      assert.ok(linked instanceof Pid);
      await pair.run(`
        register(linker, spawn(fun() -> receive Pid -> link(Pid), exit(binary:copy(<<1>>, 3000000)) end end)), ok`);
      await node.connect(pair.peer);
      await pair.run(`[{hears, '${name}'} ! M || M <- [binary:copy(<<1>>, 3000000), after_it]], ok`);
      assert.equal(await heard.promise, atom('after_it'));
      const exit = (await heardExit.promise) as unknown as Tuple;
      assert.equal(exit.elements[0], atom('EXIT'));
      assert.equal(exit.elements[2], atom('unreadable_reason'));
      assert.deepEqual(node.list(), [pair.peer]);
    });

    test('300 MB go and come with a ping under way', { skip: onlyInAll() }, async () => {
      const name = `huge${release}@127.0.0.1`;
      await using node = await pair.cluster.own(name, { limits: { maxFrameBytes: 400 * megabyte } });
      const bytes = Buffer.alloc(300 * megabyte, 7);
      await node.connect(pair.peer);
      const echoed = node.rpc(pair.peer, 'erlang', 'binary_part', [bytes, 0, bytes.length], {
        timeoutMs: 120_000,
      });
      let pings = 0;
      let isDone = false;
      const pinging = (async () => {
        for (; !isDone; pings += 1) await node.rpc(pair.peer, 'erlang', 'node', [], { timeoutMs: 60_000 });
      })();
      const back = (await echoed) as Uint8Array;
      isDone = true;
      await pinging;
      assert.equal(back.length, bytes.length);
      assert.ok(Buffer.from(back.buffer, back.byteOffset, back.length).equals(bytes));
      assert.ok(pings > 2, `${pings} pings`);
    });
  });

  describe(`atoms and funs to and from OTP ${release}`, { skip: missingPeer(release, 'erl') }, () => {
    const pair = new ErlangPair({ release, cookie: 'atoms-interop' });

    test('any number of atoms, short and long, new and known, comes and goes', async () => {
      const echo = pair.node.spawn(async (self) => {
        for (;;) {
          const message = (await self.receive()) as unknown as Tuple;
          self.send(message.elements[0] as Pid, message.elements[1]);
        }
      });
      pair.node.register('echo', echo);
      const answer = await pair.run(`
        Atoms = [list_to_atom("an_atom_" ++ integer_to_list(N)) || N <- lists:seq(1, 700)]
          ++ [list_to_atom(lists:duplicate(255, C)) || C <- [$a, 16#e9, 16#65e5]] ++ ['', true, nil, undefined],
        Ask = fun(T) -> {echo, '${pair.us}'} ! {self(), T}, receive R -> R end end,
        [Ask(T) =:= T || T <- [Atoms, list_to_tuple(Atoms), maps:from_list([{A, A} || A <- Atoms]), Atoms] ++ Atoms]
          -- lists:duplicate(4 + length(Atoms), true)`);
      assert.equal(answer, '[]');
    });

    test('ours are known there by every slot, whatever is large, cannot be encoded or shares a slot', async () => {
      await pair.run(`register(speller, spawn(fun() -> (fun L(Right, Wrong) -> receive
        {get, From} -> From ! {Right, Wrong}, L(Right, Wrong);
        {Spelled, _} -> Bad = [A || {A, B} <- Spelled, A =/= binary_to_atom(B, utf8)],
          L(Right + length(Spelled) - length(Bad), Wrong ++ Bad) end end)(0, []) end))`);
      const speller = { name: 'speller', node: pair.peer };
      const spelled = (name: string): Term => tuple(atom(name), Buffer.from(name));
      const names = Array.from({ length: 24_000 }, (_, number) => `slot_${number}`);
      const long = ['é', '日', 'a'].map((letter) => letter.repeat(255));
      let count = 0;
      const say = (said: readonly string[], filling: Term): void => {
        pair.node.send(speller, tuple(said.map(spelled), filling));
        count += said.length;
      };
      for (let at = 0; at < names.length; at += 40) {
        const some = names.slice(at, at + 40);
        // Some are new in a large message of a process, which others pass.
        if (at % 2000 === 0) {
          pair.node.spawn((self) =>
            self.send(speller, tuple([...some, ...long].map(spelled), new Uint8Array(400_000))),
          );
          count += some.length + long.length;
          await new Promise(setImmediate);
        }
        const broken = tuple(some.map(spelled), (() => undefined) as unknown as Term);
        if (at % 400 === 0)
          assert.throws(() => pair.node.send(speller, broken), { code: 'ENCODE_UNSUPPORTED' });
        say(some, at);
        say([...some].reverse().slice(0, 3), at);
      }
      say(names.slice(0, 700), long[0]);
      const got = (): Promise<string> =>
        pair.run('begin speller ! {get, self()}, receive {R, W} -> {R, W} end end');
      await eventually('all to arrive', 30_000, async () => (await got()).startsWith(`{${count},`));
      assert.equal(await got(), `{${count},[]}`);
    });

    test('a fun comes back as it was, whatever its header referred to', async () => {
      const value = await pair.run(`
        Self = self(), Kept = {some_atom, 'another one', Self},
        F = fun(X) -> {Kept, X, fun() -> known_atom end} end,
        {echo, '${pair.us}'} ! {self(), F}, receive G -> {A, B, C} = G(7), {A =:= Kept, B, C(), G =:= F} end`);
      assert.equal(value, '{true,7,known_atom,true}');
    });
  });
}

/** `binary:encode_hex/1`, which OTP 23 does not have. */
function hexOf(expression: string): string {
  return `iolist_to_binary([io_lib:format("~2.16.0B", [B]) || <<B>> <= ${expression}])`;
}

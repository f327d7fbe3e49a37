/** Gen calls and casts between TypeScript and real Elixir and Erlang processes. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { atom, atomOf, equals, type Node, serveGenServer, tuple } from '@convoy/node';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { type ErlangNode, missingPeer, type OtpRelease } from '../../support/erlang/erlang-node.ts';
import { testedReleases } from '../../support/extent.ts';

const cookie = 'gen-interop';

const counterModule = `
defmodule Counter do
  use GenServer
  def start(count), do: GenServer.start(__MODULE__, count, name: :counter)
  def init(count), do: {:ok, count}
  def handle_call(:next, _from, count), do: {:reply, count + 1, count + 1}
  def handle_call({:echo, term}, _from, count), do: {:reply, term, count}
  def handle_call(:never, _from, count), do: {:noreply, count}
  def handle_call(:crash, _from, _count), do: exit(:crashed)
  def handle_cast({:set, count}, _old), do: {:noreply, count}
end
{:ok, _} = Counter.start(0)
`;

/** An Elixir node with the counter and one of ours, for the suite in which this is called. */
class Pair {
  readonly us: string;
  readonly peer: string;
  #cluster: ErlangCluster | undefined;
  #parts: { readonly elixir: ErlangNode; readonly node: Node } | undefined;

  constructor(release: OtpRelease) {
    [this.us, this.peer] = [`ts${release}@127.0.0.1`, `ex${release}@127.0.0.1`];
    before(async () => {
      const cluster = await ErlangCluster.start({ cookie, release });
      this.#cluster = cluster;
      const node = await cluster.own(this.us);
      const elixir = await cluster.erlang(this.peer, { kind: 'elixir' });
      await elixir.eval(counterModule);
      this.#parts = { elixir, node };
    });
    after(() => this.#cluster?.[Symbol.asyncDispose]());
  }

  get started(): { readonly elixir: ErlangNode; readonly node: Node } {
    assert.ok(this.#parts);
    return this.#parts;
  }
}

for (const release of testedReleases()) {
  const skip = missingPeer(release, 'elixir');

  describe(`gen servers with Elixir on OTP ${release}`, { skip }, () => {
    const pair = new Pair(release);
    const { us, peer } = pair;
    const counter = { name: 'counter', node: peer };

    test('calls and casts to a GenServer', async () => {
      const { node } = pair.started;
      assert.equal(await node.call(counter, atom('next')), 1);
      node.cast(counter, tuple(atom('set'), 41));
      assert.equal(await node.call(counter, atom('next')), 42);
      const term = tuple(atom('deep'), [1, 'binary', tuple()]);
      assert.ok(equals(await node.call(counter, tuple(atom('echo'), term)), term));
    });

    test('reports why a GenServer did not answer', async () => {
      const { elixir, node } = pair.started;
      await assert.rejects(node.call(counter, atom('never'), { timeoutMs: 50 }), { code: 'CALL_TIMEOUT' });
      await assert.rejects(node.call({ name: 'nobody', node: peer }, 1), { code: 'CALL_NOPROC' });
      await assert.rejects(node.call(counter, atom('crash')), { code: 'CALL_EXIT', reason: atom('crashed') });
      await assert.rejects(node.call({ name: 'x', node: 'nobody@127.0.0.1' }, 1), { code: 'CALL_NODEDOWN' });
      await elixir.eval('{:ok, _} = Counter.start(0)');
    });

    test('is called by GenServer.call, cast and stop', async () => {
      const { elixir, node } = pair.started;
      let [count, info] = [0, 0];
      const pid = serveGenServer(node, 'ts_counter', {
        call: async (request) => {
          await Promise.resolve();
          if (request === atom('crash')) throw new Error('broken');
          return tuple(atom('ok'), (count += 1), request);
        },
        cast: (amount) => void (count += amount as number),
        info: (amount) => void (info += amount as number),
      });
      const server = `{:ts_counter, :"${us}"}`;
      assert.equal(await elixir.eval(`GenServer.call(${server}, "hello")`), '{:ok, 1, "hello"}');
      assert.equal(await elixir.eval(`GenServer.cast(${server}, 10); send(${server}, 5)`), '5');
      assert.equal(await elixir.eval(`GenServer.call(${server}, nil)`), '{:ok, 12, nil}');
      assert.equal(info, 5);
      assert.match(
        await elixir.eval(`GenServer.multi_call([:"${us}"], :ts_counter, :m) |> elem(0)`),
        /"?ts\d+@127.0.0.1"?: \{:ok, 13, :m\}/,
      );
      assert.equal(await elixir.eval(`GenServer.stop(${server}); :stopped`), ':stopped');
      assert.equal(node.processes.isAlive(pid), false);
      await assert.rejects(elixir.eval(`GenServer.call(${server}, 1)`), /no process/);
    });

    test('a callback that throws ends the server, and the caller gets the reason', async () => {
      const { elixir, node } = pair.started;
      const failing = (): never => {
        throw new Error('broken');
      };
      serveGenServer(node, 'fragile', { call: failing });
      await assert.rejects(
        elixir.eval(`GenServer.call({:fragile, :"${us}"}, 1)`),
        /convoy_error, nil, "broken"/,
      );
    });

    test('pings of the worker convention are printed on both sides', async () => {
      const { elixir, node } = pair.started;
      const pinged = new Promise((resolve) => {
        node.spawnServer({ onMessage: (_self, message) => resolve(message) }, { name: 'worker' });
      });
      await elixir.eval(`send({:worker, :"${us}"}, :ping)`);
      assert.equal(await pinged, atom('ping'));
      assert.equal(await elixir.eval(`Node.ping(:"${us}")`), ':pong');
      assert.equal(await elixir.eval('Node.list()'), `[:"${us}"]`);
      assert.equal(atomOf('nil'), null);
    });
  });

  describe(`system messages of Elixir on OTP ${release}`, { skip }, () => {
    const pair = new Pair(release);
    const { us } = pair;

    test('is seen by :sys, and refuses what it has no answer to', async () => {
      const { elixir, node } = pair.started;
      let count = 7;
      serveGenServer(node, 'seen', {
        state: () => tuple(atom('count'), count),
        cast: (amount) => void (count += amount as number),
      });
      const server = `{:seen, :"${us}"}`;
      const see = (text: string): Promise<string> => elixir.eval(text.replaceAll('SEEN', server));
      assert.equal(await see(':sys.get_state(SEEN)'), '{:count, 7}');
      assert.match(await see(':sys.get_status(SEEN) |> inspect()'), /status.*gen_server.*running.*count, 7/);
      assert.equal(
        await see('{:sys.suspend(SEEN), GenServer.cast(SEEN, 1), :sys.get_state(SEEN)}'),
        '{:ok, :ok, {:count, 7}}',
      );
      assert.equal(await see('{:sys.resume(SEEN), :sys.get_state(SEEN)}'), '{:ok, {:count, 8}}');
      await assert.rejects(see(':sys.replace_state(SEEN, fn x -> x end)'), /callback_failed.*TypeScript/s);
      await assert.rejects(see('GenServer.call(SEEN, 1, :infinity)'), /CALL_UNSUPPORTED/);
      await assert.rejects(see(':gen_event.which_handlers(SEEN)'), /CALL_UNSUPPORTED/);
      assert.equal(await see(':sys.terminate(SEEN, :normal)'), ':ok');
    });

    test('answers the debug requests of :sys, as OTP refuses those that it cannot follow', async () => {
      const { elixir, node } = pair.started;
      serveGenServer(node, 'counted', { call: (request) => request, cast: () => undefined });
      const server = `{:counted, :"${us}"}`;
      const sys = (call: string): Promise<string> => elixir.eval(`:sys.${call.replace('(', `(${server}, `)}`);
      assert.equal(await sys('statistics(:get)'), '{:ok, :no_statistics}');
      assert.equal(await sys('statistics(true)'), ':ok');
      assert.equal(await elixir.eval(`GenServer.cast(${server}, 1); GenServer.call(${server}, 2)`), '2');
      assert.match(
        await sys('statistics(:get)'),
        /^\{:ok, \[start_time: \{\{\d+, \d+, \d+\}, .*current_time: .*reductions: 0, messages_in: 2, messages_out: 1\]\}$/,
      );
      assert.equal(await sys('trace(false)'), ':ok');
      assert.equal(await sys('trace(true)'), ':unknown_debug');
      assert.equal(await sys('log(:get)'), '{:ok, []}');
      assert.equal(await sys('log(true)'), ':unknown_debug');
      assert.equal(await sys("log_to_file('/tmp/x')"), '{:error, :open_file}');
      assert.equal(await sys('install({fn s, _, _ -> s end, 1})'), ':unknown_debug');
      assert.equal(await elixir.eval(`:sys.no_debug(${server})`), ':ok');
      assert.match(await sys('change_code(:counted, :undefined, [])'), /unknown_system_msg/);
    });
  });
}

/** What an operator does on real nodes: to processes, and by messages and calls to several nodes at once. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createOperator, type NodeAnswer, type ShownValue } from '@convoy/cluster/inspect';
import { type ErlangNode, missingPeer } from '../../../support/erlang/erlang-node.ts';
import { eventually, eventuallyEqual } from '../../../support/eventually.ts';
import { testedReleases } from '../../../support/extent.ts';
import { problemOf, startInspected, valueOf } from '../../../support/members/inspected-node.ts';

const pidOf = async (node: ErlangNode, name: string): Promise<string> =>
  (await node.eval(`list_to_atom(pid_to_list(whereis(${name})))`)).replaceAll("'", '');
const texts = (answers: readonly NodeAnswer<ShownValue>[]): string[] =>
  answers.map(({ answer }) => valueOf(answer).text);

for (const release of testedReleases()) {
  describe(`acts on processes of OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('kill them and make them collect garbage, and say what came of it', async (t) => {
      const { target, watched } = await startInspected(t, { release });
      const operator = createOperator(watched);
      await target.eval(`
        Me = self(),
        register(heap, spawn(fun() -> put(list, lists:seq(1, 1000000)), erase(list), Me ! made, receive stop -> ok end end)),
        receive made -> ok end`);
      const heap = await pidOf(target, 'heap');
      const collected = valueOf(await operator.collectGarbage(target.name, heap));
      assert.ok(collected.wasAlive);
      assert.ok((collected.memoryBytesAfter ?? Infinity) < (collected.memoryBytesBefore ?? 0));
      const killed = valueOf(await operator.kill(target.name, heap));
      assert.deepEqual(
        [killed.wasAlive, killed.hasEnded, killed.reason, killed.name],
        [true, true, 'killed', 'heap'],
      );
      assert.equal(await target.eval('whereis(heap)'), 'undefined');
      assert.deepEqual(valueOf(await operator.kill(target.name, heap)), { wasAlive: false, hasEnded: true });
      assert.deepEqual(valueOf(await operator.collectGarbage(target.name, heap)), { wasAlive: false });
    });
  });

  describe(`messages and calls to nodes of OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('carry the same term to each, and show the answers side by side', async (t) => {
      const { cluster, target, watched } = await startInspected(t, { release });
      const operator = createOperator(watched);
      const other = await cluster.erlang('other');
      await target.eval(`net_adm:ping('${other.name}')`);
      await eventually('it to be known', 60_000, () => watched.member(other.name) !== undefined);
      const nodes = [target.name, other.name, 'nobody@127.0.0.1'];
      const told = 'persistent_term:get(told, none)';
      for (const node of [target, other]) {
        await node.eval(
          `register(cart, spawn(fun() -> receive Told -> persistent_term:put(told, Told) end end)), ok`,
        );
      }
      const sent = await operator.send(nodes, {
        to: 'cart',
        message: '{add, #{id => 7, name => <<"tea">>}}',
      });
      assert.deepEqual(
        sent.map(({ answer }) => problemOf(answer)),
        ['answered', 'answered', 'gone'],
      );
      for (const node of [target, other]) {
        await eventuallyEqual(() => node.eval(told), '{add,#{id => 7,name => <<"tea">>}}');
      }
      const both = nodes.slice(0, 2);
      const called = await operator.call(both, { to: 'kernel_sup', message: 'count_children' });
      assert.ok(texts(called).every((text) => text.startsWith('[{specs,')));
      const names = await operator.rpc(both, { module: 'erlang', function: 'node' });
      assert.deepEqual(texts(names), [`'${target.name}'`, `'${other.name}'`]);
      const hashes = async (args: string): Promise<unknown[]> =>
        (await operator.rpc(both, { module: 'lists', function: 'seq', args })).map(
          ({ answer }) => valueOf(answer).hash,
        );
      const [one, same] = await hashes('[1, 100000]');
      assert.ok(typeof one === 'number' && one === same);
      assert.notDeepEqual(await hashes('[1, 100001]'), [one, same]);
      const [long] = await operator.rpc([target.name], {
        module: 'lists',
        function: 'duplicate',
        args: '[1000000, $x]',
      });
      assert.ok(long !== undefined && valueOf(long.answer).text.length < 17_000);
    });

    test('answer for each node what went wrong', async (t) => {
      const { target, watched } = await startInspected(t, { release });
      const operator = createOperator(watched);
      const nodes = [target.name];
      await target.eval('register(deaf, spawn(timer, sleep, [infinity])), ok');
      const kind = async (answers: Promise<NodeAnswer<unknown>[]>): Promise<string> => {
        const [first] = await answers;
        return first?.answer.state === 'unavailable'
          ? `${first.answer.problem.kind}: ${first.answer.problem.message}`
          : '';
      };
      const calling = operator.call(nodes, { to: 'deaf', message: 'ok', timeoutMs: 100 });
      assert.match(await kind(calling), /^slow: deaf on target@127.0.0.1 did not reply within 0.1 s/);
      assert.match(await kind(operator.call(nodes, { to: 'nothing', message: 'ok' })), /^gone: /);
      assert.match(await kind(operator.send(nodes, { to: '<0.999999.0>', message: 'ok' })), /^gone: /);
      const rpc = (name: string, args: string): Promise<string> =>
        kind(operator.rpc(nodes, { module: 'lists', function: name, args, timeoutMs: 20_000 }));
      assert.match(await rpc('sum', '[{}]'), /^failed: lists:sum\/1 failed .*error: function_clause/);
      assert.match(
        await rpc('summe', '[[]]'),
        /^unsupported: target@127.0.0.1 has no function lists:summe\/1/,
      );
      assert.match(await rpc('seq', '[1, 100000000]'), /^too-large: /);
      const sleeping = operator.rpc(nodes, {
        module: 'timer',
        function: 'sleep',
        args: '[infinity]',
        timeoutMs: 100,
      });
      assert.match(await kind(sleeping), /^slow: /);
      const elixir = operator.send(nodes, { to: 'deaf', message: ':ok', syntax: 'elixir' });
      assert.match(await kind(elixir), /^unsupported: None of the nodes has Elixir/);
    });
  });
}

describe('terms in other languages', { skip: missingPeer('25', 'elixir') }, () => {
  test('Elixir is read by a node that has it, JSON here, and neither is evaluated', async (t) => {
    const { target, watched } = await startInspected(t, { release: '25', kind: 'elixir' });
    const operator = createOperator(watched);
    const nodes = ['entry@127.0.0.1', target.name];
    const tuple = async (args: string, syntax: 'elixir' | 'json'): Promise<string[]> =>
      texts(await operator.rpc(nodes, { module: 'erlang', function: 'list_to_tuple', args, syntax }));
    const elixir = `[[{:a, "b", %{"k" => [1, 2 | 3], x: 1.5}, Shop.Cart}, -5, nil, 'abc', ~c"de", <<1, 2>>, [a: 1]]]`;
    const erlang = `{{a,<<"b">>,#{x => 1.5,<<"k">> => [1,2|3]},'Elixir.Shop.Cart'},-5,nil,"abc","de",<<1,2>>,[{a,1}]}`;
    assert.deepEqual(await tuple(elixir, 'elixir'), [erlang, erlang]);
    assert.deepEqual(
      await tuple('[["a", null, true, {"b": 1.0}]]', 'json'),
      Array(2).fill('{<<"a">>,nil,true,#{b => 1.0}}'),
    );
    for (const args of [
      '[System.halt()]',
      '[x]',
      '[%Range{}]',
      '["a#{1}"]',
      '[1..2]',
      '[fn -> 1 end]',
      '[1',
    ]) {
      await assert.rejects(tuple(args, 'elixir'), { code: 'INSPECT_BAD_OPTION', message: /^args / });
    }
    await target.eval('{:ok, _} = Agent.start(fn -> 7 end, name: Shop.Agent)');
    const [entry, agent] = await operator.call(nodes, {
      to: 'Shop.Agent',
      message: '{:get_state}',
      syntax: 'elixir',
    });
    assert.deepEqual(
      [entry && problemOf(entry.answer), agent && problemOf(agent.answer)],
      ['gone', 'failed'],
    );
  });
});

describe('calls to a TypeScript node', { skip: missingPeer('25') }, () => {
  test('reach its functions, and other acts say that it does not evaluate Erlang', async (t) => {
    const { cluster, watched } = await startInspected(t, { release: '25' });
    const operator = createOperator(watched);
    const own = await cluster.own('ts');
    own.expose('shop', { price: (name: unknown) => [name, 7] });
    await own.connect('entry@127.0.0.1');
    await eventually('it to be known', 60_000, () => watched.member(own.name)?.kind === 'typescript');
    const priced = await operator.rpc([own.name], { module: 'shop', function: 'price', args: '[tea]' });
    assert.deepEqual(texts(priced), ['[tea,7]']);
    const [sent] = await operator.send([own.name], { to: 'shop', message: 'ok' });
    assert.equal(sent && problemOf(sent.answer), 'unsupported');
    assert.equal(problemOf(await operator.kill(own.name, '<0.1.0>')), 'unsupported');
  });
});

/** Loaded modules of real nodes, and which nodes run different code. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isProblem } from '@convoy/cluster/inspect';
import { type ErlangNode, missingPeer } from '../../../support/erlang/erlang-node.ts';
import { eventually } from '../../../support/eventually.ts';
import { onlyInAll, testedReleases } from '../../../support/extent.ts';
import { bootScript } from '../../../support/members/boot-script.ts';
import { problemOf, startInspected, valueOf } from '../../../support/members/inspected-node.ts';

/** Loads a module `cart` whose function `wait/0` waits for ever, with that version of its code, stripped as in a release if told so. */
async function loadCart(node: ErlangNode, version: number, isStripped = false): Promise<void> {
  await node.eval(`
    (fun() ->
      Form = fun(Text) -> {ok, Tokens, _} = erl_scan:string(Text), {ok, Parsed} = erl_parse:parse_form(Tokens), Parsed end,
      Forms = [Form(Text) || Text <- ["-module(cart).", "-export([wait/0, price/0]).", "-author(anna).",
        "wait() -> receive stop -> price() end.", "price() -> ${version}."]],
      {ok, cart, Compiled} = compile:forms(Forms, [debug_info]),
      {ok, {cart, Stripped}} = beam_lib:strip(Compiled),
      {module, cart} = code:load_binary(cart, "/app/cart.beam", ${isStripped ? 'Stripped' : 'Compiled'})
    end)(), ok`);
}

for (const release of testedReleases()) {
  describe(`modules of a node of OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('have paths, sums, exports and attributes, and say who runs old code', async (t) => {
      const { target, inspector } = await startInspected(t, { release });
      await loadCart(target, 1);
      await target.eval('register(old_cart, spawn(cart, wait, [])), ok');
      const before = valueOf(await inspector.modules(target.name, { filter: 'CART' }));
      assert.deepEqual([before.matching, before.withOldCode], [1, 0]);
      await loadCart(target, 2);
      const { rows, withOldCode, total } = valueOf(await inspector.modules(target.name, { oldOnly: true }));
      assert.deepEqual([rows.map(({ module }) => module), withOldCode], [['cart'], 1]);
      assert.deepEqual([rows[0]?.path, rows[0]?.hasOldCode], ['/app/cart.beam', true]);
      assert.ok(total > 50 && rows[0]?.md5 !== before.rows[0]?.md5);

      const cart = valueOf(await inspector.module(target.name, 'cart', { oldCodeProcesses: 10_000 }));
      assert.deepEqual(cart.exports.items, ['module_info/0', 'module_info/1', 'price/0', 'wait/0']);
      assert.deepEqual(cart.attributes, [{ name: 'author', value: '[anna]' }]);
      const { count, processes, asked = 0 } = cart.oldCodeUse ?? {};
      assert.deepEqual([count, processes?.map(({ name }) => name)], [1, ['old_cart']]);
      assert.ok(asked > 30);
      const unasked = valueOf(await inspector.module(target.name, 'cart'));
      assert.deepEqual([unasked.oldCodeUse, unasked.docs], [undefined, undefined]);

      const list = valueOf(await inspector.modules(target.name, { limit: 5 }));
      assert.deepEqual([list.rows.length, list.matching], [5, list.total]);
      const [erlang] = valueOf(await inspector.modules(target.name, { filter: 'erlang' })).rows;
      assert.deepEqual([erlang?.module, erlang?.origin], ['erlang', 'preloaded']);
    });

    test('are not loaded by being asked for, and have documentation where OTP has it', async (t) => {
      const { target, inspector } = await startInspected(t, { release });
      assert.equal(problemOf(await inspector.module(target.name, 'dets')), 'gone');
      assert.equal(await target.eval('erlang:module_loaded(dets)'), 'false');
      assert.equal(problemOf(await inspector.module(target.name, 'no_such_module')), 'gone');
      const { docs } = valueOf(await inspector.module(target.name, 'lists', { doc: 'map/2' }));
      assert.ok(docs !== undefined && !isProblem(docs) && docs.length === 1);
      assert.equal(docs[0]?.function, 'map/2');
      if (Number(release) >= 27) assert.match(docs[0].text ?? '', /list/);
      const none = valueOf(await inspector.module(target.name, 'lists', { doc: 'nothing/7' })).docs;
      assert.deepEqual(none, []);
    });
  });

  describe(`the code of nodes of OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('is compared by one sum each, then by modules, and stripping makes no difference', async (t) => {
      const { cluster, target, inspector, watched } = await startInspected(t, { release });
      const nodes = [target, await cluster.erlang('second'), await cluster.erlang('third')];
      for (const node of nodes) await target.eval(`net_adm:ping('${node.name}')`);
      await Promise.all(nodes.map((node, index) => loadCart(node, index === 0 ? 1 : 2)));
      const names = nodes.map(({ name }) => name);
      await eventually('all to be known', 60_000, () =>
        names.every((name) => watched.member(name) !== undefined),
      );
      const compared = await inspector.compareCode([...names, ...names, 'nobody@127.0.0.1']);
      assert.deepEqual(
        compared.modules.map(({ module }) => module),
        ['cart'],
      );
      assert.deepEqual(
        compared.modules[0]?.groups.map((group) => [...group.nodes].sort()),
        [names.slice(1).sort(), [target.name]],
      );
      assert.deepEqual(Object.keys(compared.problems), ['nobody@127.0.0.1']);
      assert.equal(compared.nodes.length, 3);
      await loadCart(target, 2, true);
      const same = await inspector.compareCode(names);
      assert.deepEqual([same.modules, same.differing], [[], 0]);
      const alone = await inspector.compareCode([target.name]);
      assert.deepEqual([alone.cost.questions, alone.nodes.length], [1, 1]);
      const { fingerprint } = valueOf(await inspector.codeFingerprint(target.name));
      assert.match(fingerprint, /^[\da-f]{32}$/);
    });
  });
}

describe('modules of an Elixir node', { skip: missingPeer('25', 'elixir') }, () => {
  test('have documentation, also by their names in Elixir', async (t) => {
    const { target, inspector } = await startInspected(t, { release: '25', kind: 'elixir' });
    const { module, docs } = valueOf(await inspector.module(target.name, 'Enum', { doc: 'map/2' }));
    assert.ok(module === 'Elixir.Enum' && docs !== undefined && !isProblem(docs));
    assert.deepEqual(docs[0]?.signature, ['map(enumerable, fun)']);
    assert.match(docs[0].text ?? '', /^Returns a list where each element.*\n/);
    const macro = valueOf(await inspector.module(target.name, 'Kernel', { doc: 'unless' })).docs;
    assert.ok(macro !== undefined && !isProblem(macro) && macro[0]?.kind === 'macro');
  });

  test('of a release in embedded mode are seen too', { skip: onlyInAll() }, async (t) => {
    const script = await bootScript(t, { release: '25', elixir: true });
    const args = ['-boot', script, '-mode', 'embedded'];
    const { target, inspector } = await startInspected(t, { release: '25', args });
    assert.ok(valueOf(await inspector.modules(target.name, { filter: 'elixir.' })).matching > 50);
    assert.ok(valueOf(await inspector.module(target.name, 'Enum')).exports.count > 50);
    assert.equal((await inspector.compareCode([target.name])).nodes.length, 1);
  });
});

/** Rows of ETS and Mnesia tables of real nodes, found by their keys. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { testedReleases } from '../../../support/extent.ts';
import { problemOf, startInspected, valueOf } from '../../../support/members/inspected-node.ts';

for (const release of testedReleases()) {
  describe(`rows by key on OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('are looked up in tables of every type, by terms and by pids', async (t) => {
      const { target, inspector } = await startInspected(t, { release });
      await target.eval(`
        ets:new(carts, [named_table, public]), ets:insert(carts, [{{user, <<"anna">>}, 7}, {self(), me}, {'_', any}]),
        ets:new(tills, [named_table, bag]), ets:insert(tills, [{open, N} || N <- lists:seq(1, 30)]),
        ets:new(logs, [named_table, duplicate_bag]), ets:insert(logs, [{open, lists:seq(1, 200)} || _ <- lists:seq(1, 30000)]),
        ets:new(safe, [named_table, private]), ok`);
      const me = (await target.eval('list_to_atom(pid_to_list(self()))')).replaceAll("'", '');
      const find = async (table: string, key: string, limit = 20) =>
        valueOf(await inspector.rows(target.name, table, { key, limit }));
      assert.deepEqual(await find('carts', '{user,<<"anna">>}'), {
        total: 3,
        limit: 20,
        rows: ['{{user,<<"anna">>},7}'],
        found: 1,
      });
      assert.deepEqual((await find('carts', me)).rows, [`{${me},me}`]);
      assert.deepEqual((await find('carts', "'_'")).rows, ["{'_',any}"]);
      assert.deepEqual((await find('carts', '{user,<<"bert">>}')).found, 0);
      assert.deepEqual((await find('carts', '<0.999999.0>')).rows, []);
      const open = await find('tills', 'open', 5);
      assert.deepEqual([open.found, open.rows.length], [30, 5]);
      assert.equal(problemOf(await inspector.rows(target.name, 'logs', { key: 'open' })), 'too-large');
      assert.equal(problemOf(await inspector.rows(target.name, 'safe', { key: 'open' })), 'failed');
    });
  });

  describe(`Mnesia on OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('is said not to run, and is not loaded by the question', async (t) => {
      const { target, inspector } = await startInspected(t, { release });
      assert.equal(problemOf(await inspector.mnesia(target.name)), 'gone');
      assert.equal(problemOf(await inspector.mnesiaRows(target.name, 'orders')), 'gone');
      assert.equal(await target.eval('code:is_loaded(mnesia)'), 'false');
    });

    test('has tables with copies on several nodes, whose rows are read in bounds', async (t) => {
      const { cluster, target, inspector } = await startInspected(t, { release });
      const other = await cluster.erlang('other');
      for (const node of [target, other]) await node.eval('ok = application:start(mnesia)');
      await target.eval(`
        {ok, [_]} = mnesia:change_config(extra_db_nodes, ['${other.name}']),
        {atomic, ok} = mnesia:create_table(orders, [{attributes, [id, what]}]),
        {atomic, ok} = mnesia:create_table(stock, [{ram_copies, ['${other.name}']}, {type, bag}]),
        ok = mnesia:wait_for_tables([orders, stock], 20000),
        [ok = mnesia:dirty_write({orders, N, <<"tea">>}) || N <- lists:seq(1, 50)],
        [ok = mnesia:dirty_write({stock, tea, N}) || N <- lists:seq(1, 9)], ok`);
      const mnesia = valueOf(await inspector.mnesia(target.name));
      assert.deepEqual([mnesia.status, mnesia.total], ['yes', 3]);
      assert.deepEqual([...mnesia.runningNodes].sort(), [other.name, target.name].sort());
      const [orders, , stock] = mnesia.tables;
      assert.deepEqual([orders?.table, orders?.storage, orders?.size], ['orders', 'ram', 50]);
      assert.deepEqual([orders?.attributes, orders?.copies.ram], [['id', 'what'], [target.name]]);
      assert.deepEqual([stock?.type, stock?.storage, stock?.readFrom], ['bag', undefined, other.name]);
      const rows = async (table: string, options: object) =>
        valueOf(await inspector.mnesiaRows(target.name, table, options));
      const first = await rows('orders', { limit: 3 });
      assert.deepEqual([first.total, first.rows.length], [50, 3]);
      assert.deepEqual((await rows('orders', { key: '7' })).rows, ['{orders,7,<<"tea">>}']);
      const tea = await rows('stock', { key: 'tea', limit: 2 });
      assert.deepEqual([tea.total, tea.found, tea.rows.length], [9, 9, 2]);
      assert.equal((await rows('stock', { limit: 4 })).rows.length, 4);
      assert.equal(problemOf(await inspector.mnesiaRows(target.name, 'nothing')), 'gone');
      await other.eval('stopped = mnesia:stop(), ok');
      assert.equal(problemOf(await inspector.mnesiaRows(target.name, 'stock')), 'failed');
    });
  });
}

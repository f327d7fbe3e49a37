/** Ports, names, groups, modules, Mnesia and rows by key of real nodes by the HTTP API, and the code of their cluster. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type {
  CodeComparisonView,
  GroupScopeView,
  ModuleDetailsView,
  ModuleListView,
  NodeNamesView,
  PortListView,
} from '@convoy/console/protocol';
import { type ErlangNode, missingPeer } from '../../../support/erlang/erlang-node.ts';
import { eventually } from '../../../support/eventually.ts';
import { testedReleases } from '../../../support/extent.ts';
import { type ApiAnswer, InspectingConsole, pathOf } from '../../../support/members/inspecting-console.ts';

/** Loads a module `cart` with that price in its code. */
async function loadCart(node: ErlangNode, price: number): Promise<void> {
  await node.eval(`
    (fun() ->
      Form = fun(Text) -> {ok, Tokens, _} = erl_scan:string(Text), {ok, Parsed} = erl_parse:parse_form(Tokens), Parsed end,
      {ok, cart, Code} = compile:forms([Form(Text) || Text <- ["-module(cart).", "-export([price/0]).", "price() -> ${price}."]]),
      {module, cart} = code:load_binary(cart, "/app/cart.beam", Code)
    end)(), ok`);
}

for (const release of testedReleases()) {
  describe(`parts of a member of OTP ${release} by the API`, { skip: missingPeer(release) }, () => {
    test('ports, names, groups, modules, Mnesia and rows by key', async (t) => {
      const scene = await InspectingConsole.start(t, release);
      const port = Number(
        await scene.target.eval(`
          {ok, Listener} = gen_tcp:listen(0, [{ip, {127, 0, 0, 1}}]), register(shop_till, spawn(timer, sleep, [infinity])),
          {ok, _} = pg:start(pg), ok = pg:join(carts, self()),
          ets:new(shop_stock, [named_table, public]), ets:insert(shop_stock, [{N, apple} || N <- lists:seq(1, 30)]),
          {ok, Number} = inet:port(Listener), Number`),
      );
      const ports = await scene.valueOf<PortListView>(`ports?port=${port}`);
      assert.deepEqual(
        ports.rows.map(({ name, local, remote }) => [name, local, remote]),
        [['tcp_inet', { host: '127.0.0.1', port }, undefined]],
      );
      const names = await scene.valueOf<NodeNamesView>('names?filter=shop_&limit=5');
      assert.deepEqual(
        names.registered.rows.map(({ name }) => name),
        ['shop_till'],
      );
      const [pg] = await scene.valueOf<GroupScopeView[]>('groups?maxMembers=1');
      assert.deepEqual([pg?.scope, pg?.groups[0]?.group, pg?.groups[0]?.count], ['pg', 'carts', 1]);
      const modules = await scene.valueOf<ModuleListView>('modules?filter=gen_server&limit=1');
      assert.equal(modules.rows[0]?.module, 'gen_server');
      const module = await scene.valueOf<ModuleDetailsView>(
        `modules/gen_server?doc=${encodeURIComponent('call/2')}&oldCodeProcesses=100`,
      );
      assert.ok(module.exports.items.includes('call/2') && module.docs !== undefined);
      const rows = await scene.valueOf<{ rows: string[]; found: number }>('tables/shop_stock/rows?key=7');
      assert.deepEqual([rows.rows, rows.found], [['{7,apple}'], 1]);
      for (const path of ['mnesia', 'mnesia/orders/rows', 'modules/nothing', 'tables/nothing/rows?key=7']) {
        const { state, problem } = await scene.ask(path);
        assert.deepEqual([state, problem.kind], ['unavailable', 'gone'], path);
      }
      for (const [wrong, code] of [
        ['tables/shop_stock/rows?key=%7BId%7D', 'INSPECT_BAD_OPTION'],
        ['ports?port=99999', 'INSPECT_BAD_OPTION'],
        ['ports?sort=name', 'CONSOLE_BAD_REQUEST'],
        ['modules?old=perhaps', 'CONSOLE_BAD_REQUEST'],
      ] as const) {
        const { status, json } = await scene.convoy.client.ask(pathOf(scene.id, wrong));
        assert.deepEqual([status, json.error?.code], [400, code], wrong);
      }
    });

    test('the code of the cluster, which differs in one module', async (t) => {
      const scene = await InspectingConsole.start(t, release);
      const code = async (): Promise<ApiAnswer<CodeComparisonView>> => {
        const { status, json, text } = await scene.convoy.client.ask('/api/clusters/prod/code');
        assert.equal(status, 200, text);
        return json as ApiAnswer<CodeComparisonView>;
      };
      const other = await scene.cluster.erlang('other');
      await scene.target.eval(`net_adm:ping('${other.name}')`);
      await loadCart(scene.target, 1);
      await loadCart(other, 2);
      await eventually('the third member to be compared', 60_000, async () => {
        const { value } = await code();
        return value.nodes.length === 3 && value.modules.length > 0;
      });
      const { value, cost } = await code();
      assert.deepEqual([value.total, value.differing, value.problems], [3, 1, {}]);
      assert.deepEqual(
        value.modules.map(({ module, groups }) => [
          module,
          groups
            .map(({ nodes }) => nodes)
            .flat()
            .sort(),
        ]),
        [['cart', [other.name, scene.target.name].sort()]],
      );
      assert.ok(cost.questions > 3 && cost.answeredAt !== undefined);
      const unknown = await scene.convoy.client.ask('/api/clusters/nothing/code');
      assert.deepEqual([unknown.status, unknown.json.error.code], [404, 'CONSOLE_NOT_FOUND']);
    });
  });
}

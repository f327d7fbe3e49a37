/** `convoy ports`, `names`, `groups`, `modules`, `mnesia`, `code` and `ets --key`, through the console and without one. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type {
  CodeComparisonView,
  GroupScopeView,
  ModuleDetailsView,
  NodeNamesView,
  PortListView,
} from '@convoy/console/protocol';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { someOf, testedReleases } from '../../../support/extent.ts';
import { AttachScene, type ForeignCluster } from '../../../support/members/attach-scene.ts';

const app = 'app@127.0.0.1';
const web = 'web@127.0.0.1';
const id = `prod:${web}`;

/** Has something to show: a listener, a name, a group and a table. Returns the port of the listener. */
const setUp = `
  {ok, Listener} = gen_tcp:listen(0, [{ip, {127, 0, 0, 1}}]), register(shop_till, spawn(timer, sleep, [infinity])),
  {ok, _} = pg:start(pg), ok = pg:join({carts, 1}, self()),
  ets:new(shop_stock, [named_table, public]), ets:insert(shop_stock, {{user, <<"anna">>}, 7}),
  {ok, Number} = inet:port(Listener), Number`;

for (const release of someOf(testedReleases(), 1)) {
  describe(`the commands for parts of a node of OTP ${release}`, { skip: missingPeer(release) }, () => {
    let scene: AttachScene;
    let cluster: ForeignCluster;
    let port: number;
    /** The ways to the node: by its id through the console, and with its cookie. */
    let ways: readonly (readonly string[])[];

    before(async () => {
      scene = new AttachScene();
      await scene.startConsole();
      cluster = await scene.startCluster({ cookie: `parts-${release}`, release });
      const attached = await scene.run('attach', app, ...cluster.way, '--name', 'prod');
      assert.equal(attached.code, 0, attached.stderr);
      const [, node] = cluster.nodes;
      assert.ok(node !== undefined);
      port = Number(await node.eval(setUp));
      scene.env['ERL_EPMD_PORT'] = String(cluster.epmdPort);
      ways = [[id], [web, '--cookie-file', cluster.cookieFile]];
    });
    after(() => scene[Symbol.asyncDispose]());

    test('answer the same through the console and directly', async () => {
      for (const way of ways) {
        const ports = await scene.json<PortListView>('ports', ...way, '--port', String(port));
        assert.deepEqual([ports.matching, ports.rows[0]?.local?.port], [1, port]);
        const names = await scene.json<NodeNamesView>('names', ...way, '--filter', 'shop_');
        assert.deepEqual(
          names.registered.rows.map(({ name }) => name),
          ['shop_till'],
        );
        const { scopes } = await scene.json<{ scopes: GroupScopeView[] }>('groups', ...way);
        assert.equal(scopes[0]?.groups[0]?.group, '{carts,1}');
        const lists = await scene.json<ModuleDetailsView>(
          'modules',
          ...way,
          'lists',
          '--doc',
          'map/2',
          '--old',
        );
        assert.ok(lists.exports.items.includes('map/2') && lists.docs !== undefined && !lists.hasOldCode);
        const { rows } = await scene.json<{ rows: string[] }>(
          ...['ets', ...way, 'shop_stock', '--key', '{user,<<"anna">>}'],
        );
        assert.deepEqual(rows, ['{{user,<<"anna">>},7}']);
        const mnesia = await scene.run('mnesia', ...way);
        assert.equal(mnesia.code, 1);
        assert.match(mnesia.stderr, /Mnesia is not running on web@127\.0\.0\.1 \[CLI_NO_ANSWER\]/);
      }
    });

    test('print tables for people', async () => {
      const ports = await scene.run('ports', id, '--filter', `127.0.0.1:${port}`);
      assert.match(
        ports.stdout,
        /^PORT +NAME +OWNER .*\n#Port<0\.\d+> +tcp_inet .*\n1 of 1 that match, \d+ ports/,
      );
      assert.match(
        (await scene.run('names', id, '--filter', 'shop_')).stdout,
        /^SCOPE .*\nlocal +shop_till +<0\./,
      );
      assert.match((await scene.run('groups', id)).stdout, /\npg +\{carts,1\} +1 +web@127\.0\.0\.1: <0\./);
      const modules = await scene.run('modules', id, '--filter', 'gen_server', '--limit', '1');
      assert.match(modules.stdout, /\ngen_server .*\n1 of 1 that match, \d+ modules, 0 with old code/);
      assert.match(
        (await scene.run('modules', id, 'lists')).stdout,
        /^lists\npath +.*\nmd5 [^]*\nexports +.*map\/2/,
      );
    });

    test('send and call processes of several nodes, answers side by side', async () => {
      for (const way of ways) {
        const called = await scene.json<{
          answers: { node: string; state: string; value: { text: string } }[];
        }>(...['call', 'kernel_sup', 'count_children', ...way]);
        assert.deepEqual([called.answers.length, called.answers[0]?.state], [1, 'answered']);
        assert.match(called.answers[0]?.value.text ?? '', /^\[\{specs,/);
      }
      const both = await scene.run('call', 'kernel_sup', 'which', id, `prod:${app}`, '--syntax', 'lisp');
      assert.deepEqual([both.code, /--syntax lisp is not a known value/.test(both.stderr)], [2, true]);
      const replies = await scene.run('call', 'kernel_sup', 'count_children', id, `prod:${app}`);
      assert.equal(replies.stdout.match(/\{specs,/g)?.length, 1, 'equal answers stand together');
      assert.match(replies.stdout, /^prod:web@127\.0\.0\.1, prod:app@127\.0\.0\.1\n {2}\[/);
      const sent = await scene.run('send', 'shop_till', '"hello"', id);
      assert.match(sent.stdout, /^prod:web@127\.0\.0\.1\n {2}sent to <0\.\d+\.\d+>\n$/);
      const [, node] = cluster.nodes;
      assert.equal(await node?.eval('element(2, process_info(whereis(shop_till), messages))'), '["hello"]');
      const missing = await scene.run('send', 'nothing', 'ok', id, '--json');
      assert.deepEqual([missing.code, JSON.parse(missing.stdout).answers[0].problem.kind], [1, 'gone']);
      const wrong = await scene.run('send', 'shop_till', '{Open}', id);
      assert.equal(wrong.code === 0, false);
      assert.match(wrong.stderr, /message is not a term in Erlang/);
    });

    test('say which nodes run different code, and what they cannot be asked', async () => {
      const code = await scene.json<CodeComparisonView & { cluster: string }>('code', 'prod');
      assert.deepEqual([code.cluster, code.differing, code.nodes.length], ['prod', 0, 2]);
      assert.match((await scene.run('code', 'prod')).stdout, /^no different code on 2 of 2 nodes of prod/);
      for (const [words, text] of [
        [['ports', id, '--port', '0'], /--port 0 is not a valid number/],
        [['ports', id, '--sort', 'age'], /--sort age is not a known value/],
        [['modules', id, '--limit', '2001'], /--limit 2001 is not a valid number/],
        [['code', 'nothing'], /no cluster named nothing/],
      ] as const) {
        const { code: exit, stderr } = await scene.run(...words);
        assert.equal(exit, 2, stderr);
        assert.match(stderr, text);
      }
    });
  });
}

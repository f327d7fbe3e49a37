/** Ports, sockets, names and process groups of real nodes. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isProblem } from '@convoy/cluster/inspect';
import { missingPeer } from '../../../support/erlang/erlang-node.ts';
import { eventually } from '../../../support/eventually.ts';
import { testedReleases } from '../../../support/extent.ts';
import { startInspected, valueOf } from '../../../support/members/inspected-node.ts';

/** Two ends of a TCP connection with its listener, held by `holder`, and a socket of the module `socket` that listens. */
const connected = `
  Me = self(),
  register(holder, spawn(fun() ->
    {ok, Listener} = gen_tcp:listen(0, [{ip, {127, 0, 0, 1}}]), {ok, Number} = inet:port(Listener),
    {ok, Dialled} = gen_tcp:connect({127, 0, 0, 1}, Number, [{active, false}]), {ok, Accepted} = gen_tcp:accept(Listener),
    ok = gen_tcp:send(Accepted, "hello"), {ok, "hello"} = gen_tcp:recv(Dialled, 5),
    {ok, Socket} = socket:open(inet, stream, tcp),
    socket:bind(Socket, #{family => inet, addr => {127, 0, 0, 1}, port => 0}), ok = socket:listen(Socket),
    {ok, #{port := Other}} = socket:sockname(Socket),
    Me ! {Number, Other}, timer:sleep(infinity) end)),
  receive Numbers -> Numbers end`;

for (const release of testedReleases()) {
  describe(`ports of a node of OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('have owners, ends and bytes, and are found by number and address; sockets too', async (t) => {
      const { target, inspector, direct } = await startInspected(t, { release });
      const [port = 0, socketPort = 0] = (await target.eval(connected)).slice(1, -1).split(',').map(Number);
      const held = valueOf(await inspector.ports(target.name, { port }));
      assert.equal(held.matching, 3);
      assert.ok(
        held.rows.every(
          ({ kind, name, ownerName }) => kind === 'port' && name === 'tcp_inet' && ownerName === 'holder',
        ),
      );
      const listener = held.rows.find(({ remote }) => remote === undefined);
      assert.deepEqual(listener?.local, { host: '127.0.0.1', port });
      const [reader] = valueOf(await inspector.ports(target.name, { port, sort: 'input', limit: 1 })).rows;
      assert.deepEqual([reader?.inputBytes, reader?.remote], [5, { host: '127.0.0.1', port }]);
      const [writer] = valueOf(await inspector.ports(target.name, { port, sort: 'output', limit: 1 })).rows;
      assert.deepEqual([writer?.outputBytes, writer?.queueBytes], [5, 0]);
      const byAddress = valueOf(await inspector.ports(target.name, { filter: `127.0.0.1:${port}` }));
      assert.equal(byAddress.matching, 3);

      const sockets = valueOf(await inspector.ports(target.name, { port: socketPort }));
      const [socket] = sockets.rows;
      assert.deepEqual([sockets.matching, socket?.kind, socket?.name], [1, 'socket', 'inet stream tcp']);
      assert.match(socket?.id ?? '', /^#Socket<0\./);
      assert.deepEqual(
        [socket?.ownerName, socket?.local],
        ['holder', { host: '127.0.0.1', port: socketPort }],
      );

      const all = valueOf(await direct.ports(target.name, { limit: 500 }));
      assert.ok(all.seen === all.total && all.matching === all.total && all.rows.length === all.total);
      assert.deepEqual(new Set(all.rows.map(({ kind }) => kind)), new Set(['port', 'socket']));
      const byOwner = valueOf(await inspector.ports(target.name, { filter: 'HOLDER' }));
      assert.equal(byOwner.matching, 4);
      assert.deepEqual(valueOf(await inspector.ports(target.name, { port: 1 })).rows, []);
    });

    test('that are none of TCP have no address, and programs have their process id', async (t) => {
      const { target, inspector } = await startInspected(t, { release });
      const system = await target.eval(
        'Program = open_port({spawn, "cat"}, []), {os_pid, Id} = erlang:port_info(Program, os_pid), Id',
      );
      const { rows } = valueOf(await inspector.ports(target.name, { filter: 'cat' }));
      assert.deepEqual(
        rows.map(({ name, osPid, local }) => [name, osPid, local]),
        [['cat', Number(system), undefined]],
      );
    });
  });

  describe(`names and groups of OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('are those of the node and of global, filtered and cut', async (t) => {
      const { target, inspector } = await startInspected(t, { release });
      await target.eval(`
        register(shop_till, spawn(timer, sleep, [infinity])), register(shop_line, open_port({spawn, "cat"}, [])),
        yes = global:register_name({shop, main}, whereis(shop_till)), ok`);
      const till = (await target.eval('list_to_atom(pid_to_list(whereis(shop_till)))')).replaceAll("'", '');
      const { registered, global } = valueOf(await inspector.names(target.name, { filter: 'SHOP' }));
      assert.deepEqual([registered.matching, registered.rows.length], [2, 2]);
      assert.match(registered.rows[0]?.port ?? '', /^#Port<0\.\d+>$/);
      assert.deepEqual(registered.rows[1], { name: 'shop_till', process: { pid: till, node: target.name } });
      assert.ok(!isProblem(global));
      assert.deepEqual(global.rows, [{ name: '{shop,main}', process: { pid: till, node: target.name } }]);
      const few = valueOf(await inspector.names(target.name, { limit: 3 })).registered;
      assert.ok(few.rows.length === 3 && few.matching === few.total && few.total > 20);
      assert.deepEqual(
        few.rows.map(({ name }) => name).sort(),
        few.rows.map(({ name }) => name),
      );
    });

    test('groups of pg have members of all nodes, the largest group first', async (t) => {
      const { cluster, target, inspector } = await startInspected(t, { release });
      assert.deepEqual(valueOf(await inspector.groups(target.name)), []);
      const other = await cluster.erlang('other');
      await target.eval(`net_adm:ping('${other.name}')`);
      for (const node of [target, other]) {
        await node.eval(`
          {ok, _} = pg:start(pg), {ok, _} = pg:start(shop),
          Member = spawn(timer, sleep, [infinity]),
          ok = pg:join(shop, {carts, 1}, Member), ok = pg:join({tills, node()}, Member)`);
      }
      await eventually('both nodes to know all members', 30_000, async () => {
        const [own, shop] = valueOf(await inspector.groups(target.name));
        return own?.total === 2 && shop?.groups[0]?.count === 2;
      });
      const scopes = valueOf(await inspector.groups(target.name));
      assert.deepEqual(
        scopes.map(({ scope, total }) => [scope, total]),
        [
          ['pg', 2],
          ['shop', 1],
        ],
      );
      const [carts] = scopes[1]?.groups ?? [];
      assert.equal(carts?.group, '{carts,1}');
      assert.deepEqual(new Set(carts.members.map(({ node }) => node)), new Set([target.name, other.name]));
      const [tills, none] = valueOf(await inspector.groups(target.name, { filter: 'other', maxMembers: 0 }));
      assert.deepEqual([tills?.matching, tills?.groups[0]?.members, none?.groups], [1, [], []]);
    });
  });
}

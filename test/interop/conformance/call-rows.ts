/** Calls in both directions, and what serves them. */

import assert from 'node:assert/strict';
import { atom, atomName, Pid, serveGenServer, tuple } from '@convoy/node';
import { startProcessGroups } from '@convoy/node/pg';
import { eventually, eventuallyEqual } from '../../support/eventually.ts';
import { type ConformanceRow, visibly } from './row.ts';
import { next, type Scene } from './scene.ts';

function exposeMath({ node }: Scene): void {
  node.expose('conformance', {
    add: (a: number, b: number) => a + b,
    fail: () => {
      throw new Error('broken');
    },
  });
}

async function spawnHere(scene: Scene): Promise<void> {
  exposeMath(scene);
  const { us, run } = scene;
  const down = (args: string): Promise<string> =>
    run(
      `{P, R} = spawn_monitor('${us}', conformance, ${args}), '${us}' = node(P), receive {'DOWN', R, process, P, X} -> X end`,
    );
  assert.equal(await down('add, [1, 2]'), 'normal');
  assert.match(await down('fail, []'), /convoy_error,nil,<<"broken">>/);
  assert.match(await down('nothing, []'), /^\{undef,/);
  const linked = await run(`process_flag(trap_exit, true), P = spawn_link('${us}', conformance, fail, []),
    receive {'EXIT', P, {E, _}} -> process_flag(trap_exit, false), element(1, E) end`);
  assert.equal(linked, 'convoy_error');
}

async function erpc(scene: Scene): Promise<void> {
  exposeMath(scene);
  const { us, run } = scene;
  assert.equal(await run(`erpc:call('${us}', conformance, add, [1, 2])`), '3');
  assert.equal(
    await run(
      `try erpc:call('${us}', conformance, fail, []) catch error:{exception, {convoy_error, _, T}, _} -> T end`,
    ),
    '<<"broken">>',
  );
  assert.equal(
    await run(`try erpc:call('${us}', nobody, add, []) catch error:{exception, undef, _} -> undef end`),
    'undef',
  );
}

async function rex(scene: Scene): Promise<void> {
  exposeMath(scene);
  const { us, run, node, peer } = scene;
  assert.equal(await run(`rpc:block_call('${us}', conformance, add, [1, 2])`), '3');
  assert.equal(await run(`rpc:call('${us}', conformance, add, [1, 2])`), '3');
  assert.equal(await run(`element(1, rpc:call('${us}', conformance, fail, []))`), 'badrpc');
  assert.equal(await node.rpc(peer, 'erlang', 'abs', [-3]), 3);
}

async function output({ node, peer, erl }: Scene): Promise<void> {
  const user = await node.rpc(peer, 'erlang', 'whereis', [atom('user')]);
  assert.ok(user instanceof Pid);
  const text = [...Buffer.from('seen by ~p~n')];
  await node.rpc(peer, 'io', 'format', [text, [atom('convoy')]], { groupLeader: user });
  await erl.waitFor(/seen by convoy/);
  // Without a leader there, ours takes the output, and the call does not wait for it.
  assert.equal(await node.rpc(peer, 'io', 'format', [text, [atom('nobody')]]), atom('ok'));
}

async function genServer({ node, run, us }: Scene): Promise<void> {
  let count = 0;
  serveGenServer(node, 'counter', {
    call: (request) => (request === atom('crash') ? assert.fail('broken') : (count += 1)),
    cast: (amount) => void (count += Number(amount)),
    state: () => count,
  });
  const server = `{counter, '${us}'}`;
  assert.equal(await run(`gen_server:cast(${server}, 10), gen_server:call(${server}, next)`), '11');
  assert.equal(await run(`sys:get_state(${server})`), '11');
  assert.equal(
    await run(`catch element(1, element(1, element(2, catch gen_server:call(${server}, crash))))`),
    '{convoy_error,nil,<<"broken">>}',
  );
}

async function groups({ node, run, us, peer }: Scene): Promise<void> {
  await run('case whereis(pg) of undefined -> {ok, _} = pg:start(pg); _ -> ok end');
  const pg = await startProcessGroups(node);
  const group = atom('conformance');
  const ours = node.spawn(async (self) => void (await next(self).catch(() => undefined)));
  pg.join(group, ours);
  await run('P = spawn(fun() -> receive stop -> ok end end), pg:join(conformance, P)');
  const seen = (): Promise<string> => run(`lists:sort([node(P) || P <- pg:get_members(conformance)])`);
  await eventuallyEqual(
    seen,
    `[${[peer, us]
      .sort()
      .map((name) => `'${name}'`)
      .join(',')}]`,
  );
  await eventuallyEqual(() => pg.members(group).length, 2);
  pg.close();
  await run('[P ! stop || P <- pg:get_local_members(conformance)]');
  await eventuallyEqual(() => run('pg:get_members(conformance)'), '[]');
}

async function globalNames({ node, run, us }: Scene): Promise<void> {
  assert.equal(await run('global:sync()'), 'ok');
  assert.equal(await run('global:register_name(theirs, self())'), 'yes');
  await eventuallyEqual(() => node.global.names().map((name) => atomName(name)), ['theirs']);
  const pid = node.spawn(async (self) => void (await next(self).catch(() => undefined)));
  assert.equal(await node.global.register(atom('ours'), pid), true);
  await eventually(
    'the name to be there',
    60_000,
    async () => (await run('node(global:whereis_name(ours))')) === `'${us}'`,
  );
  assert.equal(await node.global.unregister(atom('ours')), true);
  assert.equal(await run('global:unregister_name(theirs), global:registered_names()'), '[]');
}

export const callRows: readonly ConformanceRow[] = [
  {
    feature: '`SPAWN_REQUEST`, in',
    answer: 'Yes, of functions that the node exposes',
    cases: [{ title: 'runs exposed functions, with links and monitors', run: spawnHere }],
    suites: ['test/interop/calls/spawned.test.ts'],
  },
  {
    feature: '`SPAWN_REQUEST`, out',
    answer: 'Yes: `spawnOn`, with links and monitors',
    cases: [
      {
        title: 'starts a process there, and is told how it ended',
        run: async ({ node, peer }) => {
          const reason = tuple(atom('shutdown'), 1);
          const { ended } = await node.spawnOn(peer, 'erlang', 'exit', [reason], { monitor: true });
          assert.deepEqual(await ended, reason);
        },
      },
    ],
    suites: ['test/interop/calls/spawn-on.test.ts'],
  },
  { feature: '`erpc`, in', answer: 'Yes', cases: [{ title: 'returns, throws and refuses', run: erpc }] },
  {
    feature: '`rpc` by `rex`, in and out',
    answer: 'Yes; out by `erpc` where the peer has it',
    cases: [{ title: 'returns and fails', run: rex }],
    suites: ['test/interop/node/rpc.test.ts'],
  },
  {
    feature: 'group leaders and the I/O protocol',
    answer: 'Yes',
    cases: [{ title: 'output goes to the leader of a call', run: output }],
    suites: ['test/interop/shell/erl.test.ts', 'test/interop/shell/iex.test.ts'],
  },
  { feature: 'processes', answer: 'Yes', suites: ['test/interop/node/exits.test.ts'] },
  {
    feature: 'gen servers',
    answer: 'Yes',
    cases: [{ title: 'are called, cast to, looked at and crash', run: genServer }],
    suites: ['test/interop/node/gen-server.test.ts'],
  },
  {
    feature: 'supervisors',
    answer: 'No: a TypeScript program restarts what it needs, or ends and is restarted as a whole',
  },
  {
    feature: 'membership in `pg`',
    answer: 'Yes, hidden nodes too',
    cases: [{ title: 'members are seen on both sides', run: groups }],
    suites: ['test/interop/groups/pg.test.ts', 'test/interop/groups/pubsub.test.ts'],
  },
  {
    feature: 'membership in `global`',
    answer: 'Yes, on visible nodes',
    cases: [{ title: 'names are registered on both sides', appliesTo: visibly, run: globalNames }],
    suites: ['test/interop/node/global.test.ts'],
  },
  {
    feature: '`net_kernel` answers pings',
    answer: 'Yes',
    cases: [
      {
        title: 'net_adm:ping is answered',
        run: async ({ run, us }) => assert.equal(await run(`net_adm:ping('${us}')`), 'pong'),
      },
    ],
  },
  {
    feature: 'back-pressure',
    answer: 'Yes: `whenWritable`, and bounds on what waits',
    suites: ['packages/node/test/net/connection.test.ts'],
  },
  {
    feature: 'web console, observer',
    answer: 'Yes: the console of Convoy, and the calls of `observer` and `etop`',
    suites: ['test/interop/beam-tools/observer.test.ts'],
  },
  {
    feature: 'tests against real Erlang nodes',
    answer: 'Yes: this table',
    suites: ['test/interop/conformance/conformance.test.ts'],
  },
];

/** What the tools of each release of OTP see of a TypeScript node: etop, the pages of the observer, and the shell's own lists. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atom, serveGenServer, tuple } from '@convoy/node';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { ErlangPair } from '../../support/erlang/erlang-pair.ts';
import { findObserver, missingObserver } from '../../support/releases/observer-folder.ts';
import { eventually, eventuallyEqual } from '../../support/eventually.ts';
import { testedReleases } from '../../support/extent.ts';

const cookie = 'beam-tools';

for (const release of testedReleases()) {
  describe(`the tools of OTP ${release}`, { skip: missingPeer(release) }, () => {
    const pair = new ErlangPair({ release, cookie });
    testEtop(pair);
    testSystemPage(pair);
    testProcessPages(pair);
    testApplicationPage(pair);
    testOtherPages(pair);
    testShell(pair);
  });
}

/** A process that waits, with a name. */
function startWaiter({ node }: ErlangPair, name: string): void {
  if (node.processes.whereis(name) !== undefined) return;
  node.spawn(async (self) => void (await self.receive({ match: () => false })), { name });
}

function testEtop(pair: ErlangPair): void {
  // The etop of OTP 27 traces every other node, whatever `tracing` says, and connects to the port of the trace driver there.
  const skip = pair.release === '27' ? 'the etop of OTP 27 always traces' : missingObserver(pair.release);
  test('etop shows the node and its processes', { skip }, async () => {
    startWaiter(pair, 'waiter');
    pair.node.send('waiter', 1);
    const viewer = `etop${pair.release}@127.0.0.1`;
    await using erl = await pair.cluster.erlang(viewer, { args: ['-pa', findObserver(pair.release) ?? ''] });
    const options = `[{node, '${pair.us}'}, {output, text}, {tracing, off}, {interval, 1}, {lines, 50}, {sort, msg_q}]`;
    // Into a file: the node waits for input from its test meanwhile.
    await erl.eval(`File = filename:join(os:getenv("HOME"), "etop.txt"), spawn(fun() ->
      {ok, Fd} = file:open(File, [write]), group_leader(Fd, self()), etop:start(${options}) end)`);
    const shown = (): Promise<string> => erl.eval('binary_to_list(element(2, file:read_file(File)))');
    for (const pattern of [
      new RegExp(`'${pair.us}'`),
      /Load: {2}cpu +\d+ +Memory: {2}total +[1-9]\d+ +binary +\d+/,
      /procs +[1-9]/,
      /<\d+\.\d+\.\d+> +waiter .* 1 convoy:run\/0/,
      /net_kernel .* 0 convoy:'receive'\/0/,
      // Again after a second.
      new RegExp(`'${pair.us}'.*'${pair.us}'`, 's'),
    ]) {
      await eventually(`etop to show ${pattern}`, 30_000, async () => pattern.test(await shown()));
    }
    await erl.eval('etop:stop()');
  });
}

function testSystemPage(pair: ErlangPair): void {
  const { us, run } = pair;

  test('the system page of the observer has every field that it shows', async () => {
    const fields = `[uptime, run_queue, io_input, io_output, logical_processors, schedulers, schedulers_online, schedulers_available,
      otp_release, version, system_architecture, smp_support, threads, thread_pool_size, wordsize_internal, wordsize_external,
      process_count, process_limit, atom_count, atom_limit, port_count, port_limit, ets_count, ets_limit, dist_buf_busy_limit,
      total, processes, atom, binary, code, ets, alloc_info]`;
    assert.equal(
      await run(`{ok, [_ | _]} = rpc:call('${us}', observer_backend, vsn, []), {module, observer_backend} = rpc:call('${us}', code, ensure_loaded, [observer_backend]),
      I = erpc:call('${us}', observer_backend, sys_info, []), [F || F <- ${fields}, proplists:get_value(F, I) =:= undefined]`),
      '[]',
    );
    assert.match(
      await run(
        `I = erpc:call('${us}', observer_backend, sys_info, []), {[proplists:get_value(K, I) || K <- [otp_release, version]], proplists:get_value(process_count, I) > 5, proplists:get_value(io_input, I) > 0}`,
      ),
      /^\{\["Convoy \(TypeScript\)","Node\.js v\d+\.\d+\.\d+"\],true,true\}$/,
    );
  });

  test('memory adds up, and statistics grow', async () => {
    assert.equal(
      await run(
        `M = rpc:call('${us}', erlang, memory, []), [T, P, S] = [proplists:get_value(K, M) || K <- [total, processes, system]], T =:= P + S andalso P > 0`,
      ),
      'true',
    );
    assert.equal(
      await run(`[{binary, _}, {ets, 0}] = rpc:call('${us}', erlang, memory, [[binary, ets]]), true`),
      'true',
    );
    assert.equal(
      await run(
        `{A, _} = rpc:call('${us}', erlang, statistics, [wall_clock]), {B, D} = rpc:call('${us}', erlang, statistics, [wall_clock]), {B >= A, D =:= B - A}`,
      ),
      '{true,true}',
    );
    assert.equal(
      await run(
        `[{1, A, T}] = rpc:call('${us}', erlang, statistics, [scheduler_wall_time]), A > 0 andalso T >= A`,
      ),
      'true',
    );
  });

  test('the load charts get samples until they have seen enough', async () => {
    const samples =
      await run(`process_flag(trap_exit, true), P = spawn_link('${us}', observer_backend, fetch_stats, [self(), 100]),
      S = [receive {stats, 1, [{1, A, T}], {{input, I}, {output, O}}, [{total, _} | _]} when A =< T, I > 0, O > 0 -> ok end || _ <- [1, 2, 3]],
      P ! exit, E = receive {'EXIT', P, R} -> R end, process_flag(trap_exit, false), {S, E}`);
    assert.equal(samples, '{[ok,ok,ok],normal}');
  });
}

function testProcessPages(pair: ErlangPair): void {
  const { us, run } = pair;

  test('the page of processes lists all but the one that asks', async () => {
    startWaiter(pair, 'listed');
    const collected = `receive {procs_info, P, L} -> {length([1 || R <- L, element(5, R) =:= listed]), [1 || R <- L, element(2, R) =:= P],
      [1 || R <- L, element(1, R) =/= etop_proc_info orelse tuple_size(R) =/= 8]} end`;
    assert.equal(
      await run(`P = spawn_link('${us}', observer_backend, procs_info, [self()]), ${collected}`),
      '{1,[],[]}',
    );
    assert.equal(
      await run(
        `P = spawn_link('${us}', observer_backend, etop_collect, [self()]), receive {P, E} -> {element(1, E), element(3, E) =:= length(element(9, E))} end`,
      ),
      '{etop_info,true}',
    );
  });

  test('the window of a process has what it asks for', async () => {
    startWaiter(pair, 'seen');
    pair.node.send('seen', tuple(atom('a'), 'secret'));
    // The item list of the observer's window.
    const items = `[binary, catchlevel, current_function, error_handler, garbage_collection, group_leader, heap_size, initial_call, last_calls, links,
      memory, message_queue_len, monitored_by, monitors, priority, reductions, registered_name, sequential_trace_token, stack_size, status,
      suspending, total_heap_size, trace, trap_exit]`;
    const pid = `P = rpc:call('${us}', erlang, whereis, [seen])`;
    const info = `I = erpc:call('${us}', erlang, process_info, [P, ${items}])`;
    assert.equal(
      await run(
        `${pid}, monitor(process, P), link(P), ${info}, X = {[proplists:get_value(K, I) || K <- [registered_name, message_queue_len, status, initial_call]], {links, [self()]} =:= lists:keyfind(links, 1, I), {monitored_by, [self()]} =:= lists:keyfind(monitored_by, 1, I)}, unlink(P), X`,
      ),
      '{[seen,1,runnable,{convoy,process,1}],true,true}',
    );
    const page = (item: string): Promise<string> =>
      run(`${pid}, erpc:call('${us}', erlang, process_info, [P, ${item}])`);
    assert.equal(await page('messages'), '{messages,[not_shown]}');
    assert.equal(await page('dictionary'), '{dictionary,[]}');
    assert.equal(await page('current_stacktrace'), '{current_stacktrace,[]}');
    assert.equal(await page(`{dictionary, '$initial_call'}`), `{{dictionary,'$initial_call'},undefined}`);
    await assert.rejects(page('what'), /badarg/);
    assert.equal(
      await run(
        `length(rpc:call('${us}', erlang, process_info, [rpc:call('${us}', erlang, whereis, [seen])])) > 10`,
      ),
      'true',
    );
    const foreign = `erpc:call('${us}', erlang, process_info, [self(), status])`;
    await assert.rejects(run(foreign), /badarg/);
  });

  test('the state of a gen server is its state, and no other process is asked', async () => {
    serveGenServer(pair.node, 'stateful', { state: () => 42 });
    startWaiter(pair, 'stateless');
    const state = (name: string): Promise<string> =>
      run(`P = rpc:call('${us}', erlang, whereis, [${name}]),
      case rpc:call('${us}', proc_lib, translate_initial_call, [P]) of
        {proc_lib, init_p, 5} -> none;
        {M, _, _} -> A = rpc:call('${us}', M, module_info, [attributes]),
          {status, _, {module, _}, [_, _, _, _, [Header, {data, First}, {data, Second} | _]]} = rpc:call('${us}', sys, get_status, [P, 2000]),
          {lists:keyfind(behaviour, 1, A), element(1, Header), proplists:get_value("Status", First), Second} end`);
    assert.equal(await state('stateful'), '{{behaviour,[gen_server]},header,running,[{"State",42}]}');
    assert.equal(await state('stateless'), 'none');
    assert.equal(await run(`rpc:call('${us}', sys, get_state, [stateful])`), '42');
    assert.match(
      await run(`rpc:call('${us}', sys, get_status, [stateless, 200])`),
      /^\{badrpc,\{'EXIT',\{timeout,\{sys,get_status,/,
    );
    assert.match(
      await run(`rpc:call('${us}', sys, get_state, [nobody])`),
      /^\{badrpc,\{'EXIT',\{noproc,\{sys,get_state,/,
    );
  });
}

function testApplicationPage(pair: ErlangPair): void {
  const { us, run } = pair;

  test('the page of applications draws the one application with its processes', async () => {
    startWaiter(pair, 'drawn');
    const drawn =
      await run(`process_flag(trap_exit, true), {ok, A} = appmon_info:start_link('${us}', self(), []),
      appmon_info:app_ctrl(A, '${us}', true, []), Apps = receive {delivery, A, app_ctrl, '${us}', L} -> [N || {M, N, {N, _, _}} <- L, is_pid(M)] end,
      appmon_info:app(A, convoy, true, []), {Root, Ps, Ls, []} = receive {delivery, A, app, convoy, T} -> T end,
      appmon_info:load(A, true, true, []), receive {delivery, A, load, true, {0, Now}} when Now >= 0, Now =< 16 -> ok end,
      P = rpc:call('${us}', erlang, whereis, [drawn]),
      exit(A, normal), receive {'EXIT', A, normal} -> ok end, process_flag(trap_exit, false),
      {Apps, Root, lists:keyfind(P, 1, Ps) =:= {P, "drawn"}, lists:member({Root, "drawn"}, Ls)}`);
    assert.equal(drawn, '{[convoy],"convoy",true,true}');
    await eventuallyEqual(() => pair.node.processes.whereis('appmon_info'), undefined);
  });

  test('applications and supervisors are those that there are', async () => {
    startWaiter(pair, 'child');
    assert.match(
      await run(`rpc:call('${us}', application, which_applications, [])`),
      /^\[\{convoy,"Convoy node \(TypeScript\)","Node\.js v[\d.]+"\}\]$/,
    );
    assert.equal(
      await run(`M = rpc:call('${us}', application_controller, get_master, [convoy]), {R, convoy} = rpc:call('${us}', application_master, get_child, [M]),
      C = rpc:call('${us}', supervisor, which_children, [R]), {child, P, worker, [convoy]} = lists:keyfind(child, 1, C), {is_pid(P), proplists:get_value(workers, rpc:call('${us}', supervisor, count_children, [R])) >= length(C)}`),
      '{true,true}',
    );
    assert.match(
      await run(`rpc:call('${us}', supervisor, which_children, [kernel_sup])`),
      /^\{badrpc,\{'EXIT',\{noproc,/,
    );
  });
}

function testOtherPages(pair: ErlangPair): void {
  const { us, peer, run } = pair;

  test('ports are the connections to nodes', async () => {
    assert.equal(
      await run(`[L] = [L || L <- rpc:call('${us}', observer_backend, get_port_list, []), {options, [{node, '${peer}'}]} =:= lists:keyfind(options, 1, proplists:get_value(inet, L))],
      P = proplists:get_value(port_id, L), true = is_port(P), [_ | _] = port_to_list(P), {remote_address, {127,0,0,1}} = lists:keyfind(remote_address, 1, proplists:get_value(inet, L)),
      {name, N} = rpc:call('${us}', erlang, port_info, [P, name]), {N, lists:member(P, rpc:call('${us}', erlang, ports, [])), proplists:get_value(input, rpc:call('${us}', erlang, port_info, [P])) > 0}`),
      '{"tcp_inet",true,true}',
    );
  });

  test('there are no tables, no sockets and no Mnesia', async () => {
    const no = (call: string): Promise<string> => run(`rpc:call('${us}', observer_backend, ${call})`);
    assert.equal(await no('get_table_list, [ets, []]'), '[]');
    assert.equal(await no('get_table_list, [mnesia, []]'), `{error,"Mnesia is not running on: ${us}"}`);
    assert.equal(await no('get_socket_list, []'), '[]');
    assert.equal(
      await run(
        `P = rpc:call('${us}', observer_backend, get_table, [self(), t, ets]), receive {P, '$end_of_table'} -> ok end`,
      ),
      'ok',
    );
    assert.equal(
      await run(
        `{rpc:call('${us}', ets, all, []), rpc:call('${us}', ets, info, [t]), rpc:call('${us}', ets, info, [t, size])}`,
      ),
      '{[],undefined,undefined}',
    );
  });

  test('what an emulator of another kind does not have is refused as OTP refuses', async () => {
    for (const item of ['otp_release', 'version', 'procs', 'what', '{allocator, ets_alloc}', '1']) {
      assert.match(
        await run(`rpc:call('${us}', erlang, system_info, [${item}])`),
        /^\{badrpc,\{'EXIT',\{badarg,/,
        item,
      );
    }
    assert.match(await run(`rpc:call('${us}', erlang, memory, [what])`), /badarg/);
    assert.match(await run(`rpc:call('${us}', erlang, system_flag, [backtrace_depth, 3])`), /badarg/);
    assert.match(await run(`rpc:call('${us}', erlang, halt, [])`), /undef/);
    assert.match(await run(`rpc:call('${us}', dbg, tracer, [])`), /undef/);
  });

  test('a tracer can be started for the node, and has nothing to trace', async () => {
    const traced =
      await run(`{ok, '${us}'} = dbg:tracer('${us}', process, {fun(_, _) -> ok end, ok}), {ok, M} = dbg:p(all, [call]),
      dbg:stop(), [{matched, '${us}', N, _}] = [X || X <- M, element(2, X) =:= '${us}'], N`);
    assert.equal(traced, '0');
  });

  test('modules and functions that are not there are not there', async () => {
    assert.equal(
      await run(
        `[rpc:call('${us}', erlang, function_exported, [M, F, A]) || {M, F, A} <- [{observer_backend, sys_info, 0}, {observer_backend, sys_info, 1}, {erlang, halt, 0}, {lists, sort, 1}]]`,
      ),
      '[true,false,false,false]',
    );
    // Commands and remote shells take this for an Erlang node if the question has an answer.
    assert.match(await run(`rpc:call('${us}', code, ensure_loaded, [lists])`), /^\{badrpc,\{'EXIT',\{undef,/);
  });

  test('an isolated node shows nothing, nor does one that was told so', async () => {
    for (const options of [{ isolated: true }, { beamTools: false }]) {
      const name = `apart${pair.release}@127.0.0.1`;
      await using _apart = await pair.cluster.own(name, options);
      assert.match(await run(`rpc:call('${name}', erlang, processes, [])`), /undef/);
      assert.equal(await run(`net_adm:ping('${name}')`), 'pong');
    }
  });
}

function testShell(pair: ErlangPair): void {
  const { us, run } = pair;

  test('the list of names that the shell prints has its names', async () => {
    startWaiter(pair, 'in_lists');
    await run('c:nregs()');
    await pair.erl.waitFor(new RegExp(`Registered procs on node '${us}'[^]*in_lists`));
  });
}

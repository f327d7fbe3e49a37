/** Remote calls between a TypeScript node and real Erlang nodes, both directions. */

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import {
  atom,
  CallError,
  ErlangError,
  Pid,
  RemoteError,
  subscribeEvent,
  tuple,
  type Term,
} from '@convoy/node';
import { waitForAbort } from '@convoy/node/async';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { ErlangPair } from '../../support/erlang/erlang-pair.ts';
import { eventually, eventuallyEqual } from '../../support/eventually.ts';
import { testedReleases } from '../../support/extent.ts';

const cookie = 'rpc-interop';

/** The functions that one suite exposes to its peer. */
interface Exposed {
  readonly pair: ErlangPair;
  /** How often `maths:count` was called. */
  calls: number;
  /** Settles when `context:forever` is called. */
  entered: PromiseWithResolvers<AbortSignal>;
}

for (const release of testedReleases()) {
  describe(`remote calls with OTP ${release}`, { skip: missingPeer(release) }, () => {
    const pair = new ErlangPair({ release, cookie });
    const exposed: Exposed = { pair, calls: 0, entered: Promise.withResolvers() };
    before(async () => {
      expose(exposed);
      await pair.node.connect(pair.peer);
    });
    describe('asked by Erlang', () => {
      testValues(exposed);
      testCallsOfErlang(exposed);
      testContexts(exposed);
    });
    describe('asking Erlang', () => testCalls(pair));
  });
}

function expose(exposed: Exposed): void {
  const { node } = exposed.pair;
  node.expose('maths', {
    add: (a: number, b: number) => a + b,
    later: async (value: Term) => Promise.resolve(value),
    count: () => (exposed.calls += 1),
    throwing: (value: Term) => {
      throw new ErlangError('ERLANG_THROW', value);
    },
    exiting: (value: Term) => {
      throw new ErlangError('ERLANG_EXIT', value);
    },
    failing: () => {
      throw new Error('no luck');
    },
    odd: () => new Date(0),
  });
  node.expose('Convoy.Echo', { back: (value: Term) => value });
  node.exposeWithContext('context', {
    caller: ({ caller, groupLeader }) => tuple(caller, groupLeader),
    forever: ({ signal }) => {
      exposed.entered.resolve(signal);
      return new Promise(() => undefined);
    },
  });
}

/** Results and failures of functions. */
function testValues(exposed: Exposed): void {
  const { pair } = exposed;
  const { us } = pair;
  /** Evaluates with separate variables. */
  const ask = pair.run;

  const cases: Record<string, [expression: string, value: string]> = {
    'returns a value by rpc': [`rpc:call('${us}', maths, add, [1, 2])`, '3'],
    'returns a value by erpc': [`erpc:call('${us}', maths, add, [1, 2])`, '3'],
    'waits for a promise': [`erpc:call('${us}', maths, later, [{a, <<"b">>}])`, '{a,<<"b">>}'],
    'finds an Elixir module': [`erpc:call('${us}', 'Elixir.Convoy.Echo', back, [1.0])`, '1.0'],
    'applies a module and function': [`erpc:call('${us}', erlang, apply, [maths, add, [2, 2]])`, '4'],
    'returns a value by block_call': [`rpc:block_call('${us}', maths, add, [3, 4])`, '7'],
    'passes a throw through rpc': [`rpc:call('${us}', maths, throwing, [oops])`, 'oops'],
    'passes a throw through erpc': [`catch erpc:call('${us}', maths, throwing, [oops])`, 'oops'],
    'passes an exit': [
      `try erpc:call('${us}', maths, exiting, [bye]) catch C:R -> {C, R} end`,
      '{exit,{exception,bye}}',
    ],
    'passes an error with its message': [
      `try erpc:call('${us}', maths, failing, []) catch C:R -> {C, R} end`,
      '{error,{exception,{convoy_error,nil,<<"no luck">>},[]}}',
    ],
    'reports an error through rpc': [
      `rpc:call('${us}', maths, failing, [])`,
      `{badrpc,{'EXIT',{{convoy_error,nil,<<"no luck">>},[]}}}`,
    ],
    'reports an undefined function': [
      `rpc:call('${us}', nosuch, fn, [1])`,
      `{badrpc,{'EXIT',{undef,[{nosuch,fn,[1],[]}]}}}`,
    ],
    'reports an undefined function to block_call': [
      `rpc:block_call('${us}', nosuch, fn, [1])`,
      `{badrpc,{'EXIT',{undef,[{nosuch,fn,[1],[]}]}}}`,
    ],
    'executes nothing that was not exposed': [
      `try erpc:call('${us}', os, cmd, ["id"]) catch C:{exception, R, _} -> {C, R} end`,
      '{error,undef}',
    ],
    'answers a ping': [`net_adm:ping('${us}')`, 'pong'],
    'sends to several nodes': [
      `rpc:multicall([node(), '${us}'], maths, add, [1, 1], 5000)`,
      `{[{badrpc,{'EXIT',{undef,[{maths,add,[1,1],[]}]}}},2],[]}`,
    ],
    'multicalls by erpc': [`erpc:multicall(['${us}'], maths, add, [1, 1])`, '[{ok,2}]'],
    'asks for nodes by eval everywhere': [`rpc:eval_everywhere(['${us}'], maths, count, [])`, 'abcast'],
  };
  for (const [title, [expression, value]] of Object.entries(cases)) {
    it(title, async () => assert.equal(await ask(expression), value));
  }
}

/** Calls of all kinds. */
function testCallsOfErlang(exposed: Exposed): void {
  const { pair } = exposed;
  const { us } = pair;
  /** Evaluates with separate variables. */
  const ask = pair.run;

  it('calls an exported fun', async () => {
    assert.equal(await ask(`erpc:call('${us}', erlang, apply, [fun maths:add/2, [1, 2]])`), '3');
  });

  it('fails with a readable reason when the result is not a term', async () => {
    const seen = await ask(`try erpc:call('${us}', maths, odd, []) catch C:{exception, R, _} -> {C, R} end`);
    assert.match(seen, /^\{error,\{convoy_error,'ENCODE_UNSUPPORTED',/);
  });

  it('runs casts', async () => {
    const before = exposed.calls;
    await ask(`rpc:cast('${us}', maths, count, [])`);
    await ask(`erpc:cast('${us}', maths, count, [])`);
    await ask(`erpc:call('${us}', maths, later, [done])`);
    assert.equal(exposed.calls, before + 2);
  });

  it('starts an exposed function as a process', async () => {
    const reason = await ask(
      `{P, R} = spawn_monitor('${us}', maths, throwing, [x]), receive {'DOWN', R, process, P, Why} -> Why end`,
    );
    assert.equal(reason, '{{nocatch,x},[]}');
    const undef = await ask(
      `process_flag(trap_exit, true), Q = spawn_link('${us}', nosuch, fn, [a]), receive {'EXIT', Q, W} -> W end`,
    );
    assert.equal(undef, '{undef,[{nosuch,fn,[a],[]}]}');
  });

  it('refuses spawn options it does not know', async () => {
    const seen = await pair.erl
      .eval(
        `S = spawn_request('${us}', maths, add, [1, 2], [monitor, {nonsense, 1}]), receive {spawn_reply, S, T, E} -> {T, E} after 5000 -> timeout end`,
      )
      .catch(() => '{error,badopt}');
    assert.equal(seen, '{error,badopt}');
  });
}

/** Callers, and callers that give up. */
function testContexts(exposed: Exposed): void {
  const { pair } = exposed;
  const { us, peer } = pair;
  /** Evaluates with separate variables. */
  const ask = pair.run;

  it('gives the caller and its group leader to functions with a context', async () => {
    assert.equal(
      await ask(
        `{Caller, Leader} = erpc:call('${us}', context, caller, []), {node(Caller) =:= node(), Leader =:= group_leader()}`,
      ),
      '{true,true}',
    );
  });

  it('aborts a call whose caller gives up', async () => {
    assert.match(
      await ask(`try erpc:call('${us}', context, forever, [], 50) catch C:R -> {C, R} end`),
      /^\{error,\{erpc,timeout\}\}$/,
    );
    await waitForAbort(await exposed.entered.promise);
  });

  it('aborts a call whose caller is killed', async () => {
    exposed.entered = Promise.withResolvers();
    await pair.erl.eval(`K = spawn(fun() -> erpc:call('${us}', context, forever, []) end)`);
    const signal = await exposed.entered.promise;
    await pair.erl.eval('exit(K, kill)');
    await waitForAbort(signal);
  });

  it('says which request it refused and what to do instead', async () => {
    const refused: { peer: string; request: string; remedy?: string | undefined }[] = [];
    const stop = subscribeEvent('convoy:request.unsupported', (event) => refused.push(event));
    const seen = await ask(`rpc:call('${us}', code, ensure_loaded, ['Elixir.IEx'])`);
    stop();
    assert.match(seen, /its own shell/);
    assert.equal(refused[0]?.peer, peer);
    assert.match(refused[0]?.request ?? '', /^code:ensure_loaded\('Elixir.IEx'\) by /);
    assert.match(refused[0]?.remedy ?? '', new RegExp(`${us} .*its own shell`));
  });
}

/** Our own calls. */
function testCalls(pair: ErlangPair): void {
  const { us, peer } = pair;

  it('gives the result', async () => {
    assert.deepEqual(await pair.node.rpc(peer, 'lists', 'reverse', [[1, 2, 300]]), [300, 2, 1]);
    assert.equal(await pair.node.rpc(peer, 'erlang', 'node', []), atom(peer));
  });

  it('maps the result when asked to', async () => {
    const text = await pair.node.rpc(peer, 'erlang', 'atom_to_binary', [atom('hello')], {
      mapping: { binaries: 'string' },
    });
    assert.equal(text, 'hello');
  });

  const failure = async (promise: Promise<unknown>): Promise<RemoteError> => {
    const error: unknown = await promise.then(
      () => assert.fail('it succeeded'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof RemoteError, String(error));
    return error;
  };

  it('fails with the remote error, its reason and stack', async () => {
    const error = await failure(pair.node.rpc(peer, 'erlang', 'binary_to_atom', [5]));
    assert.equal(error.code, 'REMOTE_ERROR');
    assert.equal(error.reason, atom('badarg'));
    assert.ok(Array.isArray(error.remoteStack));
    assert.match(error.message, new RegExp(`erlang:binary_to_atom/1 on ${peer} failed with error .*badarg`));
  });

  it('tells throws, exits and undefined functions apart', async () => {
    const thrown = await failure(pair.node.rpc(peer, 'erlang', 'throw', [atom('x')]));
    assert.deepEqual([thrown.code, thrown.reason], ['REMOTE_THROW', atom('x')]);
    const exited = await failure(pair.node.rpc(peer, 'erlang', 'exit', [atom('x')]));
    assert.deepEqual([exited.code, exited.reason], ['REMOTE_EXIT', atom('x')]);
    const undef = await failure(pair.node.rpc(peer, 'nosuch', 'fn', [1]));
    assert.equal(undef.code, 'REMOTE_UNDEF');
    assert.match(undef.message, new RegExp(`nosuch:fn/1 on ${peer} is not defined`));
  });

  it('gives up after the timeout', async () => {
    await assert.rejects(
      pair.node.rpc(peer, 'timer', 'sleep', [10_000], { timeoutMs: 50 }),
      (error) => error instanceof CallError && error.code === 'CALL_TIMEOUT',
    );
  });

  it('tells when the process that ran it was killed', async () => {
    const killed = pair.node.rpc(peer, 'erlang', 'apply', [
      atom('erlang'),
      atom('hibernate'),
      [atom('a'), atom('b'), []],
    ]);
    killed.catch(() => undefined);
    const kill = `length([exit(P, kill) || P <- processes(), {current_function, {erlang, hibernate, 3}} =:= process_info(P, current_function), {dictionary, []} =:= process_info(P, dictionary)])`;
    await eventually('the process to be found', 30_000, async () => (await pair.erl.eval(kill)) !== '0');
    await assert.rejects(killed, (error) => error instanceof CallError && error.code === 'CALL_EXIT');
  });

  it('sends output to the group leader it is given, else drops it', async () => {
    await pair.node.rpc(peer, 'io', 'format', [[...Buffer.from('unseen~n')]]);
    assert.ok(!pair.erl.output.includes('unseen'));
    const user = await pair.node.rpc(peer, 'erlang', 'whereis', [atom('user')]);
    assert.ok(user instanceof Pid);
    await pair.node.rpc(peer, 'io', 'format', [[...Buffer.from('seen~n')]], { groupLeader: user });
    await pair.erl.waitFor(/seen/);
  });

  it('casts', async () => {
    pair.node.rpcCast(peer, 'application', 'set_env', [atom('kernel'), atom('convoy_cast'), 7]);
    await eventuallyEqual(() => pair.erl.eval('application:get_env(kernel, convoy_cast)'), '{ok,7}');
  });

  it('answers 200 calls at once', async () => {
    const numbers = Array.from({ length: 200 }, (_, i) => i);
    const results = await Promise.all(numbers.map((i) => pair.node.rpc(peer, 'erlang', 'abs', [i])));
    assert.deepEqual(results.map(Number), numbers);
  });

  it('fails the calls under way when the connection is lost', async () => {
    const call = pair.node.rpc(peer, 'timer', 'sleep', [10_000]);
    const lost = assert.rejects(call, (e) => e instanceof CallError && e.code === 'CALL_NODEDOWN');
    await pair.erl.eval(`erlang:disconnect_node('${us}')`);
    await lost;
    await pair.node.connect(peer);
  });
}

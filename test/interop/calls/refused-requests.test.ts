/** Requests of real Erlang nodes that a TypeScript node has no answer to: each ends at once, with a reason. */

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { atom, ErlangError, serveGenServer, type Term } from '@convoy/node';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { ErlangPair } from '../../support/erlang/erlang-pair.ts';
import { testedReleases } from '../../support/extent.ts';

for (const release of testedReleases()) {
  describe(`what is refused on OTP ${release}`, { skip: missingPeer(release) }, () => {
    const pair = new ErlangPair({ release, cookie: 'refused-interop' });
    before(async () => {
      pair.node.expose('odd', {
        returned: () => Symbol('s'),
        later: () => Promise.resolve(Symbol('s')),
        thrown: () => {
          throw new ErlangError('ERLANG_THROW', Symbol('s'));
        },
        unreadable: () => {
          throw Object.create(null);
        },
      });
      serveGenServer(pair.node, 'quiet', {});
      serveGenServer(pair.node, 'informed', { call: () => atom('ok'), info: () => undefined });
      await pair.node.connect(pair.peer);
    });
    describe('results that are not terms', () => testResults(pair));
    describe('requests without an answer', () => testRequests(pair));
    describe('tools', () => testTools(pair));
  });
}

/** A caller sees an exception of the function, not that its process was killed, and never waits. */
function testResults(pair: ErlangPair): void {
  const { us } = pair;
  const shown = 'try F() catch C:{exception, {convoy_error, Code, _}, _} -> {C, Code}; C:R -> {C, R} end';

  for (const name of ['returned', 'later', 'thrown']) {
    it(`${name} by erpc, rpc and block_call`, async () => {
      const erpc = `F = fun() -> erpc:call('${us}', odd, ${name}, []) end, ${shown}`;
      assert.equal(await pair.run(erpc), "{error,'ENCODE_UNSUPPORTED'}");
      for (const call of ['call', 'block_call']) {
        const seen = await pair.run(`rpc:${call}('${us}', odd, ${name}, [])`);
        assert.match(seen, /^\{badrpc,\{'EXIT',\{\{convoy_error,'ENCODE_UNSUPPORTED',/);
      }
    });
  }

  it('a value without a text by erpc', async () => {
    const erpc = `F = fun() -> erpc:call('${us}', odd, unreadable, []) end, ${shown}`;
    assert.equal(await pair.run(erpc), '{error,nil}');
  });

  it('in a process of its own', async () => {
    const seen = await pair.run(
      `{P, R} = spawn_monitor('${us}', odd, thrown, []), receive {'DOWN', R, process, P, {{convoy_error, Code, _}, []}} -> Code end`,
    );
    assert.equal(seen, "'ENCODE_UNSUPPORTED'");
  });

  it('a call through rex whose arguments are not a list', async () => {
    const seen = await pair.run(
      `{rex, '${us}'} ! {self(), {call, odd, returned, not_a_list, user}}, receive {rex, Answer} -> Answer end`,
    );
    assert.equal(seen, "{badrpc,{'EXIT',{badarg,[]}}}");
  });
}

/** All of these wait without a limit unless they are refused. */
function testRequests(pair: ErlangPair): void {
  const { us } = pair;
  const ends = async (expression: string): Promise<string> =>
    await pair.run(`try ${expression} of V -> {answered, V} catch C:R -> {C, R} end`);

  for (const server of [
    'quiet',
    'informed',
    'rex',
    'net_kernel',
    'user',
    'logger_proxy',
    'global_name_server',
  ]) {
    it(`an event manager's requests to ${server}`, async () => {
      const to = `{${server}, '${us}'}`;
      for (const call of [`gen_event:which_handlers(${to})`, `gen_event:sync_notify(${to}, e)`]) {
        assert.match(await ends(call), /^\{(exit|error),.*CALL_UNSUPPORTED/);
      }
    });
  }

  for (const server of ['quiet', 'user', 'logger_proxy']) {
    it(`calls of ${server}`, async () => {
      const to = `{${server}, '${us}'}`;
      assert.match(await ends(`gen_server:call(${to}, x, infinity)`), /^\{exit,.*CALL_UNSUPPORTED/);
      assert.equal(await ends(`gen_server:multi_call(['${us}'], ${server}, x)`), `{answered,{[],['${us}']}}`);
    });
  }

  it('output to a server that is not an I/O server', async () => {
    assert.match(
      await ends(`io:format(erpc:call('${us}', found, by_name, [quiet]), "hello", [])`),
      /^\{error,/,
    );
  });

  before(() => {
    pair.node.expose('found', { by_name: (name: Term) => pair.node.processes.whereis(String(name)) });
  });
}

/** Tools that start by calling a function there. */
function testTools(pair: ErlangPair): void {
  const { us } = pair;

  it('a Livebook that attaches is told what to do instead', async () => {
    const seen = await pair.run(
      `try erpc:call('${us}', 'Elixir.System', version, []) catch error:{exception, undef, [{_, _, _, Info}]} -> Info end`,
    );
    assert.match(seen, /^\[\{convoy,<<".*Livebook cannot attach.*standalone runtime/);
  });

  it('a fun is told to be a function instead', async () => {
    const seen = await pair.run(
      `{P, R} = spawn_monitor('${us}', fun() -> ok end), receive {'DOWN', R, process, P, {undef, [{_, _, _, Info}]}} -> Info end`,
    );
    assert.match(seen, /^\[\{convoy,<<".*cannot run funs/);
  });
}

/** Processes that a TypeScript node starts on Erlang nodes and on other TypeScript nodes. */

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { atom, CallError, ErlangError, inspect, type Node, type Pid, type Term } from '@convoy/node';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { ErlangPair } from '../../support/erlang/erlang-pair.ts';
import { eventuallyEqual } from '../../support/eventually.ts';
import { testedReleases } from '../../support/extent.ts';

/** Lets a process start another one, and resolves with the first message that follows. */
async function firstMessage(node: Node, start: (parent: Pid) => Promise<unknown>): Promise<string> {
  const heard = Promise.withResolvers<Term>();
  node.spawn(async (self) => {
    self.trapExit = true;
    try {
      await start(self.pid);
      heard.resolve(await self.receive());
    } catch (error) {
      heard.reject(error);
    }
  });
  return inspect(await heard.promise, { syntax: 'erlang' });
}

/** Starts processes until one is refused, and rejects as that one does. */
async function spawnToTheLimit(start: () => Promise<unknown>): Promise<void> {
  for (let started = 0; started < 2000; started += 1) await start();
}

for (const release of testedReleases()) {
  describe(`spawnOn with OTP ${release}`, { skip: missingPeer(release) }, () => {
    const pair = new ErlangPair({ release, cookie: 'spawn-on' });
    before(async () => {
      await pair.erl.eval('register(kept, spawn(fun F() -> receive stop -> ok; _ -> F() end end)).');
    });
    describe('links and monitors', () => testRelations(pair));
    describe('what goes wrong', () => testFailures(pair));
  });
}

function testRelations(pair: ErlangPair): void {
  const { peer } = pair;
  const exiting = [atom('why')];

  it('connects, starts it and gives its pid', async () => {
    const { pid, monitor, ended } = await pair.node.spawnOn(peer, 'timer', 'sleep', [atom('infinity')]);
    assert.deepEqual([pid.node, monitor, ended], [peer, undefined, undefined]);
    const seen = await pair.erl.eval(`erlang:is_process_alive(list_to_pid("<0.${pid.id}.${pid.serial}>")).`);
    assert.equal(seen, 'true');
    pair.node.processes.exit(pid, atom('kill'));
  });

  it('resolves with the reason when it ends', async () => {
    const exited = await pair.node.spawnOn(peer, 'erlang', 'exit', exiting, { monitor: true });
    assert.equal(await exited.ended, atom('why'));
    const done = await pair.node.spawnOn(peer, 'erlang', 'node', [], { monitor: true, link: true });
    assert.equal(await done.ended, atom('normal'));
    const undef = await pair.node.spawnOn(peer, 'nosuch', 'fn', [1], { monitor: true });
    assert.equal(inspect(await undef.ended, { syntax: 'erlang' }), '{undef,[{nosuch,fn,[1],[]}]}');
  });

  it('a parent gets the exit signal, and the DOWN message', async () => {
    let pid: Pid | undefined;
    const exit = await firstMessage(pair.node, async (parent) => {
      ({ pid } = await pair.node.spawnOn(peer, 'erlang', 'exit', exiting, { parent, link: true }));
    });
    assert.equal(exit, `{'EXIT',${inspect(pid, { syntax: 'erlang' })},why}`);
    let monitor: Term;
    const down = await firstMessage(pair.node, async (parent) => {
      ({ pid, monitor } = await pair.node.spawnOn(peer, 'erlang', 'exit', exiting, {
        parent,
        monitor: true,
      }));
    });
    const [ref, itsPid] = [monitor, pid].map((term) => inspect(term, { syntax: 'erlang' }));
    assert.equal(down, `{'DOWN',${ref},process,${itsPid},why}`);
  });

  it('ends with its parent, or with the connection', async () => {
    const ofParent = Promise.withResolvers<Pid>();
    const parent = pair.node.spawn(async (self) => {
      const args = [atom('infinity')];
      ofParent.resolve(
        (await pair.node.spawnOn(peer, 'timer', 'sleep', args, { parent: self.pid, link: true })).pid,
      );
      await self.receive();
    });
    const isAlive = ({ id, serial }: Pid): Promise<string> =>
      pair.erl.eval(`erlang:is_process_alive(list_to_pid("<0.${id}.${serial}>")).`);
    const pid = await ofParent.promise;
    assert.equal(await isAlive(pid), 'true');
    pair.node.processes.exit(parent, atom('stop'));
    await eventuallyEqual(() => isAlive(pid), 'false');
    const ofNode = await pair.node.spawnOn(peer, 'timer', 'sleep', [atom('infinity')], {
      link: true,
      monitor: true,
    });
    pair.node.disconnect(peer);
    assert.equal(await ofNode.ended, atom('noconnection'));
    await eventuallyEqual(() => isAlive(ofNode.pid), 'false');
  });

  it('a monitor can be ended, and the pid is linked, killed and called like any other', async () => {
    const reason = await firstMessage(pair.node, async (parent) => {
      const args = [atom('infinity')];
      const { pid } = await pair.node.spawnOn(peer, 'timer', 'sleep', args, {
        parent,
        link: true,
        monitor: true,
      });
      pair.node.processes.exit(pid, atom('kill'));
    });
    assert.match(reason, /^\{'(DOWN|EXIT)',.*,killed\}$/);
  });

  it('output goes to the group leader', async () => {
    const user = await pair.node.rpc(peer, 'erlang', 'whereis', [atom('user')]);
    await pair.node.spawnOn(peer, 'io', 'format', [[...Buffer.from('spawned says hello~n')]], {
      groupLeader: user as Pid,
    });
    await pair.erl.waitFor(/spawned says hello/);
  });
}

function testFailures(pair: ErlangPair): void {
  const { peer } = pair;
  const failure = async (start: Promise<unknown>): Promise<string> => {
    const error: unknown = await start.then(
      () => assert.fail('it started'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof CallError, String(error));
    return `${error.code} ${inspect(error.reason as Term, { syntax: 'erlang' })}`;
  };

  it('as many processes as the node may have', async () => {
    await using small = await pair.cluster.erlang(`small${pair.release}`, { args: ['+P', '1024'] });
    const start = (): Promise<unknown> => pair.node.spawnOn(small.name, 'timer', 'sleep', [atom('infinity')]);
    assert.equal(await failure(spawnToTheLimit(start)), 'CALL_SYSTEM_LIMIT system_limit');
  });

  it('a connection that is lost before the reply', async () => {
    await pair.node.connect(peer);
    const start = pair.node.spawnOn(peer, 'timer', 'sleep', [1], { monitor: true, link: true });
    pair.node.disconnect(peer);
    assert.equal(await failure(start), 'CALL_NODEDOWN noconnection');
  });

  it('a parent that has ended', async () => {
    const parent = pair.node.spawn(() => undefined);
    await eventuallyEqual(() => Promise.resolve(pair.node.processes.isAlive(parent)), false);
    assert.equal(
      await failure(pair.node.spawnOn(peer, 'erlang', 'node', [], { parent, link: true })),
      'CALL_NOPROC noproc',
    );
  });

  it('a signal that aborts, and a linked process that starts all the same', async () => {
    await pair.node.connect(peer);
    const counted = `length([1 || P <- processes(), {current_function, {timer, sleep, 1}} =:= process_info(P, current_function)])`;
    const abort = new AbortController();
    const start = pair.node.spawnOn(peer, 'timer', 'sleep', [600_000], { link: true, signal: abort.signal });
    // The request has been sent: from here on the process starts.
    await Promise.resolve();
    abort.abort(new Error('enough'));
    await assert.rejects(start, /enough/);
    await pair.node.rpc(peer, 'erlang', 'node', []);
    await eventuallyEqual(() => pair.erl.eval(`${counted}.`), '0');
  });

  it('arguments that are not terms', async () => {
    await assert.rejects(pair.node.spawnOn(peer, 'erlang', 'node', [Symbol('s') as unknown as Term]), {
      code: 'ENCODE_UNSUPPORTED',
    });
  });
}

describe('spawnOn with TypeScript nodes', { skip: missingPeer('25') }, () => {
  const pair = new ErlangPair({ release: '25', cookie: 'spawn-on-ts' });

  function expose(node: Node): void {
    node.expose('work', {
      exiting: (reason: Term) => {
        throw new ErlangError('ERLANG_EXIT', reason);
      },
      forever: () => new Promise(() => undefined),
    });
  }

  it('on another one and on itself alike', async () => {
    await using other = await pair.cluster.own('other');
    for (const node of [other, pair.node]) {
      expose(node);
      const exited = await pair.node.spawnOn(node.name, 'work', 'exiting', [atom('why')], { monitor: true });
      assert.deepEqual([exited.pid.node, await exited.ended], [node.name, atom('why')]);
      const undef = await pair.node.spawnOn(node.name, 'work', 'nosuch', [], { monitor: true });
      assert.equal(inspect(await undef.ended, { syntax: 'erlang' }), '{undef,[{work,nosuch,[],[]}]}');
      const linked = await firstMessage(pair.node, async (parent) => {
        const { pid } = await pair.node.spawnOn(node.name, 'work', 'forever', [], { parent, link: true });
        pair.node.processes.exit(pid, atom('kill'));
      });
      assert.match(linked, /^\{'EXIT',.*,killed\}$/);
    }
  });

  it('refused by a node that has no room', async () => {
    await using full = await pair.cluster.own('full', { limits: { maxProcesses: 40 } });
    expose(full);
    const start = (): Promise<unknown> => pair.node.spawnOn(full.name, 'work', 'forever', []);
    await assert.rejects(spawnToTheLimit(start), {
      code: 'CALL_SYSTEM_LIMIT',
      reason: atom('system_limit'),
    });
  });
});

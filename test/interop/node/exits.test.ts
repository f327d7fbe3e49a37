/** Links, monitors and exit signals between a TypeScript node and real Erlang nodes. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atom, Pid, Tuple, tuple } from '@convoy/node';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { ErlangPair } from '../../support/erlang/erlang-pair.ts';
import { eventually } from '../../support/eventually.ts';
import { testedReleases } from '../../support/extent.ts';
import { assertTerm, deadlineMs, downOf, exitOf, inProcess, next, spawnerOf } from './processes.ts';

const cookie = 'exits-interop';

for (const release of testedReleases()) {
  describe(`exits among OTP ${release}`, { skip: missingPeer(release) }, () => {
    const scene = new ErlangPair({ release, cookie });
    testExits(scene);
    testExitSignals(scene);
  });
}

/** Processes with links and monitors that end on either side. */
function testExits(scene: ErlangPair): void {
  const { us, peer, run } = scene;
  const spawnThere = spawnerOf(scene);

  test('an exit on the Erlang node reaches linked and monitoring processes on ours', async () => {
    await inProcess(scene.node, async (self) => {
      self.trapExit = true;
      const pid = await spawnThere(self, `receive stop -> exit({shutdown, 1}) end`);
      self.link(pid);
      const ref = self.monitor(pid);
      self.send(pid, atom('stop'));
      const reason = tuple(atom('shutdown'), 1);
      const messages = [await next(self), await next(self)];
      const [exit, down] =
        messages[0] instanceof Tuple && messages[0].length === 3 ? messages : messages.reverse();
      assertTerm(exit, exitOf(pid, reason));
      assertTerm(down, downOf(ref, pid, reason));
      const again = self.monitor(pid);
      assertTerm(await next(self), downOf(again, pid, atom('noproc')));
      self.link(pid);
      assertTerm(await next(self), exitOf(pid, atom('noproc')));
    });
  });

  test('an exit on our node reaches linked and monitoring processes on the Erlang node', async () => {
    const answer = run(`
      process_flag(trap_exit, true),
      true = register(loop_box, self()),
      receive {pid, Pid} ->
        link(Pid), Ref = monitor(process, Pid), Named = monitor(process, {leaver, '${us}'}),
        Pid ! leave,
        receive {'EXIT', Pid, R1} -> ok end,
        receive {'DOWN', Ref, process, Pid, R2} -> ok end,
        receive {'DOWN', Named, process, W, R3} -> ok end,
        Gone = monitor(process, Pid), receive {'DOWN', Gone, _, _, R4} -> ok end,
        link(Pid), receive {'EXIT', Pid, R5} -> ok end,
        unregister(loop_box), process_flag(trap_exit, false),
        {R1, R2, W, R3, R4, R5}
      after ${deadlineMs} -> unregister(loop_box), timeout end`);
    await inProcess(scene.node, async (self) => {
      scene.node.register('leaver', self.pid);
      // The name is registered when the evaluation has begun.
      await eventually('the evaluation to begin', deadlineMs, async () => {
        return (await scene.node.rpc(peer, 'erlang', 'whereis', [atom('loop_box')])) !== undefined;
      });
      self.send({ name: 'loop_box', node: peer }, tuple(atom('pid'), self.pid));
      await next(self);
      queueMicrotask(() => scene.node.processes.exit(self.pid, tuple(atom('bye'), 7)));
    });
    assert.equal(await answer, `{{bye,7},{bye,7},{leaver,'${us}'},{bye,7},noproc,noproc}`);
  });

  test('a thrown error becomes an exit reason on the Erlang node', async () => {
    const pid = scene.node.spawn(
      async (self) => {
        await self.receive();
        throw new TypeError('broken');
      },
      { name: 'fragile' },
    );
    const reason = await run(
      `R = monitor(process, {fragile, '${us}'}), {fragile, '${us}'} ! go, receive {'DOWN', R, _, _, X} -> X end`,
    );
    assert.equal(reason, '{{convoy_error,nil,<<"broken">>},[]}');
    assert.equal(scene.node.processes.isAlive(pid), false);
  });
}

/** Explicit exit signals. */
function testExitSignals(scene: ErlangPair): void {
  const { us, run } = scene;
  const spawnThere = spawnerOf(scene);

  test('exit signals both ways: normal is ignored, kill is not, a trapping process receives them', async () => {
    await inProcess(scene.node, async (self) => {
      self.trapExit = true;
      const pid = await spawnThere(self, `receive {From, go} -> exit(From, boo), exit(From, normal) end`);
      self.exitSignal(pid, atom('normal'));
      self.send(pid, tuple(self.pid, atom('go')));
      assertTerm(await next(self), exitOf(pid, atom('boo')));
      assertTerm(await next(self), exitOf(pid, atom('normal')));
      const other = await spawnThere(self, `process_flag(trap_exit, true), receive never -> ok end`);
      const ref = self.monitor(other);
      self.exitSignal(other, atom('kill'));
      assertTerm(await next(self), downOf(ref, other, atom('killed')));
    });
  });

  test('exit(Pid, kill) from the Erlang node ends a process that traps exits', async () => {
    const pid = scene.node.spawnServer(
      { onMessage: () => undefined, onExitSignal: () => undefined },
      { name: 'tough' },
    );
    scene.node.register(
      'victim_box',
      scene.node.spawnServer({
        onMessage: (self, from) => void (from instanceof Pid && self.send(from, pid)),
      }),
    );
    const killed = await run(`
      {victim_box, '${us}'} ! self(), receive Pid when is_pid(Pid) -> ok end,
      R = monitor(process, Pid), exit(Pid, normal), exit(Pid, kill),
      receive {'DOWN', R, _, _, X} -> X end`);
    assert.equal(killed, 'killed');
    scene.node.processes.unregister('victim_box');
  });

  test('after unlink neither side is notified of the other', async () => {
    await inProcess(scene.node, async (self) => {
      self.trapExit = true;
      const pid = await spawnThere(
        self,
        `process_flag(trap_exit, true), receive {From, unlink} -> unlink(From), From ! unlinked end,
         receive stop -> ok; {'EXIT', _, _} -> exit(heard) end`,
      );
      self.link(pid);
      self.send(pid, tuple(self.pid, atom('unlink')));
      assert.equal(await next(self), atom('unlinked'));
      self.link(pid);
      self.unlink(pid);
      self.link(pid);
      self.unlink(pid);
      const ref = self.monitor(pid);
      self.send(pid, atom('stop'));
      assertTerm(await next(self), downOf(ref, pid, atom('normal')));
    });
  });
}

/** Links, monitors, exits, and the forms in which messages come. */

import assert from 'node:assert/strict';
import { atom, equals, inspect, Pid, type Term, type Tuple, tuple } from '@convoy/node';
import { Flag, hasFlags } from '@convoy/node/connection';
import { type ConformanceRow, since } from './row.ts';
import { next, type Scene } from './scene.ts';

const exit = (pid: Pid, reason: Term): Term => tuple(atom('EXIT'), pid, reason);
const down = (ref: Term, what: Term, reason: Term): Term =>
  tuple(atom('DOWN'), ref, atom('process'), what, reason);

function assertTerm(actual: Term, expected: Term): void {
  assert.ok(equals(actual, expected), `${inspect(actual)} instead of ${inspect(expected)}`);
}

/** Links in both directions, each ended by an exit of the other side. */
async function link(scene: Scene): Promise<void> {
  const { run, us } = scene;
  await scene.inProcess(async (self) => {
    self.trapExit = true;
    const pid = await scene.spawnThere(self, 'receive stop -> exit(done) end');
    self.link(pid);
    self.send(pid, atom('stop'));
    assertTerm(await next(self), exit(pid, atom('done')));
  });
  const pid = scene.node.spawn(async (self) => {
    const from = await self.receive();
    if (from instanceof Pid) self.send(from, self.pid);
    await self.receive();
    self.exit(atom('done'));
  });
  scene.node.register('linked', pid);
  const reason =
    await run(`process_flag(trap_exit, true), {linked, '${us}'} ! self(), receive P when is_pid(P) -> link(P), P ! go,
    receive {'EXIT', P, R} -> process_flag(trap_exit, false), R end end`);
  assert.equal(reason, 'done');
}

/** After an unlink neither side hears of the other, however often it is linked again meanwhile. */
async function unlink(scene: Scene): Promise<void> {
  await scene.inProcess(async (self) => {
    self.trapExit = true;
    const pid = await scene.spawnThere(self, 'receive stop -> exit(done) end');
    for (let round = 0; round < 3; round += 1) {
      self.link(pid);
      self.unlink(pid);
    }
    const ref = self.monitor(pid);
    self.send(pid, atom('stop'));
    assertTerm(await next(self), down(ref, pid, atom('done')));
  });
}

async function monitorThem(scene: Scene): Promise<void> {
  await scene.inProcess(async (self) => {
    const pid = await scene.spawnThere(self, 'receive stop -> exit(done) end');
    const ref = self.monitor(pid);
    self.send(pid, atom('stop'));
    assertTerm(await next(self), down(ref, pid, atom('done')));
    const nobody = self.monitor({ name: 'nobody', node: scene.peer });
    const missing = tuple(atom('nobody'), atom(scene.peer));
    assertTerm(await next(self), down(nobody, missing, atom('noproc')));
  });
}

async function monitorUs({ node, run, us }: Scene): Promise<void> {
  const pid = node.spawn(async (self) => {
    await self.receive();
    self.exit(atom('done'));
  });
  node.register('watched', pid);
  const both = await run(`R = monitor(process, {watched, '${us}'}), {watched, '${us}'} ! go,
    N = receive {'DOWN', R, process, {watched, _}, X} -> X end,
    Q = monitor(process, {watched, '${us}'}), receive {'DOWN', Q, _, _, Y} -> {N, Y} end`);
  assert.equal(both, '{done,noproc}');
}

/** A reason of 200 kB, from either side. */
async function exitWithPayload(scene: Scene): Promise<void> {
  await scene.inProcess(async (self) => {
    self.trapExit = true;
    const pid = await scene.spawnThere(self, 'receive stop -> exit(binary:copy(<<7>>, 200000)) end');
    self.link(pid);
    self.send(pid, atom('stop'));
    const [, , reason] = ((await next(self)) as unknown as Tuple).elements;
    assert.ok(reason instanceof Uint8Array && reason.length === 200_000);
    const other = await scene.spawnThere(self, `receive never -> ok end`);
    const ref = self.monitor(other);
    self.exitSignal(other, new Uint8Array(200_000));
    assertTerm(await next(self), down(ref, other, new Uint8Array(200_000)));
  });
}

/** Whose message it is, as the connection says. */
async function sender({ node, run, us, peer }: Scene): Promise<void> {
  const pid = node.spawnServer({
    onMessage(self, message, from) {
      if (message instanceof Pid) self.send(message, tuple(from, atom(self.peer)));
    },
  });
  node.register('asked', pid);
  const answer = await run(`{asked, '${us}'} ! self(), receive {From, Node} -> {From =:= self(), Node} end`);
  assert.equal(answer, `{true,'${peer}'}`);
}

async function alias(scene: Scene): Promise<void> {
  await scene.inProcess(async (self) => {
    const ours = self.alias();
    const pid = await scene.spawnThere(
      self,
      'receive {To, Back} -> To ! through, Mine = alias(), Back ! Mine, receive X -> Back ! {got, X} end end',
    );
    self.send(pid, tuple(ours, self.pid));
    assert.equal(await next(self), atom('through'));
    const theirs = await next(self);
    self.send(theirs as Parameters<typeof self.send>[0], atom('back'));
    assertTerm(await next(self), tuple(atom('got'), atom('back')));
    self.unalias(ours);
  });
}

export const signalRows: readonly ConformanceRow[] = [
  { feature: 'links', answer: 'Yes', cases: [{ title: 'end both processes, from either side', run: link }] },
  {
    feature: '`UNLINK_ID` and its acknowledgement',
    answer: 'Yes',
    cases: [{ title: 'unlink, also again and again', run: unlink }],
  },
  {
    feature: 'monitors of ours on their processes',
    answer: 'Yes',
    cases: [{ title: 'tell the reason, also of a name that is not there', run: monitorThem }],
  },
  {
    feature: 'monitors of theirs on our processes',
    answer: 'Yes',
    cases: [{ title: 'tell the reason, also of a name that is not there', run: monitorUs }],
  },
  {
    feature: '`EXIT_PAYLOAD` (operations 24 to 28)',
    answer: 'Yes',
    cases: [{ title: 'carries a reason of 200 kB both ways', run: exitWithPayload }],
    suites: ['test/interop/node/exits.test.ts'],
  },
  { feature: '`SEND_SENDER` (22)', answer: 'Yes', cases: [{ title: 'names the sender', run: sender }] },
  {
    feature: '`ALIAS_SEND` (33)',
    answer: 'Yes',
    cases: [{ title: 'reaches aliases of both sides', appliesTo: since(25), run: alias }],
  },
  {
    feature: '`ALTACT_SIG_SEND` (37, OTP 28)',
    answer: 'Yes for aliases; priority messages are received as others',
    cases: [
      {
        title: 'is negotiated, and reaches aliases of both sides',
        appliesTo: since(29),
        run: async (scene) => {
          await scene.connect();
          assert.ok(hasFlags(scene.node.peer(scene.peer)?.flags ?? 0n, Flag.ALTACT_SIG));
          await alias(scene);
        },
      },
    ],
  },
  { feature: 'native records (OTP 29)', answer: 'Yes', suites: ['test/interop/node/etf.test.ts'] },
];

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atom, inspect, subscribeEvent, type Term } from '@convoy/node';
import { Flag } from '@convoy/node/connection';
import { visibleFlags } from '../../../src/distribution/flags.ts';
import { RawPeer } from '../raw-peer.ts';

test('acknowledges every unlink, answers noproc for what is not there', async () => {
  await using scene = await RawPeer.start();
  const { connection, node } = scene;
  const [from, to] = [scene.pid(1), scene.pid(4000, node.name)];
  connection.send({ kind: 'UNLINK_ID', id: 77, from, to });
  assert.equal(await scene.next(), 'UNLINK_ID_ACK 77');
  connection.send({ kind: 'LINK', from, to });
  assert.equal(await scene.next(), 'PAYLOAD_EXIT :noproc');
  connection.send({ kind: 'MONITOR_P', from, to, ref: scene.ref(1) });
  assert.equal(await scene.next(), 'PAYLOAD_MONITOR_P_EXIT :noproc');
  connection.send({ kind: 'MONITOR_P', from, to: 'nobody', ref: scene.ref(2) });
  assert.equal(await scene.next(), 'PAYLOAD_MONITOR_P_EXIT :noproc');
});

test('every form of a message and of an exit signal arrives', async () => {
  await using scene = await RawPeer.start();
  const { connection, node } = scene;
  const log: string[] = [];
  const to = node.spawnServer(
    {
      onMessage: (_self, message, from) =>
        void log.push(`${from === undefined ? 'no' : from.id} ${inspect(message)}`),
      onExitSignal: (_self, _from, reason) => void log.push(`exit ${inspect(reason)}`),
    },
    { name: 'here' },
  );
  const from = scene.pid(1);
  const token = undefined;
  connection.send({ kind: 'SEND', to }, 1);
  connection.send({ kind: 'SEND_TT', to, token }, 2);
  connection.send({ kind: 'SEND_SENDER', from, to }, 3);
  connection.send({ kind: 'SEND_SENDER_TT', from, to, token }, 4);
  connection.send({ kind: 'REG_SEND', from, to: 'here' }, 5);
  connection.send({ kind: 'REG_SEND_TT', from, to: 'here', token }, 6);
  connection.send({ kind: 'ALTACT_SIG_SEND', flags: 1, from, to, token }, 7);
  connection.send({ kind: 'ALTACT_SIG_SEND', flags: 9, from, to: 'here', token }, 8);
  connection.send({ kind: 'EXIT2', from, to, reason: atom('a') });
  connection.send({ kind: 'EXIT2_TT', from, to, token, reason: atom('b') });
  connection.send({ kind: 'PAYLOAD_EXIT2', from, to }, atom('c'));
  connection.send({ kind: 'PAYLOAD_EXIT2_TT', from, to, token }, atom('d'));
  connection.send({ kind: 'ALTACT_SIG_SEND', flags: 17, from, to, token }, atom('e'));
  for (const last of ['f', 'g', 'h']) {
    connection.send({ kind: 'LINK', from, to });
    if (last === 'f') connection.send({ kind: 'EXIT', from, to, reason: atom(last) });
    if (last === 'g') connection.send({ kind: 'EXIT_TT', from, to, token, reason: atom(last) });
    if (last === 'h') connection.send({ kind: 'PAYLOAD_EXIT_TT', from, to, token }, atom(last));
  }
  connection.send({ kind: 'PAYLOAD_EXIT', from, to }, atom('not linked any more'));
  connection.send({ kind: 'MONITOR_P', from, to: 'nobody', ref: scene.ref(1) });
  await scene.next();
  await new Promise<void>((resolve) => setImmediate(resolve));
  assert.deepEqual(log, [
    ...['no 1', 'no 2', '1 3', '1 4', '1 5', '1 6', '1 7', '1 8'],
    ...['exit :a', 'exit :b', 'exit :c', 'exit :d', 'exit :e', 'exit :f', 'exit :g', 'exit :h'],
  ]);
});

test('links and monitors in the name of a third node are dropped', async () => {
  await using scene = await RawPeer.start();
  const { connection, node } = scene;
  const to = node.spawnServer({ onMessage: () => undefined });
  const reasons: string[] = [];
  const stop = subscribeEvent('convoy:message.dropped', (event) => reasons.push(event.reason));
  const third = scene.pid(1, 'third@memory.test');
  connection.send({ kind: 'LINK', from: third, to });
  connection.send({ kind: 'MONITOR_P', from: third, to, ref: scene.ref(1) });
  connection.send({ kind: 'MONITOR_P', from: scene.pid(1), to: 'nobody', ref: scene.ref(2) });
  await scene.next();
  stop();
  assert.deepEqual(reasons, ['foreign-sender', 'foreign-sender']);
});

test('a peer without unlink ids gets the old form, and a later link from it counts', async () => {
  await using scene = await RawPeer.start(visibleFlags & ~Flag.UNLINK_ID);
  const { connection, node } = scene;
  const other = scene.pid(1);
  const unlinked = Promise.withResolvers<void>();
  const pid = node.spawn(async (self) => {
    self.link(other);
    self.unlink(other);
    unlinked.resolve();
    await self.receive();
  });
  await unlinked.promise;
  assert.match(await scene.next(), /^LINK/);
  assert.match(await scene.next(), /^UNLINK /);
  connection.send({ kind: 'LINK', from: other, to: pid });
  connection.send({ kind: 'PAYLOAD_EXIT', from: other, to: pid }, atom('boom'));
  connection.send({ kind: 'MONITOR_P', from: other, to: pid, ref: scene.ref(1) });
  assert.equal(await scene.next(), 'PAYLOAD_MONITOR_P_EXIT :noproc');
});

test('replaces an exit reason that is not a term', async () => {
  await using scene = await RawPeer.start();
  const { connection, node } = scene;
  const pid = node.spawnServer({ onMessage: (self) => self.exit((() => 1) as unknown as Term) });
  connection.send({ kind: 'MONITOR_P', from: scene.pid(1), to: pid, ref: scene.ref(1) });
  connection.send({ kind: 'SEND', to: pid }, 1);
  assert.match(await scene.next(), /^PAYLOAD_MONITOR_P_EXIT \{\{:convoy_error, :ENCODE_UNSUPPORTED/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atom, Pid, type Reference, type Term, tuple } from '../../../src/etf/index.ts';
import { settle, startProbe, Wires } from '../table-fixture.ts';

function down(ref: Reference, what: Term, reason: string): Term {
  return tuple(atom('DOWN'), ref, atom('process'), what, atom(reason));
}

test('the end of a monitored process is told once, by pid and by name', async () => {
  const wires = new Wires();
  const [a, b] = [startProbe(wires.table('a@h')), startProbe(wires.table('b@h'), { name: 'worker' })];
  const byPid = a.self.monitor(b.pid);
  const byName = a.self.monitor({ name: 'worker', node: 'b@h' });
  wires.flush();
  assert.throws(() => b.self.exit(atom('done')));
  wires.flush();
  await settle();
  const what = tuple(atom('worker'), atom('b@h'));
  assert.deepEqual(a.messages, [down(byPid, b.pid, 'done'), down(byName, what, 'done')]);
});

test('a monitor of what is not there fires with noproc at once', async () => {
  const wires = new Wires();
  const a = startProbe(wires.table('a@h'));
  const table = wires.table('b@h');
  const old = new Pid('b@h', 1, 0, table.creation + 1);
  const refs = [
    a.self.monitor({ name: 'nobody', node: 'b@h' }),
    a.self.monitor(old),
    a.self.monitor('nobody'),
  ];
  wires.flush();
  await settle();
  const whats = [tuple(atom('nobody'), atom('a@h')), tuple(atom('nobody'), atom('b@h')), old];
  assert.deepEqual(
    new Set(a.messages.map((message) => JSON.stringify(message))),
    new Set(
      [refs[2], refs[0], refs[1]].map((ref, i) => JSON.stringify(ref && down(ref, whats[i], 'noproc'))),
    ),
  );
});

test('demonitor with flush removes the message that has come already', async () => {
  const table = new Wires().table('a@h');
  const [a, b] = [startProbe(table), startProbe(table)];
  let received: Term;
  table.spawn(async (self) => {
    const ref = self.monitor(b.pid);
    b.self.exitSignal(b.pid, atom('gone'));
    self.demonitor(ref, { flush: true });
    self.send(self.pid, atom('next'));
    received = await self.receive();
  });
  await settle();
  assert.equal(received, atom('next'));
  assert.deepEqual(a.messages, []);
});

test('a monitor by name can be ended after the name has gone to another process', async () => {
  const wires = new Wires();
  const a = startProbe(wires.table('a@h'));
  const table = wires.table('b@h');
  const b = startProbe(table, { name: 'worker' });
  const ref = a.self.monitor({ name: 'worker', node: 'b@h' });
  wires.flush();
  table.unregister('worker');
  startProbe(table, { name: 'worker' });
  a.self.demonitor(ref);
  wires.flush();
  b.self.exitSignal(b.pid, atom('gone'));
  wires.flush();
  await settle();
  assert.deepEqual(a.messages, []);
});

test('a lost connection fires monitors with noconnection', async () => {
  const wires = new Wires();
  const table = wires.table('a@h');
  const a = startProbe(table);
  const b = startProbe(wires.table('b@h'));
  const ref = a.self.monitor(b.pid);
  table.signals.loseNode('b@h');
  await settle();
  assert.deepEqual(a.messages, [down(ref, b.pid, 'noconnection')]);
});

test('an alias made for one reply ends with it, and its monitor too', async () => {
  const wires = new Wires();
  const tables = [wires.table('a@h'), wires.table('b@h')] as const;
  const [a, b] = [startProbe(tables[0]), startProbe(tables[1])];
  const alias = a.self.monitor(b.pid, { alias: 'reply' });
  b.self.send(alias, atom('one'));
  b.self.send(alias, atom('two'));
  wires.flush();
  b.self.exitSignal(b.pid, atom('gone'));
  wires.flush();
  await settle();
  assert.deepEqual(a.messages, [atom('one')]);
  assert.equal(tables[1].size, 0);
});

test('an explicit alias works until unalias', async () => {
  const table = new Wires().table('a@h');
  const [a, b] = [startProbe(table), startProbe(table)];
  const alias = a.self.alias();
  b.self.send(alias, 1);
  a.self.unalias(alias);
  b.self.send(alias, 2);
  await settle();
  assert.deepEqual(a.messages, [1]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atom, Pid, tuple } from '../../../src/etf/index.ts';
import { LinkTable } from '../../../src/process/relations/links.ts';
import { settle, startProbe, Wires } from '../table-fixture.ts';

const other = new Pid('b@h', 1, 0, 5);

test('an unlinked pair stays known until the acknowledgement with the right id', () => {
  const links = new LinkTable();
  assert.equal(links.link(other), true);
  assert.equal(links.link(other), false);
  const id = links.unlink(other);
  assert.ok(id !== undefined && id > 0);
  assert.equal(links.unlink(other), undefined);
  assert.equal(links.endActive(other), undefined, 'an exit that crossed the unlink has no effect');
  assert.equal(links.acknowledge(other, id + 1), undefined);
  assert.equal(links.acknowledge(other, BigInt(id))?.wasActive, false);
  assert.equal(links.size, 0);
});

test('linking again makes an old acknowledgement harmless', () => {
  const links = new LinkTable();
  links.link(other);
  const id = links.unlink(other) ?? 0;
  assert.equal(links.link(other), true);
  assert.equal(links.acknowledge(other, id), undefined);
  assert.equal(links.endActive(other)?.wasActive, true);
});

test('an exit goes through the link to the other node', async () => {
  const wires = new Wires();
  const [a, b] = [startProbe(wires.table('a@h')), startProbe(wires.table('b@h'), { trapExit: true })];
  a.self.link(b.pid);
  wires.flush();
  assert.throws(() => a.self.exit(atom('boom')), /has exited/);
  wires.flush();
  await settle();
  assert.deepEqual(b.messages, [tuple(atom('EXIT'), a.pid, atom('boom'))]);
});

test('after unlink returns no exit of the other has an effect, even one under way', async () => {
  const wires = new Wires();
  const [a, b] = [startProbe(wires.table('a@h'), { trapExit: true }), startProbe(wires.table('b@h'))];
  a.self.link(b.pid);
  wires.flush();
  assert.throws(() => b.self.exit(atom('boom')));
  a.self.unlink(b.pid);
  wires.flush();
  await settle();
  assert.deepEqual(a.messages, []);
});

test('a link with a process that is not there gives noproc', async () => {
  const wires = new Wires();
  const a = startProbe(wires.table('a@h'), { trapExit: true });
  const table = wires.table('b@h');
  const gone = new Pid('b@h', 77, 0, table.creation);
  a.self.link(gone);
  wires.flush();
  await settle();
  assert.deepEqual(a.messages, [tuple(atom('EXIT'), gone, atom('noproc'))]);
});

test('a lost connection ends links with noconnection, once', async () => {
  const wires = new Wires();
  const table = wires.table('a@h');
  const a = startProbe(table, { trapExit: true });
  const b = startProbe(wires.table('b@h'));
  a.self.link(b.pid);
  wires.flush();
  table.signals.loseNode('b@h');
  table.signals.loseNode('b@h');
  await settle();
  assert.deepEqual(a.messages, [tuple(atom('EXIT'), b.pid, atom('noconnection'))]);
});

test('a chain of ten thousand linked processes exits without a deep stack', () => {
  const table = new Wires().table('a@h');
  const chain = Array.from({ length: 10_000 }, () => startProbe(table));
  chain.forEach((probe, index) => {
    const next = chain[index + 1];
    if (next !== undefined) probe.self.link(next.pid);
  });
  chain[0]?.self.exitSignal(chain[0].pid, atom('boom'));
  assert.equal(table.size, 0);
});

test('a node may not hold more links than the limit, and its count is given back', async () => {
  const wires = new Wires();
  const target = startProbe(wires.table('a@h', { maxRemoteWatches: 2 }));
  const b = wires.table('b@h');
  const probes = [1, 2, 3].map(() => startProbe(b, { trapExit: true }));
  for (const probe of probes) probe.self.link(target.pid);
  wires.flush();
  await settle();
  assert.deepEqual(
    probes.map((probe) => probe.messages),
    [[], [], [tuple(atom('EXIT'), target.pid, atom('noconnection'))]],
  );
  probes[0]?.self.unlink(target.pid);
  probes[2]?.self.link(target.pid);
  wires.flush();
  await settle();
  assert.equal(probes[2]?.messages.length, 1);
});

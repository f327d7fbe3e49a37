/** Process groups between nodes of ours, in memory, and what a peer of their scope may say. */

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  atom,
  inspect,
  type Node,
  type NodeOptions,
  Pid,
  subscribeEvent,
  type Term,
  tuple,
} from '@convoy/node';
import { type GroupChangeEvent, type ProcessGroups, startProcessGroups } from '@convoy/node/pg';
import { createMemoryCluster, ManualClock, type MemoryCluster } from '@convoy/node/testing';
import { attack } from '../../../../test/support/attack.ts';
import { eventuallyEqual } from '../../../../test/support/eventually.ts';
import { RawPeer } from '../node/raw-peer.ts';

const workers = atom('workers');

let cluster: MemoryCluster;
beforeEach(() => {
  cluster = createMemoryCluster();
});
afterEach(() => cluster.close());

async function start(
  name: string,
  options: Partial<NodeOptions> = {},
): Promise<{ node: Node; groups: ProcessGroups }> {
  const node = await cluster.start(name, options);
  return { node, groups: await startProcessGroups(node) };
}

function idle(node: Node): Pid {
  return node.spawn(async (self) => void (await self.receive()));
}

const erl = (term: Term): string => inspect(term, { syntax: 'erlang' });
const texts = (pids: readonly Pid[]): string[] => pids.map((pid) => erl(pid)).sort();

describe('process groups', () => {
  it('have the members of all nodes, those that joined before they met and after', async () => {
    const [a, b] = [await start('a'), await start('b')];
    const [early, late, other] = [idle(a.node), idle(a.node), idle(b.node)];
    a.groups.join(workers, early);
    await a.node.connect(b.node.name);
    await eventuallyEqual(() => texts(b.groups.members(workers)), texts([early]));
    a.groups.join(workers, [late, early]);
    b.groups.join('text', other);
    await eventuallyEqual(() => texts(b.groups.members(workers)), texts([early, early, late]));
    await eventuallyEqual(() => texts(a.groups.members('text')), texts([other]));
    assert.deepEqual(b.groups.localMembers(workers), []);
    assert.deepEqual(
      b.groups
        .groups()
        .map((name) => erl(name))
        .sort(),
      ['<<"text">>', 'workers'],
    );
    assert.deepEqual(a.groups.localGroups(), [workers]);
    assert.equal(a.groups.leave(workers, [early, early]), true);
    assert.equal(a.groups.leave(workers, early), false);
    await eventuallyEqual(() => texts(b.groups.members(workers)), texts([late]));
    a.node.processes.exit(late, atom('kill'));
    await eventuallyEqual(() => b.groups.groups().length, 1);
  });

  it('lose the members of a node that is gone, and have them again when it is back', async () => {
    const [a, b] = [await start('a'), await start('b')];
    a.groups.join(workers, idle(a.node));
    await a.node.connect(b.node.name);
    await eventuallyEqual(() => b.groups.members(workers).length, 1);
    b.node.disconnect(a.node.name);
    await eventuallyEqual(() => [b.groups.members(workers).length, b.groups.nodes().length], [0, 0]);
    a.groups.join(workers, idle(a.node));
    await eventuallyEqual(() => a.node.list(), []);
    await b.node.connect(a.node.name);
    await eventuallyEqual(() => b.groups.members(workers).length, 2);
  });

  it('meet again after a scope was closed and started again', async () => {
    const [a, b] = [await start('a'), await start('b')];
    await a.node.connect(b.node.name);
    a.groups.join(workers, idle(a.node));
    await eventuallyEqual(() => b.groups.members(workers).length, 1);
    a.groups.close();
    a.groups.close();
    assert.deepEqual([a.groups.members(workers), a.groups.groups(), a.groups.nodes()], [[], [], []]);
    assert.throws(() => a.groups.join(workers, idle(a.node)), { code: 'PG_CLOSED' });
    await eventuallyEqual(() => b.groups.nodes(), []);
    assert.deepEqual(b.groups.members(workers), []);
    const again = await startProcessGroups(a.node);
    again.join(workers, idle(a.node));
    await eventuallyEqual(() => b.groups.members(workers).length, 1);
  });

  it('of another scope are apart', async () => {
    const [a, b] = [await start('a'), await start('b')];
    const apart = await startProcessGroups(b.node, { scope: 'apart' });
    apart.join(workers, idle(b.node));
    await a.node.connect(b.node.name);
    await eventuallyEqual(() => a.groups.nodes(), [b.node.name]);
    assert.deepEqual(a.groups.members(workers), []);
    await assert.rejects(startProcessGroups(b.node, { scope: 'apart' }), { code: 'PROCESS_NAME_TAKEN' });
  });

  it('of a hidden node find scopes that start later', async () => {
    const clock = new ManualClock();
    const node = await cluster.start('hidden', { hidden: true });
    const groups = await startProcessGroups(node, { clock });
    const peer = await cluster.start('b');
    await node.connect(peer.name);
    const late = await startProcessGroups(peer);
    late.join(workers, idle(peer));
    await eventuallyEqual(() => {
      clock.advance(1000);
      return groups.members(workers).length;
    }, 1);
    groups.join(workers, idle(node));
    await eventuallyEqual(() => late.members(workers).length, 2);
  });
});

describe('changes of process groups', () => {
  it('are told to listeners, and to processes that monitor them', async () => {
    const [a, b] = [await start('a'), await start('b')];
    await a.node.connect(b.node.name);
    await eventuallyEqual(() => a.groups.nodes().length, 1);
    const heard: string[] = [];
    const stop = a.groups.onChange(({ action, group }: GroupChangeEvent) =>
      heard.push(`${action} ${erl(group)}`),
    );
    const [all, one]: [Term[], Term[]] = [[], []];
    const watcher = (log: Term[]): Pid =>
      a.node.spawnServer({ onMessage: (_self, message) => void log.push(message) });
    const monitor = a.groups.monitor(watcher(all));
    const { ref } = a.groups.monitor(watcher(one), workers);
    const [member, other] = [idle(b.node), idle(a.node)];
    b.groups.join(workers, member);
    await eventuallyEqual(() => all.length, 1);
    a.groups.join('other', other);
    a.groups.leave('other', other);
    await eventuallyEqual(() => all.length, 3);
    assert.equal(erl(one), erl([tuple(ref, atom('join'), workers, [member])]));
    assert.equal(erl(all[0]), erl(tuple(monitor.ref, atom('join'), workers, [member])));
    monitor.stop();
    stop();
    b.groups.leave(workers, member);
    await eventuallyEqual(() => erl(one.at(-1)), erl(tuple(ref, atom('leave'), workers, [member])));
    assert.equal(all.length, 3);
    assert.deepEqual(heard, ['join workers', 'join <<"other">>', 'leave <<"other">>']);
  });
});

describe('what cannot join', () => {
  it('is a process of another node, one that has ended, or one under a name that is too large', async () => {
    const [a, b] = [await start('a'), await start('b')];
    const ended = a.node.spawn(() => undefined);
    await eventuallyEqual(() => a.node.processes.isAlive(ended), false);
    assert.throws(() => a.groups.join(workers, idle(b.node)), { code: 'PG_FOREIGN_PID' });
    assert.throws(() => a.groups.join(workers, ended), { code: 'PROCESS_DEAD' });
    assert.throws(() => a.groups.join('x'.repeat(2000), idle(a.node)), { code: 'PG_BAD_GROUP' });
    assert.throws(() => a.groups.join(Symbol('no term') as unknown as Term, idle(a.node)), {
      code: 'ENCODE_UNSUPPORTED',
    });
    assert.deepEqual(a.groups.groups(), []);
    await assert.rejects(startProcessGroups(b.node, { scope: 'x', limits: { maxGroups: 0 } }), {
      code: 'PG_BAD_LIMIT',
    });
  });

  it('a name that is changed after it was given stays what it was', async () => {
    const { node, groups } = await start('a');
    const name = [1, 2];
    const pid = idle(node);
    groups.join(name, pid);
    name.push(3);
    assert.deepEqual(groups.groups(), [[1, 2]]);
    assert.equal(groups.leave([1, 2], pid), true);
  });
});

describe('a peer of a scope', () => {
  const us = new Pid('raw@memory.test', 5, 0, 9);

  async function meet(): Promise<{ raw: RawPeer; groups: ProcessGroups; say: (message: Term) => void }> {
    const raw = await RawPeer.start();
    const groups = await startProcessGroups(raw.node);
    const say = (payload: Term): void =>
      void raw.connection.send({ kind: 'REG_SEND', from: us, to: 'pg' }, payload);
    // The node was connected first, so its scope looks for ours.
    assert.match(await raw.next(), /^REG_SEND \{:discover,/);
    return { raw, groups, say };
  }

  it('is told the members by its discover, in either dialect, and then each change', async () => {
    for (const discover of [tuple(atom('discover'), us), tuple(atom('discover'), us, 1)]) {
      const { raw, groups, say } = await meet();
      await using _ = raw;
      const pid = idle(raw.node);
      groups.join(workers, pid);
      say(discover);
      assert.match(await raw.next(), /^MONITOR_P/);
      assert.match(await raw.next(), /^SEND_SENDER \{:"\$gen_cast", \{:sync, .*\[workers: \[/);
      assert.match(await raw.next(), /^SEND_SENDER \{:discover,/);
      groups.leave(workers, pid);
      assert.match(await raw.next(), /^SEND_SENDER \{:leave, .*\[:workers\]\}$/);
    }
  });

  attack('Forged senders', 'no message of a peer ends the scope of process groups', async () => {
    const { raw, groups, say } = await meet();
    await using _ = raw;
    const dropped: string[] = [];
    const stop = subscribeEvent('convoy:message.dropped', ({ reason }) => dropped.push(reason));
    const foreign = new Pid('third@memory.test', 1, 0, 1);
    for (const message of [
      atom('garbage'),
      tuple(atom('join'), us, workers, 1),
      tuple(atom('$gen_cast'), atom('garbage')),
      tuple(atom('$gen_call'), tuple(us, raw.ref(1)), atom('monitor')),
      tuple(atom('discover'), foreign),
      tuple(atom('leave'), us, us, [workers]),
    ])
      say(message);
    raw.connection.send({ kind: 'PAYLOAD_EXIT2', from: us, to: groups.pid }, atom('kill'));
    say(tuple(atom('$gen_cast'), tuple(atom('sync'), us, [tuple(workers, [us])])));
    await eventuallyEqual(() => texts(groups.members(workers)), texts([us]));
    stop();
    assert.deepEqual(dropped, ['malformed', 'malformed', 'malformed', 'malformed', 'foreign-sender']);
    assert.equal(raw.node.processes.isAlive(groups.pid), true);
  });
});

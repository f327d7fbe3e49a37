/** What a node can do to a shell that is open on another node of the same console: nothing. */

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type Node, type Process, subscribeEvent } from '@convoy/node';
import { atom, type Pid, type Term, tuple, type Tuple } from '@convoy/node/etf';
import { createMemoryCluster, type MemoryCluster } from '@convoy/node/testing';
import { GroupLeader } from '../src/group-leader.ts';
import { attack } from '../../../test/support/attack.ts';

const unicode = atom('unicode');
const enotsup = tuple(atom('error'), atom('enotsup'));

let cluster: MemoryCluster;
let console: Node;
let target: Node;
let intruder: Node;
let leader: GroupLeader;
let printed: string;
let prompts: number;
let exits: Pid[];
const calls: string[] = [];

beforeEach(async () => {
  cluster = createMemoryCluster();
  console = await cluster.start('console', { hidden: true, isolated: true });
  target = await cluster.start('target');
  intruder = await cluster.start('intruder');
  await console.connect(target.name);
  await console.connect(intruder.name);
  [printed, prompts, exits] = ['', 0, []];
  calls.length = 0;
  for (const node of [target, intruder]) {
    node.expose('os', { cmd: () => void calls.push(node.name) });
    node.expose('io_lib', { format: () => (calls.push(node.name), 'formatted') });
  }
  leader = new GroupLeader({
    node: console,
    target: target.name,
    callRemote: ({ module, function: fn, args }) => console.rpc(target.name, module, fn, args),
    geometry: () => ({ columns: 80, rows: 24 }),
    print: (text) => void (printed += text),
    onInput: () => void (prompts += 1),
    isReachable: () => true,
    onAnchorDown: () => undefined,
    onDied: () => undefined,
    onAttached: () => undefined,
    onFault: (error) => assert.fail(String(error)),
    onExit: (from) => void exits.push(from),
  });
});

afterEach(() => cluster.close());

/** Sends a request from a process of `node` and gives the reply; `from` is who it says it is from. */
function request(node: Node, body: Term, from?: Pid): Promise<Term> {
  return new Promise((resolve, reject) => {
    node.spawn(async (self: Process) => {
      self.send(leader.pid, tuple(atom('io_request'), from ?? self.pid, self.makeRef(), body));
      resolve(((await self.receive({ timeoutMs: 5000 })) as Tuple).at(2));
    });
    if (from !== undefined) reject(new Error('a forged request gets no reply'));
  });
}

/** Waits until everything that was sent before has been handled. */
async function settle(node: Node): Promise<void> {
  await request(node, atom('getopts'));
}

const command = tuple(atom('put_chars'), unicode, atom('os'), atom('cmd'), ['id']);

describe('a group leader, told something by a node that is not its shell’s', () => {
  for (const [name, body] of Object.entries({
    'print text': tuple(atom('put_chars'), unicode, 'fake'),
    'run a function for its output': command,
    'read a line': tuple(atom('get_line'), unicode, 'iex(1)> '),
    'parse a line by a function': tuple(atom('get_until'), unicode, 'iex(1)> ', atom('os'), atom('cmd'), []),
    'read a password': tuple(atom('get_password'), unicode),
    'change its options': tuple(atom('setopts'), [tuple(atom('echo'), false)]),
    'do several things': tuple(atom('requests'), [command]),
  })) {
    it(`is asked to ${name} and answers enotsup`, async () => {
      assert.deepEqual(await request(intruder, body), enotsup);
      assert.deepEqual([printed, prompts, calls], ['', 0, []]);
    });
  }

  attack(
    'Forged senders',
    'a request in the name of a process of another node runs nothing there and gets no answer',
    async () => {
      const victim = target.spawn(async (self) => {
        await self.receive();
        calls.push('the victim got a message');
      });
      await request(intruder, command, victim).catch(() => undefined);
      await settle(intruder);
      assert.deepEqual([printed, calls], ['', []]);
    },
  );

  attack('Forged senders', 'a request that names an unconnected node does not cause a dial', async () => {
    const dials: string[] = [];
    const stop = subscribeEvent('convoy:message.dropped', (event) => dials.push(event.reason));
    const stranger = await cluster.start('stranger');
    const pid = stranger.spawn(async (self) => void (await self.receive()));
    await request(intruder, atom('getopts'), pid).catch(() => undefined);
    await settle(intruder);
    stop();
    assert.deepEqual(console.list('known').sort(), [intruder.name, target.name]);
    assert.deepEqual(dials, ['foreign-receiver']);
  });

  attack(
    'Forged senders',
    'anchor messages from another node are not accepted as those of the shell’s anchor',
    async () => {
      const pid = intruder.pid;
      for (const message of [
        tuple(atom('convoy_io'), pid, 1, pid, tuple(atom('put_chars'), unicode, 'fake')),
        tuple(atom('convoy_exit'), pid, atom('normal')),
        tuple(atom('convoy_attached'), pid),
        tuple(atom('convoy_gone'), 1),
      ]) {
        intruder.send(leader.pid, message);
      }
      await settle(intruder);
      assert.deepEqual([printed, exits], ['', []]);
    },
  );

  attack(
    'Forged senders',
    'an exit signal, a link or a monitor of another node does not reach the leader of a shell',
    async () => {
      await settle(target);
      intruder.processes.exit(leader.pid, atom('kill'));
      const seen = await new Promise<Term>((resolve) => {
        intruder.spawn(async (self) => {
          self.monitor(leader.pid);
          resolve(((await self.receive()) as Tuple).at(4));
        });
      });
      assert.equal(seen, atom('noproc'));
      intruder.spawn((self) => self.link(leader.pid));
      assert.deepEqual(await request(intruder, atom('getopts')), enotsup);
      assert.ok(console.processes.isAlive(leader.pid));
      assert.deepEqual(exits, []);
    },
  );

  it('goes on serving its own node afterwards', async () => {
    await settle(intruder);
    assert.equal(await request(target, tuple(atom('put_chars'), unicode, 'mine')), atom('ok'));
    const shell = target.spawn(async (self) => void (await self.receive()));
    leader.link(shell);
    await settle(target);
    target.send(shell, atom('stop'));
    await settle(target);
    assert.equal(printed, 'mine');
    assert.deepEqual(exits, [shell]);
  });
});

describe('a group leader, told something by its shell’s node', () => {
  it('has functions run there, also for a process of a third node that an anchor passes on', async () => {
    const anchor = target.pid;
    const third = intruder.pid;
    const format = tuple(atom('put_chars'), unicode, atom('io_lib'), atom('format'), ['x']);
    target.send(leader.pid, tuple(atom('convoy_io'), anchor, 1, third, format));
    await settle(target);
    await settle(target);
    assert.equal(printed, 'formatted');
    assert.deepEqual(calls, [target.name]);
  });
});

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Node, Process } from '@convoy/node';
import { atom, type Pid, type Term, tuple } from '@convoy/node/etf';
import { createMemoryCluster, type MemoryCluster } from '@convoy/node/testing';
import { eventually } from '../../../test/support/eventually.ts';
import { GroupLeader } from '../src/group-leader.ts';
import type { InputView } from '../src/io/input-view.ts';

let cluster: MemoryCluster;
let ours: Node;
let theirs: Node;
let leader: GroupLeader;
let printed: string;
const asked: { input: InputView | undefined } = { input: undefined };
let wake: () => void;
let heldBack: Promise<void> | undefined;
const exits: [Pid, Term][] = [];

beforeEach(async () => {
  cluster = createMemoryCluster();
  ours = await cluster.start('ours', { hidden: true, isolated: true });
  theirs = await cluster.start('theirs');
  await ours.connect(theirs.name);
  printed = '';
  asked.input = undefined;
  heldBack = undefined;
  wake = () => undefined;
  leader = new GroupLeader({
    node: ours,
    target: theirs.name,
    callRemote: ({ module, function: fn, args }) => ours.rpc(theirs.name, module, fn, args),
    geometry: () => ({ columns: 100, rows: 30 }),
    print: (text) => {
      printed += text;
      return heldBack;
    },
    onInput: (view) => {
      asked.input = view;
      wake();
    },
    isReachable: () => true,
    onAnchorDown: () => undefined,
    onDied: () => undefined,
    onAttached: () => undefined,
    onFault: (error) => assert.fail(String(error)),
    onExit: (from, reason) => {
      exits.push([from, reason]);
      wake();
    },
  });
});

afterEach(() => cluster.close());

/** A process on the other node that asks once and gives the reply. */
function ask(request: Term): Promise<Term> {
  return new Promise((resolve) => {
    theirs.spawn(async (self) => {
      const ref = self.makeRef();
      self.send(leader.pid, tuple(atom('io_request'), self.pid, ref, request));
      const reply = await self.receive();
      assert.ok(reply instanceof Object && 'elements' in reply);
      resolve((reply as unknown as { elements: Term[] }).elements[2]);
    });
  });
}

async function waitForRequest(): Promise<InputView> {
  while (asked.input === undefined) await new Promise<void>((resolve) => (wake = resolve));
  return asked.input;
}

const unicode = atom('unicode');

describe('requests to a group leader', () => {
  it('answers everything, also what it does not know', async () => {
    assert.equal(await ask(tuple(atom('put_chars'), unicode, 'hé')), atom('ok'));
    assert.equal(printed, 'hé');
    assert.equal(await ask(tuple(atom('get_geometry'), atom('columns'))), 100);
    assert.equal(await ask(tuple(atom('setopts'), [tuple(atom('binary'), true)])), atom('ok'));
    assert.ok(Array.isArray(await ask(atom('getopts'))));
    assert.deepEqual(
      await ask(tuple(atom('setopts'), [tuple(atom('x'), 1)])),
      tuple(atom('error'), atom('enotsup')),
    );
    assert.deepEqual(await ask(atom('nonsense')), tuple(atom('error'), atom('request')));
    const bad = Buffer.from([255, 254]);
    assert.deepEqual(
      await ask(tuple(atom('put_chars'), unicode, bad)),
      tuple(atom('error'), tuple(atom('put_chars'), unicode, new Uint8Array(bad))),
    );
  });

  it('has the node format its own output, and keeps the order', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    theirs.expose('io_lib', {
      format: async (text: Term) => {
        await gate;
        return [text, 10];
      },
    });
    const formatted = ask(tuple(atom('put_chars'), unicode, atom('io_lib'), atom('format'), ['slow']));
    await ask(atom('getopts'));
    const plain = ask(tuple(atom('put_chars'), unicode, 'after'));
    await ask(atom('getopts'));
    assert.equal(printed, '');
    release();
    assert.equal(await formatted, atom('ok'));
    assert.equal(await plain, atom('ok'));
    assert.equal(printed, 'slow\nafter');
  });

  it('says which function failed to make output', async () => {
    const reply = await ask(tuple(atom('put_chars'), unicode, atom('missing'), atom('fun'), []));
    assert.deepEqual(reply, tuple(atom('error'), atom('fun')));
  });

  it('runs several requests until one fails, and answers with the last', async () => {
    const put = (text: string): Term => tuple(atom('put_chars'), unicode, text);
    assert.equal(await ask(tuple(atom('requests'), [put('a'), put('b')])), atom('ok'));
    const failed = await ask(tuple(atom('requests'), [put('c'), atom('nonsense'), put('d')]));
    assert.deepEqual(failed, tuple(atom('error'), atom('request')));
    assert.equal(printed, 'abc');
  });

  it('serves output while input is waited for', async () => {
    const line = ask(tuple(atom('get_line'), unicode, 'name? '));
    const { id, prompt } = await waitForRequest();
    assert.equal(prompt, 'name? ');
    assert.equal(await ask(tuple(atom('put_chars'), unicode, 'meanwhile')), atom('ok'));
    leader.inputs.supply(id, 'Ada\n');
    assert.deepEqual(
      await line,
      Array.from('Ada\n', (c) => c.codePointAt(0)),
    );
  });

  it('makes the writer wait as long as its output is not taken', async () => {
    let release: () => void = () => undefined;
    heldBack = new Promise((resolve) => (release = resolve));
    let isAnswered = false;
    const reply = ask(tuple(atom('put_chars'), unicode, 'x')).then(() => (isAnswered = true));
    await ask(atom('getopts'));
    assert.equal(isAnswered, false);
    release();
    await reply;
  });
});

describe('processes that a group leader serves, and their end', () => {
  it('forgets the question of a process that was killed', async () => {
    const asker = theirs.spawn(async (self: Process) => {
      self.send(
        leader.pid,
        tuple(atom('io_request'), self.pid, atom('r'), tuple(atom('get_line'), unicode, 'gone? ')),
      );
      await self.receive();
    });
    await waitForRequest();
    theirs.processes.exit(asker, atom('kill'));
    while (asked.input !== undefined) await new Promise<void>((resolve) => (wake = resolve));
  });

  it('hears of the end of what it is linked to', async () => {
    const shell = theirs.spawn(async (self) => void (await self.receive()));
    await ask(atom('getopts'));
    leader.link(shell);
    await ask(atom('getopts'));
    theirs.send(shell, atom('stop'));
    while (exits.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    assert.deepEqual(exits, [[shell, atom('normal')]]);
  });

  it('sends an interrupt on the way of the answers, behind them', async () => {
    const came: Term[] = [];
    const anchor = theirs.spawn(async (self) => {
      for (;;) came.push(await self.receive());
    });
    await ask(atom('getopts'));
    leader.useAnchor(anchor);
    const shell = theirs.spawn(async (self) => void (await self.receive()));
    theirs.send(leader.pid, tuple(atom('convoy_io'), anchor, 1, shell, atom('getopts')));
    await eventually('the answer', 30_000, () => came.length === 1);
    theirs.send(
      leader.pid,
      tuple(atom('convoy_io'), anchor, 2, shell, tuple(atom('get_line'), unicode, '> ')),
    );
    const { id } = await waitForRequest();
    leader.inputs.supply(id, 'line\n');
    leader.exitSignal(shell, 'interrupt');
    await eventually('both', 30_000, () => came.length === 3);
    assert.deepEqual(came.slice(1), [
      tuple(atom('convoy_reply'), 2, [...Buffer.from('line\n')]),
      tuple(atom('convoy_signal'), shell, atom('interrupt')),
    ]);
    assert.equal(theirs.processes.isAlive(shell), true);
  });

  it('answers what is open when it ends', async () => {
    const line = ask(tuple(atom('get_line'), unicode, 'name? '));
    await waitForRequest();
    leader.end();
    assert.equal(await line, atom('eof'));
    await eventually('the leader to end', 30_000, () => !ours.processes.isAlive(leader.pid));
  });
});

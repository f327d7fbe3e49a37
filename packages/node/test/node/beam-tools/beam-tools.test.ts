import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { atom, atomName, type Node, type Pid, serveGenServer, type Term, Tuple, tuple } from '@convoy/node';
import { createMemoryCluster, type MemoryCluster } from '@convoy/node/testing';

interface Pair extends AsyncDisposable {
  readonly viewer: Node;
  readonly seen: Node;
  ask(module: string, name: string, ...args: Term[]): Promise<Term>;
}

async function startPair(cluster: MemoryCluster = createMemoryCluster()): Promise<Pair> {
  const [viewer, seen] = [await cluster.start('viewer'), await cluster.start('seen')];
  await viewer.connect(seen.name);
  return {
    viewer,
    seen,
    ask: (module, name, ...args) => viewer.rpc(seen.name, module, name, args),
    [Symbol.asyncDispose]: () => cluster.close(),
  };
}

/** The value of `name` in a list of pairs. */
function valueOf(list: Term, name: string): Term {
  const found = (list as unknown as Tuple[]).find((pair) => atomName(pair.at(0)) === name);
  return found?.at(1);
}

describe('the module erlang', () => {
  test('tells of processes: their names, links, monitors and queues', async () => {
    await using pair = await startPair();
    const { seen, viewer } = pair;
    const pid = seen.spawn(async (self) => void (await self.receive({ match: () => false })), {
      name: 'waiter',
    });
    const watcher = viewer.spawn(async (self) => {
      self.link(pid);
      self.monitor(pid);
      self.send(pid, 'secret');
      await self.receive();
    });
    const items = ['registered_name', 'message_queue_len', 'messages', 'links', 'monitored_by', 'trap_exit'];
    await pair.ask('erlang', 'node');
    const info = await pair.ask(
      'erlang',
      'process_info',
      pid,
      items.map((item) => atom(item)),
    );
    assert.deepEqual(info, [
      tuple(atom('registered_name'), atom('waiter')),
      tuple(atom('message_queue_len'), 1),
      tuple(atom('messages'), [atom('not_shown')]),
      tuple(atom('links'), [watcher]),
      tuple(atom('monitored_by'), [watcher]),
      tuple(atom('trap_exit'), false),
    ]);
    const pids = (await pair.ask('erlang', 'processes')) as unknown as Pid[];
    assert.ok(pids.some((each) => each.id === pid.id && each.serial === pid.serial));
    assert.equal(((await pair.ask('erlang', 'whereis', atom('waiter'))) as unknown as Pid).id, pid.id);
    seen.processes.exit(pid, atom('kill'));
    assert.equal(await pair.ask('erlang', 'process_info', pid), undefined);
    assert.equal(await pair.ask('erlang', 'is_process_alive', pid), false);
  });

  test('refuses what it does not know, and pids of other nodes, by badarg', async () => {
    await using pair = await startPair();
    const badarg = { code: 'REMOTE_ERROR', reason: atom('badarg') };
    const own = pair.seen.pid;
    for (const item of ['otp_release', '__proto__', 'constructor', 'toString']) {
      await assert.rejects(pair.ask('erlang', 'system_info', atom(item)), badarg);
      await assert.rejects(pair.ask('erlang', 'statistics', atom(item)), badarg);
      await assert.rejects(pair.ask('erlang', 'memory', atom(item)), badarg);
      await assert.rejects(pair.ask('erlang', 'process_info', own, atom(item)), badarg);
    }
    await assert.rejects(pair.ask('erlang', 'process_info', pair.viewer.pid), badarg);
    await assert.rejects(pair.ask('erlang', 'process_info', 1), badarg);
    for (const [module, name] of [
      ['erlang', 'halt'],
      ['erlang', '__proto__'],
      ['__proto__', 'toString'],
      ['constructor', 'name'],
    ] as const) {
      await assert.rejects(pair.ask(module, name), { code: 'REMOTE_UNDEF' });
    }
  });

  test('counts memory so that it adds up, and bytes of connections that have ended too', async () => {
    await using pair = await startPair();
    const memory = await pair.ask('erlang', 'memory');
    assert.equal(
      valueOf(memory, 'total'),
      Number(valueOf(memory, 'processes')) + Number(valueOf(memory, 'system')),
    );
    const bytes = async (): Promise<number> => {
      const io = (await pair.ask('erlang', 'statistics', atom('io'))) as unknown as Tuple<[Tuple, Tuple]>;
      return Number(io.elements[0].at(1));
    };
    const before = await bytes();
    assert.ok(before > 0);
    pair.viewer.disconnect(pair.seen.name);
    await pair.viewer.connect(pair.seen.name);
    assert.ok((await bytes()) > before);
  });
});

describe('what a program exposes under the name of a tool', () => {
  test('comes first, and the rest of the module stays', async () => {
    await using pair = await startPair();
    const hide = pair.seen.expose('erlang', { memory: () => 'mine' });
    const mine = (await pair.ask('erlang', 'memory')) as Uint8Array;
    assert.equal(Buffer.from(mine).toString(), 'mine');
    assert.equal(atomName(await pair.ask('erlang', 'node')), pair.seen.name);
    hide();
    assert.ok(Array.isArray(await pair.ask('erlang', 'memory')));
  });
});

describe('the module observer_backend', () => {
  test('answers only to the node that asks', async () => {
    const cluster = createMemoryCluster();
    await using pair = await startPair(cluster);
    const other = await cluster.start('other');
    await other.connect(pair.seen.name);
    const heard: Term[] = [];
    const collector = other.spawnServer({ onMessage: (_self, message) => void heard.push(message) });
    await pair.ask('observer_backend', 'procs_info', collector);
    await pair.ask('observer_backend', 'etop_collect', collector);
    await other.rpc(pair.seen.name, 'erlang', 'node', []);
    assert.deepEqual(heard, []);
    await other.rpc(pair.seen.name, 'observer_backend', 'procs_info', [collector]);
    assert.equal(heard.length, 1);
  });

  test('stops sampling when the caller gives up', async () => {
    await using pair = await startPair();
    const first = Promise.withResolvers<void>();
    const heard: Term[] = [];
    const collector = pair.viewer.spawnServer({
      onMessage(_self, message) {
        heard.push(message);
        first.resolve();
      },
    });
    const countProcesses = async (): Promise<number> =>
      ((await pair.ask('erlang', 'processes')) as unknown as Pid[]).length;
    const before = await countProcesses();
    const abort = new AbortController();
    const options = { signal: abort.signal, timeoutMs: 60_000 };
    const call = pair.viewer.rpc(pair.seen.name, 'observer_backend', 'fetch_stats', [collector, 1], options);
    await first.promise;
    abort.abort(new Error('enough'));
    await assert.rejects(call, /enough/);
    assert.ok(heard[0] instanceof Tuple && heard[0].length === 5);
    // A question later its process has ended.
    await pair.ask('erlang', 'node');
    assert.equal(await countProcesses(), before);
  });
});

test('sys:get_state of a node asks its own gen servers, and no other process', async () => {
  await using pair = await startPair();
  const pid = serveGenServer(pair.seen, 'counter', { state: () => 7 });
  assert.equal(await pair.ask('sys', 'get_state', pid), 7);
  assert.equal(await pair.ask('sys', 'get_state', atom('counter'), 1000), 7);
  const kept: Term[] = [];
  const plain = pair.seen.spawnServer({ onMessage: (_self, message) => void kept.push(message) });
  await assert.rejects(pair.ask('sys', 'get_state', plain), { code: 'REMOTE_EXIT', message: /timeout/ });
  await assert.rejects(pair.ask('sys', 'get_state', atom('nobody')), {
    code: 'REMOTE_EXIT',
    message: /noproc/,
  });
  assert.deepEqual(kept, []);
});

test('an isolated node, and one that was told so, has none of them', async () => {
  await using cluster = createMemoryCluster();
  const viewer = await cluster.start('viewer');
  for (const [name, options] of [
    ['isolated', { isolated: true }],
    ['silent', { beamTools: false }],
  ] as const) {
    const node = await cluster.start(name, options);
    await viewer.connect(node.name);
    await assert.rejects(viewer.rpc(node.name, 'erlang', 'processes', []), { code: 'REMOTE_UNDEF' });
  }
});

import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import {
  atom,
  inspect,
  type Node,
  Pid,
  type Process,
  startNode,
  subscribeEvent,
  systemClock,
  type Term,
  type Tuple,
  tuple,
} from '@convoy/node';
import { createMemoryCluster } from '@convoy/node/testing';
import { EpmdClient, startEpmdServer } from '@convoy/node/epmd';
import { attack } from '../../../../test/support/attack.ts';

/** Resolves when a node says that another is up or down. */
function waitForNode(node: Node, what: 'up' | 'down', peer: string): Promise<string> {
  return new Promise((resolve) => {
    const stop =
      what === 'up'
        ? node.onNodeUp((name) => name === peer && (stop(), resolve('')))
        : node.onNodeDown((name, reason) => name === peer && (stop(), resolve(reason)));
  });
}

/** Runs a function in a process of the node and gives its result. */
function inProcess<Result>(node: Node, body: (self: Process) => Promise<Result> | Result): Promise<Result> {
  return new Promise((resolve, reject) => {
    node.spawn(async (self) => {
      await Promise.resolve(body(self)).then(resolve, reject);
    });
  });
}

/** The reason of the next message that a node drops. */
function nextDrop(node: string): Promise<string> {
  return new Promise((resolve) => {
    const stop = subscribeEvent('convoy:message.dropped', (event) => {
      if (event.node !== node) return;
      stop();
      resolve(event.reason);
    });
  });
}

test('connects, lists and disconnects, with reasons', async () => {
  await using cluster = createMemoryCluster();
  const [a, b] = [await cluster.start('a'), await cluster.start('b')];
  const bSeesA = waitForNode(b, 'up', a.name);
  await a.connect(b.name);
  await a.connect(b.name);
  await bSeesA;
  assert.deepEqual([a.list(), b.list(), a.list('connected')], [[b.name], [a.name], [b.name]]);
  assert.equal(a.peer(b.name)?.creation, b.creation);
  const [aDown, bDown] = [waitForNode(a, 'down', b.name), waitForNode(b, 'down', a.name)];
  assert.equal(a.disconnect(b.name), true);
  assert.equal(a.disconnect(b.name), false);
  assert.deepEqual([await aDown, await bDown], ['disconnect', 'CONNECTION_CLOSED']);
  assert.deepEqual([a.list('known'), b.list('known')], [[], []]);
});

test('a hidden node is connected but not visible', async () => {
  await using cluster = createMemoryCluster();
  const [a, h] = [await cluster.start('a'), await cluster.start('h', { hidden: true })];
  await h.connect(a.name);
  assert.deepEqual([a.list(), a.list('hidden'), h.list(), h.list('hidden')], [[], [h.name], [], [a.name]]);
});

test('sends by connecting first, in order, to pids, names and back', async () => {
  await using cluster = createMemoryCluster();
  const [a, b] = [await cluster.start('a'), await cluster.start('b')];
  const all = Promise.withResolvers<Term[]>();
  b.spawn(
    async (self) => {
      const got: Term[] = [];
      while (got.length < 1000) got.push(await self.receive());
      all.resolve(got);
    },
    { name: 'sink' },
  );
  for (let index = 0; index < 1000; index += 1) a.send({ name: 'sink', node: b.name }, index);
  assert.deepEqual(a.list('known'), [b.name]);
  assert.deepEqual(
    await all.promise,
    Array.from({ length: 1000 }, (_, index) => index),
  );
  b.spawnServer(
    { onMessage: (self, message, from) => from && self.send(from, tuple('echo', message)) },
    { name: 'echo' },
  );
  const answer = await inProcess(a, async (self) => {
    self.send({ name: 'echo', node: b.name }, 5);
    return self.receive();
  });
  assert.equal((answer as Tuple).at(1), 5);
});

test('when both dial at once there is one connection', async () => {
  await using cluster = createMemoryCluster();
  const [a, b] = [await cluster.start('a'), await cluster.start('b')];
  let ups = 0;
  a.onNodeUp(() => ups++);
  b.onNodeUp(() => ups++);
  await Promise.all([a.connect(b.name), b.connect(a.name)]);
  assert.deepEqual([a.list(), b.list(), ups], [[b.name], [a.name], 2]);
  await inProcess(a, (self) => {
    self.send({ name: 'nobody', node: b.name }, 1);
  });
  assert.deepEqual([a.list(), b.list(), ups], [[b.name], [a.name], 2]);
});

test('a wrong cookie, an unknown name and a name of the other style are told apart', async () => {
  await using cluster = createMemoryCluster();
  const a = await cluster.start('a');
  const b = await cluster.start('b', { cookie: 'another' });
  await assert.rejects(a.connect(b.name), { code: 'HANDSHAKE_COOKIE_MISMATCH' });
  await assert.rejects(a.connect('nobody@memory.test'), { code: 'CONNECTION_NAME_UNKNOWN' });
  await assert.rejects(a.connect('c@short'), { code: 'CONNECTION_NAME_FORM' });
  await assert.rejects(a.connect('nonsense'), { code: 'CONNECTION_NAME_FORM' });
  assert.deepEqual(a.list('known'), []);
});

test('uses a cookie of its own with one peer, in both directions', async () => {
  await using cluster = createMemoryCluster();
  const [a, b] = [await cluster.start('a'), await cluster.start('b', { cookie: 'other' })];
  a.setCookie(b.name, 'other');
  await a.connect(b.name);
  assert.equal(a.disconnect(b.name), true);
  await b.connect(a.name);
  a.disconnect(b.name);
  a.setCookie(b.name, undefined);
  await assert.rejects(a.connect(b.name), { code: 'HANDSHAKE_COOKIE_MISMATCH' });
  assert.throws(() => a.setCookie(b.name, ''), { code: 'NODE_BAD_COOKIE' });
});

test('only allowed nodes come in, and no more than the limit', async () => {
  await using cluster = createMemoryCluster();
  const a = await cluster.start('a', { allow: ['b@memory.test'], limits: { maxConnections: 1 } });
  const [b, c] = [await cluster.start('b'), await cluster.start('c')];
  await assert.rejects(c.connect(a.name), { code: 'HANDSHAKE_NOT_ALLOWED' });
  await b.connect(a.name);
  await assert.rejects(a.connect(c.name), { code: 'CONNECTION_LIMIT' });
});

test('connect ends when its signal aborts, and dials no more', async () => {
  await using cluster = createMemoryCluster();
  const resolver = {
    resolve: () => new Promise<undefined>(() => undefined),
    register: async () => ({ creation: undefined, close: async () => undefined }),
    names: async () => [],
  };
  const a = await cluster.start('a', { resolver });
  const abort = new AbortController();
  const connecting = a.connect('b@memory.test', { signal: abort.signal });
  assert.deepEqual(a.list('known'), ['b@memory.test']);
  abort.abort(new Error('enough'));
  await assert.rejects(connecting, /enough/);
  assert.deepEqual(a.list('known'), []);
  await assert.rejects(a.connect('b@memory.test', { timeoutMs: 20 }), { code: 'CONNECTION_TIMEOUT' });
});

test('links and monitors towards a node that cannot be reached give noconnection', async () => {
  await using cluster = createMemoryCluster();
  const a = await cluster.start('a');
  const b = await cluster.start('b');
  const pid = b.spawnServer({ onMessage: () => undefined });
  await b.close();
  const dropped = nextDrop(a.name);
  const messages = await inProcess(a, async (self) => {
    self.trapExit = true;
    self.link(pid);
    self.monitor({ name: 'x', node: b.name });
    self.send(pid, 1);
    return [await self.receive(), await self.receive()];
  });
  const tags = messages.map((message) => inspect((message as Tuple).at(0)));
  assert.deepEqual(tags.sort(), [':DOWN', ':EXIT']);
  assert.equal(await dropped, 'not-connected');
});

test('a node that closes takes its processes along and gives its name back', async () => {
  await using cluster = createMemoryCluster();
  const [a, b] = [await cluster.start('a'), await cluster.start('b')];
  const ended: Term[] = [];
  const pid = b.spawnServer({ onMessage: () => undefined, onTerminate: (reason) => ended.push(reason) });
  const down = inProcess(a, async (self) => {
    self.monitor(pid);
    return ((await self.receive()) as Tuple).at(4);
  });
  await waitForNode(b, 'up', a.name);
  await b.close();
  await b.close();
  await b.closed;
  assert.ok([atom('killed'), atom('noconnection')].includes((await down) as never));
  assert.deepEqual(ended, [atom('killed')]);
  assert.throws(() => b.spawn(() => undefined), { code: 'NODE_CLOSED' });
  await assert.rejects(b.connect(a.name), { code: 'NODE_CLOSED' });
  const again = await cluster.start('b');
  await a.connect(again.name);
  assert.notEqual(a.peer(again.name)?.creation, b.creation);
  a.send(pid, 'to the old incarnation');
  assert.equal(await nextDrop(again.name), 'no-receiver');
});

test('a signal closes a node, and one that is aborted starts none', async () => {
  const abort = new AbortController();
  await using cluster = createMemoryCluster();
  const a = await cluster.start('a', { signal: abort.signal });
  abort.abort();
  await a.closed;
  await assert.rejects(cluster.start('b', { signal: abort.signal }));
});

test('over TCP: our own EPMD, a name that is taken, a range of ports', async () => {
  await using epmd = await startEpmdServer({ port: 0 });
  const common = { cookie: 'c', epmdPort: epmd.port };
  await using a = await startNode({ name: 'a@127.0.0.1', ...common, epmd: 'system' });
  await using b = await startNode({ name: 'b@127.0.0.1', ...common });
  await a.connect(b.name);
  assert.deepEqual(
    epmd
      .names()
      .map(({ name }) => name)
      .sort(),
    ['a', 'b'],
  );
  await assert.rejects(startNode({ name: 'b@127.0.0.1', ...common }), {
    code: 'NODE_NAME_TAKEN',
    message: /registered as b /,
    remedy: /another name/,
  });
  await assert.rejects(startNode({ name: 'c@127.0.0.1', ...common, epmd: 'embedded' }), {
    code: 'EPMD_ADDRESS_IN_USE',
  });
  const taken = b.port ?? 0;
  const listen = { port: { min: taken, max: taken + 50 } };
  await using c = await startNode({ name: 'c@127.0.0.1', ...common, listen });
  assert.ok(c.port !== undefined && c.port > taken);
  await assert.rejects(startNode({ name: 'd@127.0.0.1', ...common, listen: { port: taken } }), {
    code: 'NODE_LISTEN_FAILED',
  });
});

test('nodes start an EPMD where none is, and another takes over when it ends', async () => {
  const free = await startEpmdServer({ port: 0 });
  await free.close();
  const common = { cookie: 'c', epmdPort: free.port };
  await assert.rejects(startNode({ name: 'x@127.0.0.1', ...common, epmd: 'system' }), {
    code: 'EPMD_UNREACHABLE',
  });
  const a = await startNode({ name: 'a@127.0.0.1', ...common });
  // Registering again takes two seconds; this clock makes them short.
  const clock = {
    ...systemClock,
    after: (ms: number, action: () => void) => systemClock.after(ms / 20, action),
  };
  await using b = await startNode({ name: 'b@127.0.0.1', ...common, clock });
  await using c = await startNode({ name: 'c@127.0.0.1', ...common, listen: false });
  await c.connect(b.name);
  const restored = new Promise<void>((resolve) => {
    const stop = subscribeEvent('convoy:registration', ({ node, state }) => {
      if (node === b.name && state === 'restored') resolve(stop());
    });
  });
  await a.close();
  await restored;
  c.disconnect(b.name);
  await c.connect(b.name);
});

test('of nodes that start at once where no EPMD is, one brings it for all', async () => {
  const free = await startEpmdServer({ port: 0 });
  await free.close();
  const names = ['a@127.0.0.1', 'b@127.0.0.1', 'c@127.0.0.1', 'd@127.0.0.1'];
  const nodes = await Promise.all(names.map((name) => startNode({ name, cookie: 'c', epmdPort: free.port })));
  const [first, ...others] = nodes;
  for (const other of others) await first?.connect(other.name);
  assert.deepEqual(first?.list().length, 3);
  await Promise.all(nodes.map((node) => node.close()));
});

test('a sender can wait until a peer takes more', async () => {
  await using cluster = createMemoryCluster();
  const [a, b] = [await cluster.start('a'), await cluster.start('b')];
  const all = Promise.withResolvers<void>();
  let count = 0;
  b.spawnServer({ onMessage: () => void (++count === 40 && all.resolve()) }, { name: 'sink' });
  await a.connect(b.name);
  await a.whenWritable('nobody@memory.test');
  const big = new Uint8Array(100_000);
  let waits = 0;
  for (let index = 0; index < 40; index += 1) {
    a.send({ name: 'sink', node: b.name }, big);
    const isOpen = await Promise.race([a.whenWritable(b.name).then(() => true), Promise.resolve(false)]);
    if (!isOpen) waits += 1;
    await a.whenWritable(b.name);
  }
  await all.promise;
  assert.ok(waits > 0);
});

test('a peer cannot end the processes that the node runs on', async () => {
  await using cluster = createMemoryCluster();
  const [a, b] = [await cluster.start('a'), await cluster.start('b')];
  for (const node of [a, b]) node.expose('m', { one: () => 1 });
  const ordinary = a.spawn(async (self) => void (await self.receive()));
  const names = a.processes.registered();
  await b.connect(a.name);
  for (let id = 1; id <= ordinary.id; id += 1)
    b.processes.exit(new Pid(a.name, id, 0, a.creation), atom('kill'));
  assert.equal(await b.rpc(a.name, 'm', 'one', []), 1);
  assert.equal(a.processes.isAlive(ordinary), false);
  assert.deepEqual(a.processes.registered(), names);
  assert.equal(await a.rpc(b.name, 'm', 'one', []), 1);
  const taken = a.spawn(async (self) => void (await self.receive()));
  assert.equal(await a.global.register(atom('ours'), taken), true);
  await a.call({ name: 'net_kernel', node: b.name }, tuple(atom('is_auth'), atom(a.name)));
});

test('a connection does not keep the async context of what happened to dial it', async () => {
  const cluster = createMemoryCluster();
  try {
    const context = new AsyncLocalStorage<string>();
    const ours = await cluster.start('ours');
    const theirs = await cluster.start('theirs');
    const seen = new Promise<string | undefined>((resolve) => {
      ours.register('listener', ours.spawnServer({ onMessage: () => resolve(context.getStore()) }));
    });
    await context.run('the first to send', () => ours.connect(theirs.name));
    theirs.send({ name: 'listener', node: ours.name }, atom('hello'));
    assert.equal(await seen, undefined);
  } finally {
    await cluster.close();
  }
});

attack(
  'EPMD',
  'an attacker fills the EPMD of a node: the node with a reserved name can still register',
  async () => {
    const probe = await startEpmdServer({ port: 0 });
    const epmdPort = probe.port;
    await probe.close();
    const common = { cookie: 'c', epmdPort };
    const limits = { maxEpmdNames: 3 };
    await using owner = await startNode({ name: 'owner@127.0.0.1', ...common, epmd: 'embedded', limits });
    const release = owner.reserveName('child');
    const client = new EpmdClient({ host: '127.0.0.1', port: epmdPort });
    const taken = await Promise.all(['x', 'y', 'z'].map((name) => client.register({ name, port: 1 })));
    await assert.rejects(client.register({ name: 'one-more', port: 1 }), { code: 'EPMD_NAME_TAKEN' });
    await using child = await startNode({ name: 'child@127.0.0.1', ...common, epmd: 'system' });
    await owner.connect(child.name);
    release();
    for (const one of taken) one.close();
  },
);

test('runs calls and processes as the program that started the node wants', async () => {
  const cluster = createMemoryCluster();
  try {
    const worked: string[] = [];
    const runWork = <Result>(what: string, work: () => Result): Result => {
      worked.push(what);
      return work();
    };
    const ours = await cluster.start('ours', { runWork });
    const theirs = await cluster.start('theirs');
    ours.expose('app', { add: (a: number, b: number) => a + b });
    assert.equal(await theirs.rpc(ours.name, 'app', 'add', [1, 2]), 3);
    const ended = new Promise<void>((resolve) => {
      ours.spawn(() => resolve(), { name: 'once' });
    });
    await ended;
    const got = new Promise<Term>((resolve) => {
      const server = { onMessage: (_self: Process, message: Term) => resolve(message) };
      ours.spawnServer(server, { name: 'server' });
    });
    theirs.send({ name: 'server', node: ours.name }, atom('hello'));
    assert.equal(await got, atom('hello'));
    assert.deepEqual(worked, ['call of app:add', 'process once', 'process server']);
  } finally {
    await cluster.close();
  }
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createMemoryNetwork } from '../../../src/net/transports/memory.ts';
import { Flag } from '../../../src/distribution/flags.ts';
import { createStaticResolver } from '../../../src/net/resolvers/static-resolver.ts';
import { CallError, ErlangError, RemoteError } from '../../../src/errors.ts';
import { type Atom, atom, Pid, tuple, type Tuple, type Term } from '../../../src/etf/index.ts';
import { subscribeEvent } from '../../../src/events.ts';
import type { CallContext } from '../../../src/node/calls/exposed-functions.ts';
import type { NodeCore } from '../../../src/node/runtime/node-core.ts';
import { resolveOptions } from '../../../src/node/options/node-options.ts';
import { NodeRuntime } from '../../../src/node/runtime/node-runtime.ts';
import type { Node } from '../../../src/node/start-node.ts';
import { startSystemProcesses, type SystemProcesses } from '../../../src/node/system-processes.ts';
import { createMemoryCluster, type MemoryCluster } from '../../../src/testing.ts';

let cluster: MemoryCluster;
let a: Node;
let b: Node;
let entered = Promise.withResolvers<CallContext>();

before(async () => {
  cluster = createMemoryCluster();
  a = await cluster.start('a');
  b = await cluster.start('b', { limits: { maxServedCalls: 3 } });
  b.expose('m', {
    add: (x: number, y: number) => x + y,
    fail: () => {
      throw new ErlangError('ERLANG_EXIT', atom('bye'));
    },
    relay: (peer: Atom) => b.rpc(peer.name, 'nosuch', 'fn', []),
  });
  b.exposeWithContext('m', {
    wait: (context) => {
      entered.resolve(context);
      return new Promise((_, reject) => context.signal.addEventListener('abort', reject));
    },
    leader: ({ groupLeader }) => groupLeader,
  });
});

after(() => cluster.close());

async function rejection(promise: Promise<unknown>): Promise<CallError | RemoteError> {
  const error: unknown = await promise.then(
    () => assert.fail('it succeeded'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof CallError || error instanceof RemoteError, String(error));
  return error;
}

describe('calls between TypeScript nodes', () => {
  it('connect by themselves and give the value', async () => {
    assert.equal(await a.rpc(b.name, 'm', 'add', [1, 2]), 3);
    assert.deepEqual(a.list(), [b.name]);
  });

  it('fail with what the function threw', async () => {
    const error = await rejection(a.rpc(b.name, 'm', 'fail', []));
    assert.deepEqual([error.code, error.reason], ['REMOTE_EXIT', atom('bye')]);
  });

  it('pass on the exception of a further call', async () => {
    const error = await rejection(a.rpc(b.name, 'm', 'relay', [atom(a.name)]));
    assert.equal(error.code, 'REMOTE_UNDEF');
    assert.match(error.message, /m:relay\/1 on b@memory.test called an undefined function, nosuch:fn\/0/);
  });

  it('to the node itself need no connection', async () => {
    assert.equal(await b.rpc(b.name, 'm', 'add', [2, 2]), 4);
    assert.equal((await rejection(b.rpc(b.name, 'm', 'nothing', []))).code, 'REMOTE_UNDEF');
  });

  it('tell the function when the caller gives up', async () => {
    entered = Promise.withResolvers();
    const giveUp = new AbortController();
    const call = a.rpc(b.name, 'm', 'wait', [], { signal: giveUp.signal });
    const { signal, caller } = await entered.promise;
    assert.equal(caller.node, a.name);
    const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
    giveUp.abort(new Error('enough'));
    await assert.rejects(call, /enough/);
    await aborted;
  });

  it('tell the function when the time is over before the reply that it runs', async () => {
    entered = Promise.withResolvers();
    const call = a.rpc(b.name, 'm', 'wait', [], { timeoutMs: 0 });
    assert.equal((await rejection(call)).code, 'CALL_TIMEOUT');
    const { signal } = await entered.promise;
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  });

  it('are limited in number, for each peer', async () => {
    const eager = await cluster.start('eager');
    for (let i = 0; i < 3; i += 1) eager.rpc(b.name, 'm', 'wait', []).catch(() => undefined);
    const error = await rejection(eager.rpc(b.name, 'm', 'add', [1, 2]));
    assert.equal(error.reason, atom('system_limit'));
    assert.equal(await a.rpc(b.name, 'm', 'add', [1, 2]), 3);
  });

  it('name a group leader of this node unless another is given', async () => {
    const leader = await a.rpc(b.name, 'm', 'leader', []);
    assert.ok(leader instanceof Pid && leader.node === a.name);
    const other = a.spawn(async (self) => void (await self.receive()));
    assert.deepEqual(await a.rpc(b.name, 'm', 'leader', [], { groupLeader: other }), other);
  });

  it('fail when an argument is not a term, and leave nothing behind', async () => {
    await assert.rejects(a.rpc(b.name, 'm', 'add', [new Date() as never]), { code: 'ENCODE_UNSUPPORTED' });
    assert.equal(await a.rpc(b.name, 'm', 'add', [1, 1]), 2);
  });

  it('fail when the node is closed meanwhile', async () => {
    const c = await cluster.start('c');
    entered = Promise.withResolvers();
    const failed = rejection(c.rpc(b.name, 'm', 'wait', []));
    await entered.promise;
    await c.close();
    assert.equal((await failed).code, 'CALL_NODEDOWN');
  });

  it('that are cast report what went wrong as events only', async () => {
    const dropped = Promise.withResolvers<string | undefined>();
    const stop = subscribeEvent('convoy:message.dropped', ({ peer }) => dropped.resolve(peer));
    a.rpcCast('nobody@memory.test', 'm', 'add', [1, 2]);
    assert.equal(await dropped.promise, 'nobody@memory.test');
    stop();
  });
});

describe('processes that every node has', () => {
  const ask = (to: string, message: (self: Pid) => Term): Promise<Term> =>
    new Promise((resolve) => {
      a.spawn(async (self) => {
        self.send({ name: to, node: b.name }, message(self.pid));
        resolve(await self.receive({ timeoutMs: 2000 }).catch(() => 'nothing'));
      });
    });

  it('answer the question whether they know a node', async () => {
    const answer = await a.call({ name: 'net_kernel', node: b.name }, tuple(atom('is_auth'), atom(a.name)));
    assert.equal(answer, atom('yes'));
  });

  it('refuse to start processes the old way', async () => {
    const request = tuple(atom('spawn'), atom('os'), atom('cmd'), ['id'], a.pid);
    assert.deepEqual(
      await a.call({ name: 'net_kernel', node: b.name }, request),
      tuple(atom('error'), atom('notsup')),
    );
  });

  it('say that erpc is spoken', async () => {
    const answer = await ask('rex', (self) => tuple(self, atom('features_request')));
    assert.deepEqual(answer, tuple(atom('features_reply'), atom(b.name), [atom('erpc')]));
  });

  it('run old-style calls', async () => {
    const call = (self: Pid): Term =>
      tuple(self, tuple(atom('call'), atom('m'), atom('add'), [1, 2], atom('user')));
    assert.deepEqual(await ask('rex', call), tuple(atom('rex'), 3));
  });

  it('pass a message on to a name, or say that there is none', async () => {
    const inbox = Promise.withResolvers<Term>();
    b.spawnServer({ onMessage: (_self, message) => inbox.resolve(message) }, { name: 'inbox' });
    const send = (name: string) => (self: Pid) => tuple(self, tuple(atom('sbcast'), atom(name), 5));
    assert.deepEqual(await ask('rex', send('inbox')), tuple(atom('rex'), atom(b.name), atom(b.name)));
    assert.equal(await inbox.promise, 5);
    const missing = await ask('rex', send('nobody'));
    assert.deepEqual((missing as Tuple).at(2), tuple(atom('nonexisting_name'), atom('nobody')));
  });

  it('answer I/O requests without showing anything', async () => {
    const put = (self: Pid): Term =>
      tuple(atom('io_request'), self, 1, tuple(atom('put_chars'), atom('unicode'), 'x'));
    assert.deepEqual(await ask('user', put), tuple(atom('io_reply'), 1, atom('ok')));
  });
});

describe('calls of a peer without spawn requests', () => {
  let runtimes: NodeRuntime[];
  let old: SystemProcesses;
  const peer = 'new@memory.test';

  before(async () => {
    const network = createMemoryNetwork();
    const addresses = new Map<string, { host: string; port: number }>();
    runtimes = ['new', 'old'].map((name) => {
      const transport = network.transport();
      const settings = resolveOptions({ name: `${name}@memory.test`, cookie: 'c', transport });
      return new NodeRuntime(settings, createStaticResolver(addresses));
    });
    const [modern, plain] = runtimes;
    assert.ok(modern !== undefined && plain !== undefined);
    const { openListener } = await import('../../../src/node/open-listener.ts');
    const listener = await openListener(modern.connections, undefined, 0);
    addresses.set(peer, { host: 'memory', port: listener.port });
    startSystemProcesses(modern, { beamTools: false }).functions.expose('m', {
      add: (x: number, y: number) => x + y,
      fail: () => {
        throw new Error('no');
      },
    });
    old = startSystemProcesses(withoutSpawn(plain), { beamTools: false });
  });

  after(() => {
    for (const runtime of runtimes) runtime.close();
  });

  function connectionsWithoutSpawn({ connections }: NodeRuntime): NodeCore['connections'] {
    return {
      connect: (peer, options) => connections.connect(peer, options),
      disconnect: (peer) => connections.disconnect(peer),
      find: (peer) => connections.find(peer),
      list: (kind) => connections.list(kind),
      traffic: connections.traffic,
      whenWritable: (peer) => connections.whenWritable(peer),
      peer: (name) => {
        const info = connections.peer(name);
        return info === undefined ? undefined : { ...info, flags: info.flags & ~Flag.SPAWN };
      },
    };
  }

  /** The node as it is with a peer that has not negotiated SPAWN. */
  function withoutSpawn(runtime: NodeRuntime): NodeCore {
    return new Proxy<NodeCore>(runtime, {
      get(target, key) {
        if (key === 'connections') return connectionsWithoutSpawn(runtime);
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  it('go through rex', async () => {
    assert.equal(await old.rpc.call(peer, { module: 'm', function: 'add', args: [1, 2] }), 3);
  });

  it('fail as other calls do', async () => {
    const failed = await rejection(old.rpc.call(peer, { module: 'm', function: 'fail', args: [] }));
    assert.deepEqual(failed.reason, tuple(atom('convoy_error'), null, new TextEncoder().encode('no')));
    const missing = await rejection(old.rpc.call(peer, { module: 'm', function: 'nothing', args: [] }));
    assert.equal(missing.code, 'REMOTE_UNDEF');
  });
});

it('a call that cannot be watched fails at once', async () => {
  await using full = createMemoryCluster();
  const near = await full.start('near');
  const far = await full.start('far', { limits: { maxRemoteWatches: 0 } });
  far.expose('m', { one: () => 1 });
  const error = await rejection(near.rpc(far.name, 'm', 'one', []));
  assert.equal(error.code, 'CALL_EXIT');
  assert.match(error.message, /system_limit/);
});

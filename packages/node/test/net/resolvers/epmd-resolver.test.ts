import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import { mock, test } from 'node:test';
import { testResolver } from '../../../../../test/conformance/resolver.ts';
import { EpmdClient, startEpmdServer } from '../../../src/epmd/index.ts';
import { type NodeEvents, subscribeEvent } from '../../../src/events.ts';
import { createEpmdResolver } from '../../../src/net/resolvers/epmd-resolver.ts';
import { createTcpTransport } from '../../../src/net/transports/tcp.ts';
import { ManualClock } from '../manual-clock.ts';

testResolver(
  async () => {
    const server = await startEpmdServer({ host: '127.0.0.1', port: 0 });
    const known = { name: 'app', host: '127.0.0.1', port: 9100 };
    const held = await new EpmdClient({ port: server.port }).register({ name: known.name, port: known.port });
    return {
      resolver: createEpmdResolver({ port: server.port }),
      known,
      async [Symbol.asyncDispose]() {
        held.close();
        await server[Symbol.asyncDispose]();
      },
    };
  },
  { title: 'epmd, with our daemon', publishes: true },
);

test('a name is registered again after its daemon died, and keeps its creation', async () => {
  const clock = new ManualClock();
  const first = await startEpmdServer({ host: '127.0.0.1', port: 0 });
  const { port } = first;
  const resolver = createEpmdResolver({ port, clock });
  const registration = await resolver.register({ name: 'lasting', host: 'h', port: 9200, hidden: false }, {});
  const { creation } = registration;
  const events = collectStates('lasting@h');
  await first[Symbol.asyncDispose]();
  await events.next('lost');
  clock.advance(2000);
  await events.next('failed');
  await using second = await startEpmdServer({ host: '127.0.0.1', port });
  clock.advance(2000);
  await events.next('restored');
  events.stop();
  assert.deepEqual(second.names(), [{ name: 'lasting', port: 9200 }]);
  assert.equal(registration.creation, creation);
  await registration.close();
  assert.equal(await resolver.resolve('lasting@127.0.0.1', {}), undefined);
  assert.equal(clock.pending, 0);
});

test('asks over any stream, which gets the host as it is in the name', async () => {
  await using server = await startEpmdServer({ host: '127.0.0.1', port: 0 });
  const asked: string[] = [];
  const transport = createTcpTransport();
  const resolver = createEpmdResolver({
    port: 4369,
    transport,
    async openStream({ host, port }) {
      asked.push(`${host}:${port}`);
      const socket = connect({ host: '127.0.0.1', port: server.port });
      await once(socket, 'connect');
      return socket;
    },
  });
  const request = { name: 'far', host: 'only-there.invalid', port: 9201, hidden: false };
  const registration = await resolver.register(request, {});
  assert.deepEqual(await resolver.resolve('far@only-there.invalid', {}), {
    host: 'only-there.invalid',
    port: 9201,
    version: 6,
    transport,
  });
  assert.deepEqual(await resolver.names('only-there.invalid', {}), [{ name: 'far', port: 9201 }]);
  await registration.close();
  const there = 'only-there.invalid:4369';
  assert.deepEqual(asked, ['127.0.0.1:4369', there, there]);
});

test('a daemon that is busy has the time that the dial gives', async () => {
  const asked = Promise.withResolvers<Duplex>();
  const openStream = (): Promise<Duplex> => {
    const [near, far] = duplexPair();
    far.once('data', () => asked.resolve(far));
    return Promise.resolve(near);
  };
  const resolver = createEpmdResolver({ openStream });
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const found = resolver.resolve('late@there.invalid', { timeoutMs: 40_000 });
    const far = await asked.promise;
    mock.timers.tick(39_000);
    // PORT2_RESP with the result 1: the name is not registered.
    far.end(Buffer.from([119, 1]));
    assert.equal(await found, undefined);
  } finally {
    mock.timers.reset();
  }
});

test('a registration that is optional is made once there is a daemon', async () => {
  const clock = new ManualClock();
  const first = await startEpmdServer({ host: '127.0.0.1', port: 0 });
  const { port } = first;
  await first[Symbol.asyncDispose]();
  const resolver = createEpmdResolver({ port, clock, registration: 'optional' });
  const events = collectStates('late@h');
  const request = { name: 'late', host: 'h', port: 9202, hidden: false };
  const registration = await resolver.register(request, {});
  assert.equal(registration.creation, undefined);
  await events.next('failed');
  await using second = await startEpmdServer({ host: '127.0.0.1', port });
  clock.advance(2000);
  await events.next('restored');
  events.stop();
  assert.deepEqual(second.names(), [{ name: 'late', port: 9202 }]);
  assert.equal(registration.creation, undefined);
  const taken = createEpmdResolver({ port, clock, registration: 'optional' });
  await assert.rejects(taken.register(request, {}), { code: 'EPMD_NAME_TAKEN' });
  await registration.close();
  assert.equal(clock.pending, 0);
});

test('says that a host does not resolve, and that no daemon answers', async () => {
  const resolver = createEpmdResolver({ port: 1 });
  await assert.rejects(resolver.resolve('app@no-such-host.invalid', {}), { code: 'CONNECTION_HOST_UNKNOWN' });
  await assert.rejects(resolver.resolve('app@127.0.0.1', {}), { code: 'EPMD_UNREACHABLE' });
});

type State = NodeEvents['convoy:registration']['state'];

function collectStates(node: string): { next(state: State): Promise<void>; stop(): void } {
  const seen: State[] = [];
  let wake = Promise.withResolvers<void>();
  const stop = subscribeEvent('convoy:registration', (event) => {
    if (event.node !== node) return;
    seen.push(event.state);
    wake.resolve();
    wake = Promise.withResolvers();
  });
  return {
    stop,
    async next(state) {
      while (seen.length === 0) await wake.promise;
      assert.equal(seen.shift(), state);
    },
  };
}

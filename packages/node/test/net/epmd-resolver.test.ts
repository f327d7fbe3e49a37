import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { testResolver } from '../../../../test/conformance/resolver.ts';
import { missingPeer, startTestEpmd } from '../../../../test/support/erlang-node.ts';
import { EpmdClient, startEpmdServer } from '../../src/epmd/index.ts';
import { type NodeEvents, subscribeEvent } from '../../src/events.ts';
import { createEpmdResolver } from '../../src/net/epmd-resolver.ts';
import { ManualClock } from './manual-clock.ts';

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

describe('with the stock daemon', { skip: missingPeer() }, () => {
  testResolver(
    async () => {
      const epmd = await startTestEpmd();
      return {
        resolver: createEpmdResolver({ port: epmd.port }),
        [Symbol.asyncDispose]: () => epmd[Symbol.asyncDispose](),
      };
    },
    { title: 'epmd, with the daemon of Erlang', publishes: true },
  );
});

test(
  'a name is registered anew after its daemon died, and keeps its creation',
  { timeout: 20_000 },
  async () => {
    const clock = new ManualClock();
    const first = await startEpmdServer({ host: '127.0.0.1', port: 0 });
    const { port } = first;
    const resolver = createEpmdResolver({ port, clock });
    const registration = await resolver.register(
      { name: 'lasting', host: 'h', port: 9200, hidden: false },
      {},
    );
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
  },
);

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

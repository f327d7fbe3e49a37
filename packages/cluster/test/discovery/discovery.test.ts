import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createMemoryCluster, ManualClock } from '@convoy/node/testing';
import { eventually } from '../../../../test/support/eventually.ts';
import { type Discovery, startDiscovery } from '../../src/discovery/discovery.ts';
import { type DiscoveryEvents, subscribeDiscovery } from '../../src/discovery/membership/events.ts';
import type { Strategy, StrategyContext } from '../../src/strategies/strategy.ts';
import { createStaticStrategy } from '../../src/strategies/static.ts';

/** A strategy that reports what the test gives it. */
class ScriptedStrategy implements Strategy {
  readonly kind = 'scripted';
  readonly tags = ['version'];
  readonly started: Promise<StrategyContext>;
  readonly #started = Promise.withResolvers<StrategyContext>();
  runs = 0;

  constructor() {
    this.started = this.#started.promise;
  }

  async run(context: StrategyContext): Promise<void> {
    this.runs += 1;
    this.#started.resolve(context);
    await new Promise<void>((resolve) => context.signal.addEventListener('abort', () => resolve()));
  }

  async report(...nodes: readonly string[]): Promise<void> {
    (await this.started).answer({ peers: nodes.map((node) => ({ node })), isComplete: true });
  }
}

const quick = { retryMs: { first: 5, last: 20 } };

function states(discovery: Discovery): Record<string, string> {
  return Object.fromEntries(discovery.peers().map(({ node, state }) => [node, state]));
}

describe('discovery', () => {
  test('connects the peers that a topology names, and none after it is closed', async () => {
    await using cluster = createMemoryCluster();
    const [a, b, c] = [await cluster.start('a'), await cluster.start('b'), await cluster.start('c')];
    const strategy = createStaticStrategy({ nodes: [a.name, b.name, c.name] });
    const clock = new ManualClock();
    const discovery = startDiscovery({ joiner: a, topologies: { all: { strategy } }, clock });
    const tick = (): void => clock.advance(1);
    await eventually('both to be connected', 30_000, () => (tick(), a.list().length === 2));
    await discovery.close();
    await discovery.close();
    a.disconnect(b.name);
    await eventually('it to be disconnected', 30_000, () => !a.list().includes(b.name));
    clock.advance(3_600_000);
    await a.connect(b.name);
    a.disconnect(b.name);
    await eventually('it to be disconnected again', 30_000, () => !a.list().includes(b.name));
    clock.advance(3_600_000);
    assert.deepEqual(a.list(), [c.name]);
    await assert.rejects(discovery.ready(), { code: 'DISCOVERY_CLOSED' });
  });

  test('dials again after a connection is lost, and dials a node that starts late', async () => {
    await using cluster = createMemoryCluster();
    const a = await cluster.start('a');
    const strategy = createStaticStrategy({ nodes: ['late@memory.test'] });
    await using discovery = startDiscovery({ joiner: a, topologies: { all: { strategy } }, ...quick });
    await eventually('two attempts', 30_000, () => (discovery.peers()[0]?.attempts ?? 0) >= 2);
    assert.ok(discovery.peers()[0]?.lastError instanceof Error);
    const late = await cluster.start('late');
    await discovery.ready();
    late.disconnect(a.name);
    await eventually('it to be disconnected', 30_000, () => a.list().length === 0);
    await discovery.ready();
    assert.deepEqual(states(discovery), { [late.name]: 'up' });
  });

  test('filters by name, and refuses a filter that no peer could pass', async () => {
    await using cluster = createMemoryCluster();
    const [a, b, c] = [await cluster.start('a'), await cluster.start('b'), await cluster.start('c')];
    const strategy = createStaticStrategy({ nodes: [b.name, c.name] });
    await using discovery = startDiscovery({
      joiner: a,
      topologies: { all: { strategy, exclude: ['b@*'] } },
      ...quick,
    });
    await discovery.ready();
    assert.deepEqual([a.list(), states(discovery)], [[c.name], { [c.name]: 'up' }]);
    await assert.rejects(discovery.set('other', { strategy, tags: { version: '2' } }), {
      code: 'DISCOVERY_BAD_OPTION',
    });
  });

  test('a topology can be changed and removed while it runs', async () => {
    await using cluster = createMemoryCluster();
    const [a, b, c] = [await cluster.start('a'), await cluster.start('b'), await cluster.start('c')];
    await using discovery = startDiscovery({ joiner: a, ...quick });
    await discovery.set('one', { strategy: createStaticStrategy({ nodes: [b.name] }) });
    await discovery.ready({ peers: 1 });
    const scripted = new ScriptedStrategy();
    await discovery.set('one', { strategy: scripted, prune: 'missing', misses: 1 });
    await scripted.report(c.name);
    await eventually('the new answers to count', 30_000, () => a.list().join() === c.name);
    assert.equal(await discovery.remove('one'), true);
    assert.equal(await discovery.remove('one'), false);
    assert.deepEqual([a.list(), discovery.peers()], [[c.name], []]);
  });

  test('closes with its node', async () => {
    await using cluster = createMemoryCluster();
    const a = await cluster.start('a');
    const scripted = new ScriptedStrategy();
    const discovery = startDiscovery({
      joiner: a,
      topologies: { scripted: { strategy: scripted } },
      ...quick,
    });
    const { signal } = await scripted.started;
    await a.close();
    await eventually('the strategy to end', 30_000, () => signal.aborted);
    await assert.rejects(discovery.ready(), { code: 'DISCOVERY_CLOSED' });
  });
});

describe('failures in discovery', () => {
  test('a failed lookup is reported and disconnects no peer', async () => {
    await using cluster = createMemoryCluster();
    const [a, b] = [await cluster.start('a'), await cluster.start('b')];
    const scripted = new ScriptedStrategy();
    const topology = { strategy: scripted, prune: 'missing', misses: 1 } as const;
    await using discovery = startDiscovery({ joiner: a, topologies: { scripted: topology }, ...quick });
    const failures: DiscoveryEvents['convoy:discovery.failed'][] = [];
    const stop = subscribeDiscovery('convoy:discovery.failed', (event) => failures.push(event));
    await scripted.report(b.name);
    await discovery.ready();
    const context = await scripted.started;
    for (let round = 0; round < 5; round += 1) context.fail(new Error('SERVFAIL'));
    assert.deepEqual(a.list(), [b.name]);
    assert.deepEqual(
      failures.map(({ topology: name, attempts }) => [name, attempts]),
      [1, 2, 3, 4, 5].map((attempts) => ['scripted', attempts]),
    );
    assert.equal(discovery.topologies()[0]?.failures, 5);
    await scripted.report();
    await eventually('an answer without it to count', 30_000, () => a.list().length === 0);
    stop();
  });

  test('ready rejects with the reasons', async () => {
    await using cluster = createMemoryCluster();
    const a = await cluster.start('a');
    const strategy = createStaticStrategy({ nodes: ['gone@memory.test'] });
    await using discovery = startDiscovery({ joiner: a, topologies: { all: { strategy } }, ...quick });
    await assert.rejects(discovery.ready({ peers: 3, timeoutMs: 100 }), {
      code: 'DISCOVERY_NOT_READY',
      message: /0 of 3 peers were connected within 100 ms \(gone@memory\.test: /,
    });
    await assert.rejects(discovery.ready({ signal: AbortSignal.abort(new Error('enough')) }), /enough/);
  });

  test('a strategy that fails is restarted', async () => {
    await using cluster = createMemoryCluster();
    const [a, b] = [await cluster.start('a'), await cluster.start('b')];
    let runs = 0;
    const strategy: Strategy = {
      kind: 'moody',
      tags: [],
      async run({ answer, signal }) {
        runs += 1;
        if (runs === 1) throw new Error('not today');
        answer({ peers: [{ node: b.name }], isComplete: true });
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      },
    };
    await using discovery = startDiscovery({ joiner: a, topologies: { all: { strategy } }, ...quick });
    await eventually('a failure', 30_000, () => discovery.topologies()[0]?.failures === 1);
    discovery.refresh();
    await discovery.ready();
  });

  test('invalid names in an answer are reported, and the other names are used', async () => {
    await using cluster = createMemoryCluster();
    const [a, b] = [await cluster.start('a'), await cluster.start('b')];
    const scripted = new ScriptedStrategy();
    const failures: string[] = [];
    const stop = subscribeDiscovery('convoy:discovery.failed', ({ error }) => failures.push(error.message));
    await using discovery = startDiscovery({
      joiner: a,
      topologies: { scripted: { strategy: scripted } },
      ...quick,
    });
    await scripted.report('no name', b.name);
    await discovery.ready();
    assert.match(failures[0] ?? '', /"no name", which is not a valid node name/);
    stop();
  });
});

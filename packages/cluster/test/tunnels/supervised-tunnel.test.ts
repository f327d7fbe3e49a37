import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { ManualClock } from '@convoy/node/testing';
import { SupervisedTunnel, type TunnelCarrier } from '../../src/tunnels/supervised-tunnel.ts';

/** A carrier that works until it is cut. */
class FakeCarrier implements TunnelCarrier {
  readonly #listeners = new Set<(error: Error | undefined) => void>();
  isClosed = false;
  opened = 0;
  open(): Promise<PassThrough> {
    if (this.isClosed) return Promise.reject(new Error('the carrier is cut'));
    this.opened += 1;
    return Promise.resolve(new PassThrough());
  }
  onClose(listener: (error: Error | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  cut(error?: Error): void {
    this.isClosed = true;
    for (const listener of this.#listeners) listener(error);
  }
  close(): Promise<void> {
    if (!this.isClosed) this.cut();
    return Promise.resolve();
  }
}

async function makeTunnel() {
  const clock = new ManualClock();
  const carriers: FakeCarrier[] = [];
  const failing = { count: 0 };
  const tunnel = await SupervisedTunnel.start<FakeCarrier>({
    name: 'ssh://test',
    clock,
    random: () => 1,
    dial: () => {
      if (failing.count > 0) {
        failing.count -= 1;
        return Promise.reject(new Error('no route'));
      }
      const carrier = new FakeCarrier();
      carriers.push(carrier);
      return Promise.resolve(carrier);
    },
  });
  const states: string[] = [];
  tunnel.onState((state) => {
    states.push(state.kind === 'down' ? `down ${state.attempt} ${state.retryInMs}` : state.kind);
  });
  /** Advances the clock and lets the callbacks that were due finish. */
  const advance = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { tunnel, carriers, states, failing, advance };
}

test('a failure of the first dial rejects the start', async () => {
  const error = new Error('refused');
  await assert.rejects(
    SupervisedTunnel.start({ name: 'ssh://test', dial: () => Promise.reject(error) }),
    error,
  );
});

test('redials with growing delays, up to the maximum, and reports why', async () => {
  const { tunnel, carriers, states, failing, advance } = await makeTunnel();
  failing.count = 7;
  carriers[0]?.cut(new Error('reset'));
  assert.equal(tunnel.state.kind === 'down' && tunnel.state.error.message, 'reset');
  for (const wait of [250, 500, 1000, 2000, 4000, 8000, 10_000]) await advance(wait);
  assert.deepEqual(states, [
    'down 1 250',
    'down 2 500',
    'down 3 1000',
    'down 4 2000',
    'down 5 4000',
    'down 6 8000',
    'down 7 10000',
    'down 8 10000',
  ]);
  await advance(10_000);
  assert.equal(tunnel.state.kind, 'up');
  await tunnel.close();
});

test('opening a stream while the tunnel is down waits until the signal aborts', async () => {
  const { tunnel, carriers, advance } = await makeTunnel();
  carriers[0]?.cut();
  const stop = new AbortController();
  const given = tunnel.open({ host: 'h', port: 1 }, { signal: stop.signal });
  const waiting = tunnel.open({ host: 'h', port: 1 }, {});
  stop.abort(new Error('enough'));
  await assert.rejects(given, /enough/);
  await advance(250);
  (await waiting).destroy();
  assert.equal(carriers[1]?.opened, 1);
  await tunnel.close();
});

test('a stream that was being opened when the carrier broke is opened on the next carrier', async () => {
  const { tunnel, carriers, advance } = await makeTunnel();
  const first = carriers[0];
  assert.ok(first !== undefined);
  first.open = () => {
    first.cut(new Error('in the middle'));
    return Promise.reject(new Error('cut'));
  };
  const opening = tunnel.open({ host: 'h', port: 1 }, {});
  await new Promise((resolve) => setImmediate(resolve));
  await advance(250);
  (await opening).destroy();
  await tunnel.close();
});

test('a refused address while the carrier is up rejects the open', async () => {
  const { tunnel, carriers } = await makeTunnel();
  const first = carriers[0];
  assert.ok(first !== undefined);
  first.open = () => Promise.reject(new Error('connection refused'));
  await assert.rejects(tunnel.open({ host: 'h', port: 1 }, {}), /connection refused/);
  assert.equal(tunnel.state.kind, 'up');
  await tunnel.close();
});

test('closing ends the carrier, the redialling and all waiting opens for good', async () => {
  const { tunnel, carriers, states, advance } = await makeTunnel();
  carriers[0]?.cut();
  const waiting = tunnel.open({ host: 'h', port: 1 }, {});
  await tunnel.close();
  await tunnel.close();
  await assert.rejects(waiting, { code: 'TUNNEL_CLOSED' });
  await assert.rejects(tunnel.open({ host: 'h', port: 1 }, {}), { code: 'TUNNEL_CLOSED' });
  await advance(60_000);
  assert.deepEqual(states, ['down 1 250', 'closed']);
  assert.equal(carriers.length, 1);
});

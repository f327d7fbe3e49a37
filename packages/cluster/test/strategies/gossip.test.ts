import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { systemClock } from '@convoy/node';
import { testStrategy, type StrategyFixture } from '../../../../test/conformance/strategy.ts';
import { freePort } from '../../../../test/support/erlang/test-epmd.ts';
import { GossipCodec } from '../../src/strategies/gossip-packet.ts';
import { createGossipStrategy, type GossipStrategyOptions } from '../../src/strategies/gossip.ts';

const self = 'me@127.0.0.1';
/** Broadcast within 127/8 stays on this machine, and needs no route for multicast. */
const place = { mode: 'broadcast', address: '127.255.255.255', bind: '0.0.0.0' } as const;

/** Another program on the same port, which announces nodes until they are removed. */
class Announcer implements AsyncDisposable {
  readonly nodes: Set<string>;
  readonly #socket: Socket;
  readonly #timer: NodeJS.Timeout;

  private constructor(socket: Socket, nodes: readonly string[], tell: (node: string) => void) {
    this.#socket = socket;
    this.nodes = new Set(nodes);
    this.#timer = setInterval(() => this.nodes.forEach((node) => tell(node)), 20);
  }

  static async start(port: number, nodes: readonly string[], secret?: string): Promise<Announcer> {
    const codec = new GossipCodec({ secret });
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    socket.bind(0, '0.0.0.0');
    await once(socket, 'listening');
    socket.setBroadcast(true);
    return new Announcer(socket, nodes, (node) => socket.send(codec.encode(node), port, place.address));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }
}

function testGossip(title: string, options: GossipStrategyOptions): void {
  testStrategy(title, async (): Promise<StrategyFixture> => {
    const port = await freePort();
    const present = ['a@127.0.0.1', 'b@127.0.0.1'];
    const announcer = await Announcer.start(port, present, options.secret);
    const strategy = createGossipStrategy({ ...place, port, intervalMs: 60, silenceMs: 400, ...options });
    return {
      strategy,
      self,
      present,
      newcomer: 'c@127.0.0.1',
      add: async (node) => void announcer.nodes.add(node),
      remove: async (node) => void announcer.nodes.delete(node),
      [Symbol.asyncDispose]: () => announcer[Symbol.asyncDispose](),
    };
  });
}

testGossip('gossip in clear', {});
testGossip('gossip with a secret', { secret: 'somepassword' });

async function run(
  options: GossipStrategyOptions,
  isEnough: (names: readonly string[]) => boolean,
): Promise<{ names: string[]; errors: Error[] }> {
  const stop = new AbortController();
  const names: string[] = [];
  const errors: Error[] = [];
  await createGossipStrategy({ ...place, intervalMs: 50, silenceMs: 500, ...options }).run({
    self,
    signal: AbortSignal.any([stop.signal, AbortSignal.timeout(5000)]),
    clock: systemClock,
    answer: ({ peers }) => {
      names.push(...peers.map(({ node }) => node));
      if (isEnough(names)) stop.abort();
    },
    fail: (error) => errors.push(error),
    refreshed: () => new Promise<void>(() => undefined),
  });
  return { names, errors };
}

describe('gossip', () => {
  test('with a secret ignores unencrypted heartbeats and those with another secret', async () => {
    const port = await freePort();
    await using _clear = await Announcer.start(port, ['clear@h']);
    await using _other = await Announcer.start(port, ['other@h'], 'other');
    await using _same = await Announcer.start(port, ['same@h'], 'same');
    const { names } = await run(
      { port, secret: 'same' },
      (all) => all.filter((one) => one === 'same@h').length > 3,
    );
    assert.deepEqual([...new Set(names)].toSorted(), [self, 'same@h']);
  });

  test('ignores other data on its port', async () => {
    const port = await freePort();
    await using _peer = await Announcer.start(port, ['a@h']);
    const noise = createSocket('udp4');
    const timer = setInterval(() => {
      for (const bytes of ['', 'heartbeat::', 'heartbeat::\u0083m\uffff\uffff', 'x'.repeat(9000)]) {
        noise.send(Buffer.from(bytes, 'latin1'), port, '127.0.0.1');
      }
    }, 5);
    try {
      const { names, errors } = await run({ port }, (all) => all.filter((one) => one === 'a@h').length > 5);
      assert.deepEqual([[...new Set(names)].toSorted(), errors], [['a@h', self], []]);
    } finally {
      clearInterval(timer);
      noise.close();
    }
  });

  test('a socket that cannot be used is a failure with a remedy', async () => {
    const port = await freePort();
    await assert.rejects(
      run({ port, mode: 'multicast', address: '10.0.0.1' }, () => true),
      { code: 'DISCOVERY_LOOKUP_FAILED', message: /to 10\.0\.0\.1 does not work/, remedy: /multicast group/ },
    );
    await assert.rejects(
      run({ port, bind: '192.0.2.7' }, () => true),
      { remedy: /addresses of this machine/ },
    );
  });

  test('refuses an empty secret', () => {
    assert.throws(() => createGossipStrategy({ secret: '' }), { code: 'DISCOVERY_BAD_OPTION' });
  });
});

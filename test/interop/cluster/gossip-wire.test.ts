/**
 * Gossip with real nodes, byte for byte and over real sockets: heartbeats of libcluster's protocol are read, and ours are
 * accepted by the node, unencrypted and encrypted, by multicast and by broadcast.
 */

import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { createCipheriv, createHash } from 'node:crypto';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { GossipCodec } from '../../../packages/cluster/src/strategies/gossip-packet.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { freePort, missingPeer, type OtpRelease } from '../../support/erlang/erlang-node.ts';
import { testedReleases } from '../../support/extent.ts';
import { type GossipTopology, startLibcluster } from '../../support/erlang/libcluster-peer.ts';

const cookie = 'gossip-cookie';
const secret = 'a secret, süß';
const multicast = '233.252.1.32';
const broadcast = '127.255.255.255';

const ways = [
  { mode: 'multicast', address: multicast, topology: { multicastIf: '127.0.0.1' } },
  { mode: 'broadcast', address: broadcast, topology: { broadcastOnly: true, multicastAddr: broadcast } },
] as const;

for (const release of testedReleases()) {
  describe(`gossip with OTP ${release}`, { skip: missingPeer(release) }, () => {
    let mesh: ErlangCluster;
    before(async () => (mesh = await ErlangCluster.start({ cookie, release })));
    after(() => mesh[Symbol.asyncDispose]());

    for (const { mode, address, topology } of ways) {
      test(`hears its heartbeats by ${mode}, unencrypted and encrypted`, async () => {
        await using peer = await mesh.erlang(`told_${release}_${mode}@127.0.0.1`);
        for (const shared of [undefined, secret]) {
          await using socket = await openSocket({ address, multicast: mode === 'multicast' });
          await startLibcluster(peer, gossip(socket.port, topology, shared));
          const datagram = await socket.received();
          assert.deepEqual(new GossipCodec({ secret: shared }).decode(datagram), { node: peer.name });
          assert.deepEqual(datagram, expectedBytes(release, peer.name, { shared, like: datagram }));
          assert.equal(new GossipCodec({ secret: 'another' }).decode(datagram), undefined);
        }
      });

      test(`is heard by it by ${mode}, unencrypted and encrypted, and it connects`, async () => {
        await using peer = await mesh.erlang(`hears_${release}_${mode}@127.0.0.1`);
        for (const shared of [undefined, secret]) {
          await using socket = await openSocket({ address, multicast: mode === 'multicast' });
          const cluster = await startLibcluster(peer, gossip(socket.port, topology, shared));
          const name = `web_${release}_${mode}_${shared === undefined ? 'clear' : 'secret'}`;
          await using own = await mesh.own(name);
          const iv = Uint8Array.from({ length: 16 }, (_, at) => at);
          socket.send(new GossipCodec({ secret: shared }).encode(own.name, { iv }));
          await cluster.waitFor({ event: 'heartbeat', node: own.name });
          await cluster.waitFor({ event: 'connected', node: own.name });
          assert.ok((await cluster.nodes()).includes(own.name));
          assert.deepEqual(own.list(), [peer.name]);
        }
      });
    }

    test('is ignored by it if the secrets differ', async () => {
      await using peer = await mesh.erlang(`strict_${release}@127.0.0.1`);
      await using socket = await openSocket({ address: multicast, multicast: true });
      const cluster = await startLibcluster(peer, gossip(socket.port, { multicastIf: '127.0.0.1' }, secret));
      const stranger = 'stranger@127.0.0.1';
      const iv = new Uint8Array(16);
      for (const datagram of [
        new GossipCodec().encode(stranger),
        new GossipCodec({ secret: 'another' }).encode(stranger, { iv }),
      ]) {
        socket.send(datagram);
        const packet = Buffer.from(datagram).toString('hex');
        const seen = await cluster.waitFor({ event: 'packet', packet });
        await cluster.waitFor({ event: 'ignored', reason: 'undecryptable' }, { after: seen });
      }
      socket.send(new GossipCodec({ secret }).encode('friend@127.0.0.1'));
      await cluster.waitFor({ event: 'heartbeat', node: 'friend@127.0.0.1' });
      const events = await cluster.events();
      assert.deepEqual(
        events.filter((event) => event.event === 'heartbeat' && event.node === stranger),
        [],
      );
    });
  });
}

/** Sends heartbeats often enough for a test that listens late. */
function gossip(port: number, topology: Partial<GossipTopology>, shared: string | undefined): GossipTopology {
  return {
    strategy: 'gossip',
    port,
    interval: 200,
    ...topology,
    ...(shared === undefined ? {} : { secret: shared }),
  };
}

/** The heartbeat as that release must write it: before OTP 26 atoms have the old tag and two bytes of length. */
function expectedBytes(
  release: OtpRelease,
  node: string,
  { shared, like }: { readonly shared: string | undefined; readonly like: Uint8Array },
): Buffer {
  const ours = Buffer.from(new GossipCodec().encode(node));
  const clear = release === '25' ? withOldTags(node) : ours;
  if (shared === undefined) return clear;
  const iv = like.subarray(0, 16);
  const cipher = createCipheriv('aes-256-cbc', createHash('sha256').update(shared).digest(), iv);
  const encrypted = Buffer.concat([iv, cipher.update(clear), cipher.final()]);
  if (release !== '25') {
    assert.deepEqual(Buffer.from(new GossipCodec({ secret: shared }).encode(node, { iv })), encrypted);
  }
  return encrypted;
}

function withOldTags(node: string): Buffer {
  const atom = (name: string): Buffer => Buffer.concat([Buffer.of(100, 0, name.length), Buffer.from(name)]);
  return Buffer.concat([
    Buffer.from('heartbeat::'),
    Buffer.of(131, 116, 0, 0, 0, 1),
    atom('node'),
    atom(node),
  ]);
}

interface GossipSocket extends AsyncDisposable {
  readonly port: number;
  /** The next datagram. */
  received(): Promise<Buffer>;
  send(datagram: Uint8Array): void;
}

/** A socket on the same port as the peer's, on loopback only. */
async function openSocket(way: {
  readonly address: string;
  readonly multicast: boolean;
}): Promise<GossipSocket> {
  const port = await freePort();
  const socket: Socket = createSocket({ type: 'udp4', reuseAddr: true });
  socket.bind(port, '0.0.0.0');
  await once(socket, 'listening');
  socket.setBroadcast(true);
  if (way.multicast) {
    socket.addMembership(way.address, '127.0.0.1');
    socket.setMulticastInterface('127.0.0.1');
  }
  return {
    port,
    received: async () =>
      (await once(socket, 'message', { signal: AbortSignal.timeout(10_000) }))[0] as Buffer,
    send: (datagram) => socket.send(datagram, port, way.address),
    [Symbol.asyncDispose]: async () => {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}

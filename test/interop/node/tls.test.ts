/** TLS distribution with real Erlang nodes: certificates of both sides, both versions, both directions, and refusals. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import {
  createTcpTransport,
  createTlsTransport,
  type Node,
  startNode,
  subscribeEvent,
  type Term,
  type TlsTransportOptions,
  type Transport,
} from '@convoy/node';
import { type DistributionOptions, TestAuthority } from '../../support/certificates.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { type ErlangNode, missingPeer, type OtpRelease } from '../../support/erlang/erlang-node.ts';
import { eventually, eventuallyEqual } from '../../support/eventually.ts';
import { testedReleases } from '../../support/extent.ts';

const cookie = 'tls-interop';
const authority = await TestAuthority.create();
after(() => authority[Symbol.asyncDispose]());
const { ca } = authority;
const certificate = await authority.issue();
const forged = await authority.issue({ isForged: true });
const expired = await authority.issue({ days: -1 });
const elsewhere = await authority.issue({ hosts: ['other.example'] });
const hasIpv6 = existsSync('/proc/net/if_inet6') && readFileSync('/proc/net/if_inet6', 'utf8') !== '';
/** OTP 23 is installed without its `ssl` application. */
const releases = testedReleases().filter((release) => release !== '23');

function tls(options: Partial<TlsTransportOptions> = {}): Transport {
  return createTlsTransport({ ca, cert: certificate.cert, key: certificate.key, ...options });
}

interface ErlangOptions extends DistributionOptions {
  readonly release: OtpRelease;
  readonly cluster: ErlangCluster;
  readonly host?: string;
  readonly proto?: 'inet_tls' | 'inet6_tls' | 'inet_tcp';
}

function startErlang(options: ErlangOptions): Promise<ErlangNode> {
  const { release, cluster, host = '127.0.0.1', proto = 'inet_tls' } = options;
  const tlsArgs = proto === 'inet_tcp' ? [] : authority.emulatorArgs(release, { certificate, ...options });
  return cluster.erlang(`erl@${host}`, { args: ['-proto_dist', proto, ...tlsArgs] });
}

function startOurs(cluster: ErlangCluster, transport: Transport, host = '127.0.0.1'): Promise<Node> {
  return cluster.own(`ts@${host}`, { transport, handshakeTimeoutMs: 6000 });
}

/** The code of the first incoming connection that the node refuses while `attempt` runs. */
async function refusedDuring(node: Node, attempt: () => Promise<string>): Promise<string> {
  const refused = Promise.withResolvers<string>();
  const stop = subscribeEvent('convoy:handshake.refused', ({ node: at, error }) => {
    if (at === node.name) refused.resolve('code' in error ? String(error.code) : error.message);
  });
  assert.equal(await attempt(), 'pang');
  const code = await refused.promise;
  stop();
  return code;
}

/** If a node reconnects while the peer still has the old connection, OTP checks the old one first, which takes 5 s. */
const waitForForgotten = (erl: ErlangNode): Promise<void> =>
  eventually('the peer to forget us', 30_000, async () => (await erl.eval('nodes()')) === '[]');

const ping = (erl: ErlangNode, node: Node): Promise<string> => erl.eval(`net_adm:ping('${node.name}')`);

for (const release of releases) {
  describe(`TLS with OTP ${release}`, { skip: missingPeer(release) }, () => {
    for (const version of ['1.2', '1.3'] as const) {
      test(`both sides dial and accept TLS ${version}, with certificates of both`, async () => {
        await using cluster = await ErlangCluster.start({ cookie, release });
        await using erl = await startErlang({ release, cluster, versions: [version] });
        {
          await using node = await startOurs(cluster, tls());
          await node.connect(erl.name);
          // The Erlang node lists a connection a moment after its last handshake message.
          await eventuallyEqual(() => erl.eval('nodes()'), `['${node.name}']`);
          const big = new Uint8Array(300_000).fill(7);
          const sum: Term = await node.rpc(erl.name, 'erlang', 'byte_size', [big]);
          assert.equal(sum, 300_000);
        }
        await waitForForgotten(erl);
        await using again = await startOurs(cluster, tls({ versions: [version] }));
        assert.equal(await ping(erl, again), 'pong');
        assert.deepEqual(again.list(), [erl.name]);
      });
    }

    test('over IPv6', { skip: hasIpv6 ? false : 'this machine has no IPv6' }, async () => {
      await using cluster = await ErlangCluster.start({ cookie, release });
      await using erl = await startErlang({ release, cluster, host: '::1', proto: 'inet6_tls' });
      {
        await using node = await startOurs(cluster, tls({ family: 6 }), '::1');
        await node.connect(erl.name);
      }
      await waitForForgotten(erl);
      await using again = await startOurs(cluster, tls({ family: 6 }), '::1');
      assert.equal(await ping(erl, again), 'pong');
    });

    test('without certificate checks on either side', async () => {
      await using cluster = await ErlangCluster.start({ cookie, release });
      await using erl = await startErlang({ release, cluster, certificate: forged, verify: 'none' });
      const { cert, key } = forged;
      await using node = await startOurs(cluster, createTlsTransport({ cert, key, verify: 'none' }));
      assert.equal(await ping(erl, node), 'pong');
    });

    test('faults of the dialled node are explained', async () => {
      await using cluster = await ErlangCluster.start({ cookie, release });
      const cases = [
        [{ certificate: forged }, tls(), 'CONNECTION_TLS_UNTRUSTED'],
        [{ certificate: expired }, tls(), 'CONNECTION_TLS_EXPIRED'],
        [{ certificate: elsewhere }, tls(), 'CONNECTION_TLS_WRONG_HOST'],
        [{ proto: 'inet_tcp' }, tls({ tlsTimeoutMs: 1000 }), 'CONNECTION_TLS_NOT_SPOKEN'],
        [{ versions: ['1.2'] }, tls({ versions: ['1.3'] }), 'CONNECTION_TLS_NO_COMMON_VERSION'],
        [{}, createTcpTransport(), 'CONNECTION_TLS_REQUIRED'],
      ] as const;
      for (const [options, transport, code] of cases) {
        await using erl = await startErlang({ release, cluster, ...options });
        await using node = await startOurs(cluster, transport);
        await assert.rejects(node.connect(erl.name), { code, peer: erl.name });
      }
    });

    test('the reasons for which the other node refuses this one are explained', async () => {
      await using cluster = await ErlangCluster.start({ cookie, release });
      for (const versions of [['1.2'], ['1.3']] as const) {
        await using erl = await startErlang({ release, cluster, versions });
        const cases = [
          [{ cert: forged.cert, key: forged.key }, 'CONNECTION_TLS_CERTIFICATE_REFUSED'],
          [{ cert: expired.cert, key: expired.key }, 'CONNECTION_TLS_CERTIFICATE_REFUSED'],
          [undefined, 'CONNECTION_TLS_CERTIFICATE_WANTED'],
        ] as const;
        for (const [own, code] of cases) {
          await using visitor = await startNode({
            name: 'visitor@127.0.0.1',
            cookie,
            listen: false,
            epmd: 'none',
            epmdPort: cluster.epmdPort,
            transport: own === undefined ? createTlsTransport({ ca }) : tls(own),
          });
          await assert.rejects(visitor.connect(erl.name), { code, peer: erl.name });
        }
      }
    });

    test('unacceptable nodes are refused with the reason', async () => {
      await using cluster = await ErlangCluster.start({ cookie, release });
      const cases = [
        [{ certificate: forged }, {}, 'CONNECTION_TLS_UNTRUSTED'],
        [{ certificate: expired }, {}, 'CONNECTION_TLS_EXPIRED'],
        [{ versions: ['1.2'] }, { versions: ['1.3'] }, 'CONNECTION_TLS_NO_COMMON_VERSION'],
        [{ proto: 'inet_tcp' }, {}, 'CONNECTION_TLS_NOT_SPOKEN'],
        // To the other side, our certificate is not valid for the host of our name.
        [{}, { cert: elsewhere.cert, key: elsewhere.key }, 'CONNECTION_TLS_CERTIFICATE_REFUSED'],
      ] as const;
      for (const [theirs, ours, code] of cases) {
        await using erl = await startErlang({ release, cluster, ...theirs });
        await using node = await startOurs(cluster, tls(ours));
        assert.equal(await refusedDuring(node, () => ping(erl, node)), code);
      }
    });

    test('a TLS node that dials a plain one is distinguished from other programs', async () => {
      await using cluster = await ErlangCluster.start({ cookie, release });
      await using erl = await startErlang({ release, cluster });
      await using node = await startOurs(cluster, createTcpTransport());
      assert.equal(await refusedDuring(node, () => ping(erl, node)), 'CONNECTION_TLS_REQUIRED');
    });
  });
}

for (const release of releases) {
  describe(`TLS by a DNS name with OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('by a DNS name, with certificates for that name only', async (context) => {
      await using cluster = await ErlangCluster.start({ cookie, release });
      const named = await authority.issue({ hosts: ['localhost'] });
      await using erl = await startErlang({ release, cluster, host: 'localhost', certificate: named });
      // Some releases are installed without a hosts file.
      const resolved = await erl.eval('element(1, inet:getaddr("localhost", inet))');
      if (resolved !== 'ok') return context.skip('localhost has no address there');
      {
        await using node = await startOurs(cluster, tls({ cert: named.cert, key: named.key }), 'localhost');
        assert.equal(await ping(erl, node), 'pong');
      }
      await waitForForgotten(erl);
      await using again = await startOurs(cluster, tls({ cert: named.cert, key: named.key }), 'localhost');
      await again.connect(erl.name);
    });
  });
}

/** Handshakes and connections with real Erlang nodes in both directions: those that succeed and those that must fail. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { splitNodeName } from '@convoy/node/names';
import { Flag, hasFlags, visibleFlags } from '../../../packages/node/src/distribution/flags.ts';
import { type LocalNode, resolveSimultaneous } from '../../../packages/node/src/distribution/handshake.ts';
import { atom, Pid, Reference, type Term, tuple } from '../../../packages/node/src/etf/index.ts';
import { type AcceptOptions, listenForPeers } from '../../../packages/node/src/net/accept.ts';
import type { Connection } from '../../../packages/node/src/net/connection.ts';
import { dialPeer } from '../../../packages/node/src/net/dial.ts';
import { createEpmdResolver } from '../../../packages/node/src/net/resolvers/epmd-resolver.ts';
import { createTcpTransport } from '../../../packages/node/src/net/transports/tcp.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { type ErlangNode, type ErlangNodeOptions, missingPeer } from '../../support/erlang/erlang-node.ts';
import { testedReleases } from '../../support/extent.ts';
import { eventuallyEqual } from '../../support/eventually.ts';

const cookie = 'SECRETCOOKIE';
const hasIpv6 = existsSync('/proc/net/if_inet6') && readFileSync('/proc/net/if_inet6', 'utf8') !== '';

interface Scene extends AsyncDisposable {
  readonly epmdPort: number;
  readonly erl: ErlangNode;
}

async function startScene(change: Partial<ErlangNodeOptions> = {}): Promise<Scene> {
  const cluster = await ErlangCluster.start({ cookie });
  try {
    const { name = 'm@127.0.0.1', ...options } = change;
    const erl = await cluster.erlang(name, options);
    return {
      epmdPort: cluster.epmdPort,
      erl,
      [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
    };
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
}

function localNode(name: string, change: Partial<LocalNode> = {}): LocalNode {
  return { name, creation: 77, cookie, hidden: false, ...change };
}

function dial(scene: Scene, self: LocalNode, family: 0 | 6 = 0): Promise<Connection> {
  return dialPeer({
    self,
    peer: scene.erl.name,
    resolver: createEpmdResolver({ port: scene.epmdPort, family }),
    transport: createTcpTransport({ family }),
  });
}

interface Acceptor extends AsyncDisposable {
  readonly connection: Promise<Connection>;
  readonly refused: Promise<unknown>;
}

async function listen(
  scene: Scene,
  self: LocalNode,
  change: Partial<AcceptOptions> & { family?: 6 } = {},
): Promise<Acceptor> {
  const connection = Promise.withResolvers<Connection>();
  const refused = Promise.withResolvers<unknown>();
  const { family = 0 } = change;
  const listener = await listenForPeers({
    self,
    transport: createTcpTransport({ family }),
    listen: { host: family === 6 ? '::1' : '127.0.0.1' },
    decide: () => 'ok',
    onConnection: connection.resolve,
    onRefused: refused.resolve,
    ...change,
  });
  const { name, host } = splitNodeName(self.name);
  const resolver = createEpmdResolver({ port: scene.epmdPort, family });
  const registration = await resolver.register({ name, host, port: listener.port, hidden: self.hidden }, {});
  return {
    connection: connection.promise,
    refused: refused.promise,
    async [Symbol.asyncDispose]() {
      await registration.close();
      await listener.close();
    },
  };
}

const self = new Pid('ts@127.0.0.1', 1, 0, 77);

/** Sends a message to a registered process there that sends it back. */
async function echo(connection: Connection, erl: ErlangNode, message: Term): Promise<Term> {
  await erl.eval(
    'register(echo, spawn(fun Loop() -> receive {From, M} -> From ! {echoed, M}, Loop() end end))',
  );
  const answer = new Promise<Term>((resolve) => {
    connection.onMessage((control, payload) => {
      if (control.kind === 'SEND_SENDER') resolve(payload);
    });
  });
  connection.send({ kind: 'REG_SEND', from: self, to: 'echo' }, tuple(self, message));
  return answer;
}

function waitForClose(connection: Connection): Promise<unknown> {
  return new Promise((resolve) => {
    connection.onClose(resolve);
  });
}

for (const release of testedReleases()) {
  describe(`OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('we dial, exchange messages and disconnect', async () => {
      await using scene = await startScene({ release });
      const connection = await dial(scene, localNode('ts@127.0.0.1'));
      assert.equal(connection.peer.name, 'm@127.0.0.1');
      assert.equal(connection.peer.visible, true);
      assert.ok(hasFlags(connection.peer.flags, Flag.SPAWN));
      // The Erlang node lists a connection a moment after its last handshake message.
      await eventuallyEqual(() => scene.erl.eval('nodes()'), "['ts@127.0.0.1']");
      assert.deepEqual(
        await echo(connection, scene.erl, [1, atom('two')]),
        tuple(atom('echoed'), [1, atom('two')]),
      );
      const gone = scene.erl.eval("monitor_node('ts@127.0.0.1', true), receive {nodedown, N} -> N end");
      connection.send({ kind: 'REG_SEND', from: self, to: 'nobody' }, new Uint8Array(3_000_000));
      connection.close();
      assert.equal(await gone, "'ts@127.0.0.1'");
    });

    test('we dial hidden', async () => {
      await using scene = await startScene({ release });
      const connection = await dial(scene, localNode('ts@127.0.0.1', { hidden: true }));
      assert.equal(connection.peer.visible, false);
      assert.equal(await scene.erl.eval('{nodes(), nodes(hidden)}'), "{[],['ts@127.0.0.1']}");
      connection.close();
    });

    test('they dial us, and notice when we leave', async () => {
      await using scene = await startScene({ release });
      await using acceptor = await listen(scene, localNode('ts@127.0.0.1'));
      assert.equal(await scene.erl.eval("net_kernel:connect_node('ts@127.0.0.1')"), 'true');
      const connection = await acceptor.connection;
      assert.equal(connection.peer.name, 'm@127.0.0.1');
      assert.equal(connection.direction, 'in');
      assert.deepEqual(await echo(connection, scene.erl, 5), tuple(atom('echoed'), 5));
      assert.equal(await scene.erl.eval("erlang:disconnect_node('ts@127.0.0.1')"), 'true');
      assert.match(String(await waitForClose(connection)), /m@127\.0\.0\.1 closed the connection/);
    });

    test('IPv6 works both ways', { skip: hasIpv6 ? false : 'this machine has no IPv6' }, async () => {
      await using scene = await startScene({ release, name: 'v6@::1', args: ['-proto_dist', 'inet6_tcp'] });
      const connection = await dial(scene, localNode('ts@::1'), 6);
      await eventuallyEqual(() => scene.erl.eval('nodes()'), "['ts@::1']");
      assert.match(connection.remoteAddress ?? '', /^\[::1\]:\d+$/);
      connection.close();
      await using acceptor = await listen(scene, localNode('other@::1'), { family: 6 });
      assert.equal(await scene.erl.eval("net_kernel:connect_node('other@::1')"), 'true');
      (await acceptor.connection).close();
    });

    test('an idle connection outlives the tick time of both', async () => {
      await using scene = await startScene({ release, args: ['-kernel', 'net_ticktime', '1'] });
      const connection = await dialPeer({
        self: localNode('ts@127.0.0.1'),
        peer: scene.erl.name,
        resolver: createEpmdResolver({ port: scene.epmdPort }),
        transport: createTcpTransport(),
        netTickTimeMs: 1000,
      });
      connection.onMessage(() => undefined);
      const ref = new Reference('ts@127.0.0.1', 77, [1, 2, 3]);
      await scene.erl.eval('receive after 3000 -> ok end');
      assert.ok(connection.isOpen);
      const noproc = new Promise((resolve) => {
        connection.onMessage((control) => control.kind === 'PAYLOAD_MONITOR_P_EXIT' && resolve(control.ref));
      });
      connection.send({ kind: 'MONITOR_P', from: self, to: 'nobody', ref });
      assert.deepEqual(await noproc, ref);
      connection.close();
    });
  });

  describe(`refused and repeated connections with OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('our different cookie is explained', async () => {
      await using scene = await startScene({ release });
      await assert.rejects(dial(scene, localNode('ts@127.0.0.1', { cookie: 'WRONG' })), {
        code: 'HANDSHAKE_COOKIE_MISMATCH',
        message: /closed the connection after the challenge reply: the cookies probably differ/,
      });
      assert.equal(await scene.erl.eval('nodes(connected)'), '[]');
    });

    test('their different cookie is refused', async () => {
      await using scene = await startScene({ release });
      await using acceptor = await listen(scene, localNode('ts@127.0.0.1', { cookie: 'WRONG' }));
      assert.equal(await scene.erl.eval("net_kernel:connect_node('ts@127.0.0.1')"), 'false');
      const error = await acceptor.refused;
      assert.equal((error as { code?: string }).code, 'HANDSHAKE_COOKIE_MISMATCH');
    });

    test('a flag that they require and we lack is explained', async () => {
      await using scene = await startScene({ release });
      const flags = visibleFlags & ~Flag.MANDATORY_25_DIGEST & ~Flag.BIG_CREATION;
      await assert.rejects(dial(scene, localNode('ts@127.0.0.1', { flags })), {
        code: 'HANDSHAKE_NOT_ALLOWED',
      });
    });

    test('their allow list is explained', async () => {
      await using scene = await startScene({ release });
      await scene.erl.eval("net_kernel:allow(['other@127.0.0.1'])");
      await assert.rejects(dial(scene, localNode('ts@127.0.0.1')), { code: 'HANDSHAKE_NOT_ALLOWED' });
    });

    test('a second connection replaces the first', async () => {
      await using scene = await startScene({ release });
      const first = await dial(scene, localNode('ts@127.0.0.1'));
      const firstClosed = waitForClose(first);
      const second = await dial(scene, localNode('ts@127.0.0.1'));
      first.onMessage(() => undefined);
      await firstClosed;
      assert.deepEqual(await echo(second, scene.erl, 1), tuple(atom('echoed'), 1));
      second.close();
    });

    test('a connection dialled by both at once comes up once', async () => {
      for (const name of ['a@127.0.0.1', 'z@127.0.0.1']) {
        await using scene = await startScene({ release });
        const local = localNode(name);
        await using acceptor = await listen(scene, local, {
          decide: (peer) => resolveSimultaneous(name, peer),
        });
        const theirs = scene.erl.eval(`net_kernel:connect_node('${name}')`);
        const ours = dial(scene, local).catch((error: unknown) => error);
        const winner = await Promise.race([
          acceptor.connection,
          ours.then((outcome) => outcome as Connection),
        ]);
        const connection = winner instanceof Error ? await acceptor.connection : winner;
        assert.equal(await theirs, 'true');
        assert.equal(await scene.erl.eval('length(nodes())'), '1');
        connection.close();
      }
    });
  });
}

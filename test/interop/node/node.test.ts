/** A TypeScript node among real Erlang nodes: messages, other nodes, and what happens when one is lost. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { atom, equals, type Node, Pid, startNode, tuple } from '@convoy/node';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { ErlangPair } from '../../support/erlang/erlang-pair.ts';
import { eventuallyEqual } from '../../support/eventually.ts';
import { testedReleases } from '../../support/extent.ts';
import { assertTerm, deadlineMs, downOf, exitOf, inProcess, next, spawnerOf } from './processes.ts';

const cookie = 'node-interop';
const hasIpv6 = existsSync('/proc/net/if_inet6') && readFileSync('/proc/net/if_inet6', 'utf8') !== '';

function waitForDown(node: Node, peer: string): Promise<string> {
  return new Promise((resolve) => {
    const stop = node.onNodeDown((name, reason) => {
      if (name !== peer) return;
      stop();
      resolve(reason);
    });
  });
}

for (const release of testedReleases()) {
  describe(`a node among OTP ${release}`, { skip: missingPeer(release) }, () => {
    const scene = new ErlangPair({ release, cookie });
    testMessages(scene);
    testOtherNodes(scene);
    testConnections(scene);
  });
}

/** Messages, and messages that are lost without harm. */
function testMessages(scene: ErlangPair): void {
  const { us, peer, run, release } = scene;
  const spawnThere = spawnerOf(scene);

  test('pings and is pinged, and both list each other', async () => {
    assert.equal(await run(`net_adm:ping('${us}')`), 'pong');
    await scene.node.connect(peer);
    assert.equal(await run('nodes()'), `['${us}']`);
    assert.deepEqual(scene.node.list(), [peer]);
    await run('net_kernel:monitor_nodes(true)');
    assert.equal(scene.node.disconnect(peer), true);
    const down = 'receive {nodedown, N} -> net_kernel:monitor_nodes(false), N after 5000 -> timeout end';
    assert.equal(await run(down), `'${us}'`);
    assert.equal(await run(`net_adm:ping('${us}')`), 'pong');
  });

  test('sends to pids and names both ways', async () => {
    const got = await inProcess(scene.node, async (self) => {
      const echo = await spawnThere(self, `receive {From, X} -> From ! {self(), X} end`);
      self.send(echo, tuple(self.pid, 'text'));
      assertTerm(await next(self), tuple(echo, 'text'));
      await run(`register(echo, spawn(fun() -> receive {From, X} -> From ! {named, X} end end))`);
      self.send({ name: 'echo', node: peer }, tuple(self.pid, [1, 2]));
      return next(self);
    });
    assertTerm(got, tuple(atom('named'), [1, 2]));
  });

  test('ten thousand messages keep their order, both ways', async () => {
    const count = 10_000;
    const sum = await inProcess(scene.node, async (self) => {
      const pid = await spawnThere(
        self,
        `Loop = fun L(N) when N > ${count} -> ok; L(N) -> receive {From, N} -> From ! N, L(N + 1) end end, Loop(1)`,
      );
      for (let index = 1; index <= count; index += 1) self.send(pid, tuple(self.pid, index));
      let expected = 1;
      while (expected <= count && (await next(self)) === expected) expected += 1;
      return expected;
    });
    assert.equal(sum, count + 1);
  });

  test('aliases, group leaders and messages without a receiver do no harm', async () => {
    await inProcess(scene.node, async (self) => {
      const alias = self.alias();
      const pid = await spawnThere(
        self,
        `receive {To, X} -> To ! X end, {nobody, '${us}'} ! x, group_leader(self(), self())`,
      );
      if (release === '23') return self.unalias(alias);
      self.send(pid, tuple(alias, atom('through')));
      assert.equal(await next(self), atom('through'));
      self.unalias(alias);
    });
    assert.equal(await run(`net_adm:ping('${us}')`), 'pong');
  });
}

/** Nodes that are hidden, refused, in the place of another, or reached over IPv6. */
function testOtherNodes(scene: ErlangPair): void {
  const { peer, run, release } = scene;

  test('a hidden node can be reached but is not listed', async () => {
    const name = `hid${release}@127.0.0.1`;
    await using hidden = await scene.cluster.own(name, { hidden: true });
    await hidden.connect(peer);
    // The Erlang node lists the connection a moment after it has sent its last handshake message.
    await eventuallyEqual(
      () => run(`{lists:member('${name}', nodes()), lists:member('${name}', nodes(hidden))}`),
      '{false,true}',
    );
    assert.equal(await run(`net_adm:ping('${name}')`), 'pong');
    assert.deepEqual([hidden.list(), hidden.list('hidden')], [[], [peer]]);
  });

  test('a wrong cookie and a taken name are reported as such', async () => {
    const common = { epmd: 'system', epmdPort: scene.cluster.epmdPort } as const;
    await using wrong = await startNode({ name: `bad${release}@127.0.0.1`, cookie: 'wrong', ...common });
    await assert.rejects(wrong.connect(peer), { code: 'HANDSHAKE_COOKIE_MISMATCH' });
    assert.equal(await run(`net_adm:ping('${wrong.name}')`), 'pang');
    await assert.rejects(startNode({ name: peer, cookie, ...common }), { code: 'NODE_NAME_TAKEN' });
    await assert.rejects(scene.node.connect('nobody@127.0.0.1'), { code: 'CONNECTION_NAME_UNKNOWN' });
  });

  test('a restarted node with the same name is a new node', async () => {
    const name = `back${release}@127.0.0.1`;
    const options = { name, cookie, epmd: 'system', epmdPort: scene.cluster.epmdPort } as const;
    const first = await startNode(options);
    const old = first.spawnServer({ onMessage: () => undefined }, { name: 'thing' });
    assert.equal(await run(`net_adm:ping('${name}')`), 'pong');
    await first.close();
    await using second = await startNode(options);
    second.spawnServer(
      { onMessage: (self, from) => void (from instanceof Pid && self.send(from, atom('here'))) },
      { name: 'thing' },
    );
    await scene.node.connect(name);
    const ref = await inProcess(scene.node, async (self) => {
      const made = self.monitor(old);
      return equals(await next(self), downOf(made, old, atom('noproc')));
    });
    assert.equal(ref, true);
    assert.equal(
      await run(`{thing, '${name}'} ! self(), receive here -> here after ${deadlineMs} -> timeout end`),
      'here',
    );
  });

  test(
    'connects in both directions over IPv6',
    { skip: hasIpv6 ? false : 'this machine has no IPv6' },
    async () => {
      const [mine, theirs] = [`ts6x${release}@::1`, `erl6x${release}@::1`];
      await using six = await scene.cluster.own(mine, { proto: 'inet6' });
      const args = ['-proto_dist', 'inet6_tcp'];
      await using other = await scene.cluster.erlang(theirs, { args });
      await six.connect(theirs);
      six.disconnect(theirs);
      // It would ping over the lost connection.
      await eventuallyEqual(() => other.eval('nodes().'), '[]');
      assert.equal(await other.eval(`net_adm:ping('${mine}').`), 'pong');
      assert.deepEqual(six.list(), [theirs]);
    },
  );
}

/** Connections that are dialled from both sides, and one that is lost. */
function testConnections(scene: ErlangPair): void {
  const { peer, run, release } = scene;

  test('when both dial at once one connection results, whichever name is greater', async () => {
    for (const name of [`a${release}@127.0.0.1`, `z${release}@127.0.0.1`]) {
      await using other = await scene.cluster.own(name);
      for (let round = 0; round < 5; round += 1) {
        const [, theirs] = await Promise.all([
          other.connect(peer),
          run(`net_kernel:connect_node('${name}')`),
        ]);
        assert.equal(theirs, 'true');
        assert.equal(await run(`net_adm:ping('${name}')`), 'pong');
        // The mesh may also connect the other nodes of this file.
        assert.deepEqual(
          other.list().filter((each) => each === peer),
          [peer],
        );
        const gone = waitForDown(other, peer);
        await run(`erlang:disconnect_node('${name}')`);
        await gone;
        await eventuallyEqual(() => run(`lists:member('${name}', nodes(connected))`), 'false');
      }
    }
  });

  test('kill -9 of the other node gives noconnection', async () => {
    const name = `victim${release}@127.0.0.1`;
    await using victim = await scene.cluster.erlang(name);
    const down = waitForDown(scene.node, name);
    const messages = await inProcess(scene.node, async (self) => {
      self.trapExit = true;
      const pid = await scene.node.rpc(name, 'erlang', 'whereis', [atom('init')]);
      assert.ok(pid instanceof Pid);
      self.link(pid);
      const ref = self.monitor(pid);
      await scene.node.rpc(name, 'erlang', 'node', []);
      const pending = scene.node.rpc(name, 'timer', 'sleep', [60_000], { timeoutMs: 30_000 });
      const failure = pending.catch((error: { code: string }) => error.code);
      process.kill(victim.osPid, 'SIGKILL');
      const [one, two] = [await next(self), await next(self)];
      return [
        one,
        two,
        await failure,
        exitOf(pid, atom('noconnection')),
        downOf(ref, pid, atom('noconnection')),
      ];
    });
    const [one, two, failure, exit, gone] = messages;
    assertTerm(two, exit);
    assertTerm(one, gone);
    assert.equal(failure, 'CALL_NODEDOWN');
    assert.match(await down, /^CONNECTION_/);
  });
}

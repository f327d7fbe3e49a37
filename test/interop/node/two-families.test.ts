/**
 * Names that stand for an IPv4 and an IPv6 address, as `localhost` does on every Debian: EPMD and the node may each answer
 * at one of them only. Nodes, commands and the doctor find them, whichever it is.
 */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Diagnosis } from '@convoy/cluster/doctor';
import { startEpmdServer } from '@convoy/node/epmd';
import { ConvoyProcess, type ConvoyResult, runConvoy } from '../../support/convoy-command.ts';
import { type ErlangNode, missingPeer, startErlangNode } from '../../support/erlang/erlang-node.ts';
import { HostNames, missingMounts } from '../../support/network/host-names.ts';
import { TcpRelay } from '../../support/network/tcp-relay.ts';

const cookie = 'cookie-of-both-families';
const bothFamilies = [
  '127.0.0.1 localhost',
  '::1 localhost ip6-localhost',
  '127.0.0.1 both.example',
  '::1 both.example',
];
const inet6 = ['-proto_dist', 'inet6_tcp'];
const onlyInet6 = [...inet6, '-kernel', 'inet_dist_use_interface', '{0,0,0,0,0,0,0,1}'];

/** An EPMD on both loopback addresses, or one that answers on 127.0.0.1 only. */
class Scene {
  #stack = new AsyncDisposableStack();
  #names = new HostNames(bothFamilies);
  #home = mkdtempSync(join(tmpdir(), 'convoy-families-'));
  epmdPort = 0;
  /** Leads to the same EPMD, on 127.0.0.1 only. */
  epmdPort4 = 0;
  /** Leads to the same EPMD on 127.0.0.1; on ::1 it accepts connections and never answers. */
  epmdPortSilent6 = 0;

  constructor() {
    before(async () => {
      writeFileSync(join(this.#home, '.erlang.cookie'), cookie, { mode: 0o600 });
      const epmd = this.#stack.use(await startEpmdServer({ port: 0 }));
      this.epmdPort = epmd.port;
      this.epmdPort4 = await this.#relay();
      this.epmdPortSilent6 = await this.#relay();
      const silent = createServer((socket) => socket.on('error', () => undefined).resume());
      silent.listen(this.epmdPortSilent6, '::1');
      await once(silent, 'listening');
      this.#stack.defer(() => void silent.close());
    });
    after(async () => {
      await this.#stack.disposeAsync();
      this.#names[Symbol.dispose]();
      rmSync(this.#home, { recursive: true });
    });
  }

  /** A stock node. */
  erlang(name: string, args: readonly string[] = []): Promise<ErlangNode> {
    return startErlangNode({ name, cookie, epmdPort: this.epmdPort, args, namespace: this.#names });
  }

  /** `convoy node`, up. */
  async node(name: string, ...words: readonly string[]): Promise<ConvoyProcess> {
    const convoy = new ConvoyProcess(['node', '--name', name, ...words], {
      ...this.#place(this.epmdPort),
      keepsInput: true,
    });
    await convoy.waitFor(new RegExp(`${name} is up`));
    return convoy;
  }

  run(words: readonly string[], epmdPort: number = this.epmdPort): Promise<ConvoyResult> {
    return runConvoy(words, this.#place(epmdPort));
  }

  /** `convoy ping` as a health check, of the node that the environment names. */
  check(name: string): Promise<ConvoyResult> {
    const { env, place } = this.#place(this.epmdPort);
    return runConvoy(['ping'], { env: { ...env, CONVOY_NAME: name }, place });
  }

  /** A port on 127.0.0.1 that leads to the EPMD. */
  async #relay(): Promise<number> {
    const relay = this.#stack.use(await TcpRelay.start());
    relay.target = this.epmdPort;
    return relay.port;
  }

  #place(epmdPort: number): { env: NodeJS.ProcessEnv; place: HostNames } {
    return { env: { HOME: this.#home, ERL_EPMD_PORT: String(epmdPort) }, place: this.#names };
  }
}

describe('a name with an IPv4 and an IPv6 address', { skip: missingPeer('25') || missingMounts() }, () => {
  const scene = new Scene();

  for (const [kind, args] of [
    ['IPv4 only', []],
    ['both', inet6],
    ['IPv6 only', onlyInet6],
  ] as const) {
    test(`a stock node that listens on ${kind} is found, whichever address EPMD answers at`, async () => {
      await using peer = await scene.erlang('stock@localhost', args);
      for (const epmdPort of [scene.epmdPort, scene.epmdPort4]) {
        const { code, stdout, stderr } = await scene.run(['ping', peer.name], epmdPort);
        assert.equal(code, 0, stdout + stderr);
      }
    });

    test(`the doctor calls a stock node that listens on ${kind} healthy`, async () => {
      await using peer = await scene.erlang('patient@both.example', args);
      for (const epmdPort of [scene.epmdPort, scene.epmdPort4]) {
        const { code, stdout } = await scene.run(['doctor', peer.name, '--json'], epmdPort);
        const { fault, steps } = JSON.parse(stdout) as Diagnosis;
        assert.equal(fault, undefined, stdout);
        assert.equal(code, 0, stdout);
        const detail = steps.find(({ name }) => name === 'port')?.detail ?? '';
        assert.match(detail, kind === 'IPv4 only' ? /^127\.0\.0\.1 port \d+ \(not at ::1\)$/ : /port \d+/);
      }
    });
  }

  test('an EPMD that never answers at one address holds up neither the node nor the answer that there is none', async () => {
    await using peer = await scene.erlang('prompt@both.example');
    const ping = (name: string): Promise<ConvoyResult> =>
      scene.run(['ping', name, '--timeout', '4', '--json'], scene.epmdPortSilent6);
    const found = await ping(peer.name);
    assert.equal(found.code, 0, found.stdout + found.stderr);
    const unknown = await ping('nobody@both.example');
    assert.match(unknown.stdout + unknown.stderr, /CONNECTION_NAME_UNKNOWN/);
  });

  test('a node of ours is found by commands and by stock nodes of either family', async () => {
    await using ours = await scene.node('ours@localhost');
    assert.equal((await scene.run(['ping', 'ours@localhost'])).code, 0, ours.stderr);
    for (const [name, args] of [
      ['four@localhost', []],
      ['six@localhost', inet6],
    ] as const) {
      await using stock = await scene.erlang(name, args);
      assert.equal(await stock.eval("net_adm:ping('ours@localhost')"), 'pong', name);
    }
  });

  test('a health check finds its node at the loopback address that it listens on', async () => {
    for (const name of ['health@localhost', 'health@ip6-localhost']) {
      await using ours = await scene.node(name);
      const { code, stderr } = await scene.check(name);
      assert.equal(code, 0, `${name}: ${stderr}${ours.stderr}`);
    }
  });

  test('a node of ours joins a stock node that listens on one of the two', async () => {
    await using stock = await scene.erlang('first@localhost');
    await using ours = await scene.node('second@localhost', '--join', stock.name);
    await ours.waitFor(/first@localhost is connected/);
    assert.equal(await stock.eval('nodes()'), '[second@localhost]');
  });

  test('the doctor tells what it saw at both addresses when nothing listens at either', async () => {
    const { code, stdout } = await scene.run(
      ['doctor', 'nobody@both.example', '--dist-port', '1', '--json'],
      scene.epmdPort,
    );
    const { fault } = JSON.parse(stdout) as Diagnosis;
    assert.deepEqual([code, fault?.code], [3, 'PORT_CLOSED'], stdout);
    assert.deepEqual(fault?.evidence.toSorted(), [
      'dialling 127.0.0.1:1: ECONNREFUSED',
      'dialling [::1]:1: ECONNREFUSED',
    ]);
  });
});

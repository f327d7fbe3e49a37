/** A bridge over time, as stock nodes see it: restarts, several hosts, bad tables, and closing. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { EpmdClient } from '@convoy/node/epmd';
import { openAliasBridge } from '../../../packages/cluster/src/bridge/alias-bridge.ts';
import { openEpmdModuleBridge } from '../../../packages/cluster/src/bridge/epmd-module-bridge.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { freePort, missingPeer } from '../../support/erlang/erlang-node.ts';
import { createStockUser } from '../../support/erlang/stock-node.ts';
import { TcpTunnel } from '../../support/network/tcp-tunnel.ts';

const cookie = 'remote_cookie_of_the_bridge';
const name = 'app@db1.far.example';

/** The file of emulator arguments that a bridge has created. */
function argumentsOf(environment: Readonly<Record<string, string>>): string {
  return readFileSync((environment['ERL_ZFLAGS'] ?? '').replace('-args_file ', ''), 'utf8');
}

describe('bridges', { skip: missingPeer('25') }, () => {
  for (const open of [openEpmdModuleBridge, openAliasBridge]) {
    test(`${open.name} leads to a restarted node`, async () => {
      await using cluster = await ErlangCluster.start({ cookie });
      const first = await cluster.erlang(name);
      await using tunnel = new TcpTunnel();
      using user = createStockUser('25', cookie);
      await using bridge = await open(tunnel, { node: name, epmdPort: cluster.epmdPort, env: user.env });
      await using erl = user.start(bridge.commands.erl);
      const ask = (tag: string): void =>
        erl.write(
          `(fun({badrpc, W}) -> {${tag}, W}; (P) -> {${tag}, P} end)(rpc:call('${name}', os, getpid, [])).\n`,
        );
      ask('first');
      await erl.waitFor(new RegExp(`\\{first,"${first.osPid}"\\}`));
      await first[Symbol.asyncDispose]();
      ask('none');
      await erl.waitFor(/\{none,nodedown\}/);
      const second = await cluster.erlang(name);
      ask('second');
      await erl.waitFor(new RegExp(`\\{second,"${second.osPid}"\\}`));
    });

    test(`${open.name} leaves nothing behind`, async () => {
      await using cluster = await ErlangCluster.start({ cookie });
      const remote = await cluster.erlang(name);
      await using tunnel = new TcpTunnel();
      using user = createStockUser('25', 'another_cookie');
      const options = { node: remote.name, epmdPort: cluster.epmdPort, cookie, env: user.env };
      const bridge = await open(tunnel, options);
      const folder = join(user.home, '.cache', 'convoy');
      const [own = ''] = readdirSync(folder);
      for (const file of readdirSync(join(folder, own)).filter((one) => !one.startsWith('convoy_epmd'))) {
        assert.equal(statSync(join(folder, own, file)).mode & 0o777, 0o600, file);
      }
      await Promise.all([bridge.close(), bridge.close()]);
      assert.deepEqual(readdirSync(folder), []);
      for (const host of bridge.hosts) {
        const server = createServer().listen(bridge.port, host);
        await once(server, 'listening');
        server.close();
      }
      assert.equal(tunnel.state.kind, 'up');

      await assert.rejects(open(tunnel, { ...options, node: 'missing@db1.far.example' }), {
        code: 'HOST_NO_NODE',
      });
      const [host = ''] = bridge.hosts;
      const taken = createServer().listen(bridge.port, host);
      await once(taken, 'listening');
      await assert.rejects(open(tunnel, { ...options, port: bridge.port }), { code: 'TUNNEL_PORT_TAKEN' });
      taken.close();
      assert.deepEqual(readdirSync(folder), []);
    });
  }
});

describe('bridges with unusual hosts and folders', { skip: missingPeer('25') }, () => {
  test('one node reaches nodes with the same name on two hosts', async () => {
    const names = ['app@db1.far.example', 'app@db2.far.example'] as const;
    await using cluster1 = await ErlangCluster.start({ cookie: 'cookie_one' });
    await using cluster2 = await ErlangCluster.start({ cookie: 'cookie_two' });
    const one = await cluster1.erlang(names[0]);
    const two = await cluster2.erlang(names[1]);
    await using tunnel = new TcpTunnel();
    using user = createStockUser('25', 'own_cookie');
    const { env } = user;
    const base = { node: names[0], epmdPort: cluster1.epmdPort, cookie: 'cookie_one', env };
    await using bridge1 = await openEpmdModuleBridge(tunnel, base);
    await using bridge2 = await openEpmdModuleBridge(tunnel, {
      ...base,
      node: names[1],
      epmdPort: cluster2.epmdPort,
      cookie: 'cookie_two',
    });
    const [second = ''] = /-convoy_table \S+/.exec(argumentsOf(bridge2.environment)) ?? [];
    await using erl = user.start(`${bridge1.commands.erl} ${second}`);
    erl.write(`{got, [rpc:call(N, os, getpid, []) || N <- ['${names[0]}', '${names[1]}']]}.\n`);
    await erl.waitFor(new RegExp(`\\{got,\\["${one.osPid}","${two.osPid}"\\]\\}`));
  });

  test('a node that listens only on its own address is reached there', async () => {
    await using cluster = await ErlangCluster.start({ cookie });
    const args = ['-kernel', 'inet_dist_use_interface', '{127,0,0,9}'];
    const remote = await cluster.erlang('app@127.0.0.9', { args });
    await using tunnel = new TcpTunnel();
    using user = createStockUser('25', cookie);
    const options = { node: remote.name, epmdPort: cluster.epmdPort, env: user.env };
    await using bridge = await openEpmdModuleBridge(tunnel, options);
    await using erl = user.start(bridge.commands.erl);
    erl.write(`{got, rpc:call('${remote.name}', os, getpid, [])}.\n`);
    await erl.waitFor(new RegExp(`\\{got,"${remote.osPid}"\\}`));
  });

  test('a folder may have a space and quotes in its name', async () => {
    await using cluster = await ErlangCluster.start({ cookie });
    const remote = await cluster.erlang(name);
    await using tunnel = new TcpTunnel();
    using user = createStockUser('25', 'own_cookie');
    const env = { ...user.env, XDG_CACHE_HOME: join(user.home, `it's "my" #1 cache`) };
    for (const open of [openEpmdModuleBridge, openAliasBridge]) {
      await using bridge = await open(tunnel, { node: remote.name, epmdPort: cluster.epmdPort, cookie, env });
      await using erl = user.start(bridge.commands.erl);
      erl.write(`{got, rpc:call('${name}', os, getpid, [])}.\n`);
      await erl.waitFor(new RegExp(`\\{got,"${remote.osPid}"\\}`));
    }
  });

  test('without erlc the alias bridge is suggested', async () => {
    await using cluster = await ErlangCluster.start({ cookie });
    const remote = await cluster.erlang(name);
    await using tunnel = new TcpTunnel();
    using user = createStockUser('25', cookie);
    const env = { ...user.env, PATH: '/nonexistent', SHELL: '/bin/false' };
    await assert.rejects(
      openEpmdModuleBridge(tunnel, { node: remote.name, epmdPort: cluster.epmdPort, env }),
      (error: Error & { code?: string; remedy?: string }) =>
        error.code === 'HOST_NO_RUNTIME' && /alias/.test(error.remedy ?? ''),
    );
    assert.deepEqual(readdirSync(join(user.home, '.cache', 'convoy')), []);
  });

  for (const node of ['app@127.0.0.1', 'app@10.1.2.3', 'app@::1', 'app@localhost']) {
    test(`the alias bridge refuses ${node}`, async () => {
      await using tunnel = new TcpTunnel();
      await assert.rejects(openAliasBridge(tunnel, { node }), { code: 'HOST_UNSUPPORTED' });
    });
  }
});

describe('convoy_epmd', { skip: missingPeer('25') }, () => {
  test('passes unknown names to erl_epmd, and survives every table', async () => {
    await using cluster = await ErlangCluster.start({ cookie });
    const remote = await cluster.erlang(name);
    const neighbour = await cluster.erlang('near@127.0.0.1');
    await using tunnel = new TcpTunnel();
    using user = createStockUser('25', cookie);
    const options = { node: remote.name, epmdPort: cluster.epmdPort, env: user.env };
    await using bridge = await openEpmdModuleBridge(tunnel, options);
    const [, table = ''] = /-convoy_table (\S+)/.exec(argumentsOf(bridge.environment)) ?? [];
    const good = readFileSync(table, 'utf8');
    await using erl = user.start(
      `ERL_EPMD_PORT=${cluster.epmdPort} ${bridge.commands.erl} -convoy_table /nonexistent`,
    );
    const expectValue = async (tag: string, expression: string, value: RegExp): Promise<void> => {
      erl.write(`{${tag}, ${expression}}.\n`);
      await erl.waitFor(new RegExp(`\\{${tag},${value.source}\\}`));
    };
    await expectValue(
      'near',
      `rpc:call('near@127.0.0.1', os, getpid, [])`,
      new RegExp(`"${neighbour.osPid}"`),
    );
    // It registers with a running EPMD, so that local nodes find it.
    const registered = await new EpmdClient({ port: cluster.epmdPort }).names();
    assert.ok(registered.nodes.some((one) => one.name.startsWith('erl_')));

    const address = `convoy_epmd:address_please("app", "db1.far.example", inet)`;
    const known = new RegExp(`\\{ok,\\{127,0,0,1\\},${bridge.port},6\\}`);
    await expectValue('found', address, known);
    await expectValue('six', address.replace('inet)', 'inet6)'), /\{ok,\{0,0,0,0,0,0,0,1\},\d+,6\}/);
    await expectValue('names', `convoy_epmd:names("db1.far.example")`, /\{ok,\[\{"app",\d+\}\]\}/);
    await expectValue('port', `convoy_epmd:port_please("app", "db1.far.example")`, /\{port,\d+,6\}/);
    await expectValue('port3', `convoy_epmd:port_please("app", "db1.far.example", 1000)`, /\{port,\d+,6\}/);
    await expectValue('tuple', `convoy_epmd:port_please("app", {127,0,0,1})`, /\{port,\d+,6\}/);
    await expectValue(
      'coded',
      `convoy_epmd:address_please("remote_45678", "no.such.example", inet)`,
      /\{ok,\{127,0,0,1\},45678,6\}/,
    );
    for (const [index, bad] of badTables.entries()) {
      writeFileSync(table, bad);
      await expectValue(`bad${index}`, `element(1, ${address})`, /error/);
    }
    writeFileSync(table, `# a remark\n\n${good}db1 0\n`);
    await expectValue('again', address, known);
  });

  test('starts without an EPMD and without a table', async () => {
    await using cluster = await ErlangCluster.start({ cookie });
    const remote = await cluster.erlang(name);
    await using tunnel = new TcpTunnel();
    using user = createStockUser('25', cookie);
    await using bridge = await openEpmdModuleBridge(tunnel, {
      node: remote.name,
      epmdPort: cluster.epmdPort,
      env: user.env,
    });
    const [folder = ''] = /(?<=-pa )\S+/.exec(argumentsOf(bridge.environment)) ?? [];
    const flags = `-epmd_module convoy_epmd -pa ${folder} -start_epmd false`;
    await using erl = user.start(`ERL_EPMD_PORT=${await freePort()} erl -name lone@127.0.0.1 ${flags}`);
    erl.write(`{up, node(), net_adm:ping('${name}')}.\n`);
    await erl.waitFor(/\{up,'lone@127\.0\.0\.1',pang\}/);
  });
});

const badTables: readonly (string | Uint8Array)[] = [
  '',
  'app@db1.far.example',
  'app@db1.far.example x',
  'app@db1.far.example 0',
  'app@db1.far.example 65536',
  'app@db1.far.example -1',
  'app@db1.far.example 99999999999999999999999999',
  'app@db1.far.example 1 2 3 4',
  '@db1.far.example 5\napp@ 5\n',
  Uint8Array.of(0xff, 0xfe, 0x00, 0x80),
  Buffer.alloc(2_000_000, 'x'),
];

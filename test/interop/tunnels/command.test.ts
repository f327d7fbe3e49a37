/** `convoy tunnel` as users run it: over a real SSH server, with its printed lines run unchanged, ended by a signal. */

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { splitNodeName } from '@convoy/node/names';
import { ConvoyProcess, runConvoy } from '../../support/convoy-command.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { missingSshd, startSshServer } from '../../support/network/ssh-server.ts';
import { createStockUser } from '../../support/erlang/stock-node.ts';

const cookie = 'remote_cookie_of_the_tunnel';
const name = 'app@db1.far.example';

describe('convoy tunnel', { skip: missingPeer('25', 'elixir') ?? missingSshd() ?? false }, () => {
  for (const way of ['--epmd-module', '--alias'] as const) {
    test(`${way} prints lines that work, and leaves nothing when it is ended`, async () => {
      await using cluster = await ErlangCluster.start({ cookie });
      const remote = await cluster.erlang(name);
      await using server = await startSshServer();
      using user = createStockUser('25', cookie);
      server.trustIn(user.home);
      const epmd = ['--epmd-port', String(cluster.epmdPort)];
      const words = ['tunnel', server.target, name, way, ...epmd, ...server.words];
      await using convoy = new ConvoyProcess(words, { env: user.env });
      const [, line = ''] = await convoy.waitFor(/connect to it:\n.*\n {2}(.* erl -name .*)\n/);
      await using erl = user.start(line);
      erl.write(`{got, rpc:call('${name}', os, getpid, [])}.\n`);
      await erl.waitFor(new RegExp(`\\{got,"${remote.osPid}"\\}`));
      convoy.child.kill(way === '--alias' ? 'SIGTERM' : 'SIGINT');
      const { code, stdout, stderr } = await convoy.result();
      assert.deepEqual([code, stderr], [0, '']);
      assert.doesNotMatch(stdout, new RegExp(cookie));
      const left = readdirSync(join(user.home, '.cache', 'convoy')).filter((file) =>
        file.startsWith('bridge-'),
      );
      assert.deepEqual(left, []);
    });
  }

  test('--json prints one document and keeps running', async () => {
    await using cluster = await ErlangCluster.start({ cookie });
    const remote = await cluster.erlang(name);
    await using server = await startSshServer();
    using user = createStockUser('25', cookie);
    server.trustIn(user.home);
    const epmd = ['--epmd-port', String(cluster.epmdPort)];
    const words = ['tunnel', server.target, remote.name, ...epmd, ...server.words];
    await using convoy = new ConvoyProcess([...words, '--json'], { env: user.env });
    await convoy.waitFor(/^\}\n/m);
    const { node, commands } = JSON.parse(convoy.stdout);
    assert.equal(node, name);
    assert.match(
      commands.iexRemote,
      / iex --name iex_[0-9a-f]{6}@127\.0\.0\.1 --remsh app@db1\.far\.example$/,
    );
    assert.equal(convoy.child.exitCode, null);
  });

  test('a wrong cookie is reported immediately', async () => {
    await using cluster = await ErlangCluster.start({ cookie });
    const remote = await cluster.erlang(name);
    await using server = await startSshServer();
    using user = createStockUser('25', 'wrong');
    server.trustIn(user.home);
    const epmd = ['--epmd-port', String(cluster.epmdPort)];
    const words = ['tunnel', server.target, remote.name, ...epmd, ...server.words];
    await using convoy = new ConvoyProcess(words, { env: user.env });
    await convoy.waitFor(/does not accept connections yet.*HANDSHAKE_COOKIE_MISMATCH/);
  });

  test('an unknown node ends it with a list of the known ones', async () => {
    await using cluster = await ErlangCluster.start({ cookie });
    const remote = await cluster.erlang(name);
    await using server = await startSshServer();
    using user = createStockUser('25', cookie);
    server.trustIn(user.home);
    const epmd = ['--epmd-port', String(cluster.epmdPort)];
    const words = ['tunnel', server.target, 'web@db1', ...epmd, ...server.words];
    const { code, stderr } = await runConvoy(words, { env: user.env });
    assert.equal(code, 3);
    assert.match(
      stderr,
      new RegExp(`web@db1 is not registered .*registered: ${splitNodeName(remote.name).name}`),
    );
  });

  test('--alias cannot be combined with --ipv6', async () => {
    const { code } = await runConvoy(['tunnel', 'ops@db1', name, '--alias', '--ipv6', '--cookie', 'x']);
    assert.equal(code, 2);
  });
});

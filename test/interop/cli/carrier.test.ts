/** The `convoy` command in clusters that use TLS, in clusters without EPMD, and with nodes of this machine whose host part is not 127.0.0.1. */

import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { hostname } from 'node:os';
import { after, describe, test } from 'node:test';
import { TestAuthority } from '../../support/certificates.ts';
import { ConvoyProcess, runConvoy } from '../../support/convoy-command.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { freePort, missingPeer, startErlangNode } from '../../support/erlang/erlang-node.ts';

const env = { CONVOY_COOKIE: 'carrier' };
const cookie = env.CONVOY_COOKIE;
const authority = await TestAuthority.create();
after(() => authority[Symbol.asyncDispose]());
const certificate = await authority.issue();
chmodSync(certificate.keyFile, 0o600);
const tlsFlags = [
  ...['--proto', 'tls', '--tls-ca', authority.caFile],
  ...['--tls-cert', certificate.certFile, '--tls-key', certificate.keyFile],
];

/** A node of a busy machine may take long, in its TLS handshake too. */
const patient = ['--timeout', '60'];

for (const release of ['25', '27', '29'] as const) {
  describe(`the command with OTP ${release}`, { skip: missingPeer(release) }, () => {
    test('reaches and runs nodes that use TLS', async () => {
      await using cluster = await ErlangCluster.start({ cookie, release });
      const args = ['-proto_dist', 'inet_tls', ...authority.emulatorArgs(release, { certificate })];
      const erl = await cluster.erlang('erl', { args });
      const tlsEnv = { ...env, ERL_EPMD_PORT: String(cluster.epmdPort) };
      const pinged = await runConvoy(['ping', erl.name, ...patient, ...tlsFlags], { env: tlsEnv });
      assert.match(pinged.stdout, /^pong from erl@127\.0\.0\.1/, pinged.stderr);
      const summed = await runConvoy(['rpc', erl.name, 'lists', 'sum', '[1, 2]', ...patient, ...tlsFlags], {
        env: tlsEnv,
      });
      assert.equal(summed.stdout.trim(), '3', summed.stderr);
      const plain = await runConvoy(['ping', erl.name, '--json', ...patient], { env: tlsEnv });
      assert.equal(plain.code, 3);
      assert.match(plain.stdout, /CONNECTION_TLS_REQUIRED/);
      // The options of a release, except for the certificates.
      const nodeEnv = { ...tlsEnv, ERL_AFLAGS: '-proto_dist inet_tls', CONVOY_TLS_CA: authority.caFile };
      await using node = new ConvoyProcess(['node', '--name', 'ts@127.0.0.1', ...tlsFlags.slice(4)], {
        env: nodeEnv,
        keepsInput: true,
      });
      await node.waitFor(/ts@127\.0\.0\.1 is up/);
      assert.equal(await erl.eval("net_adm:ping('ts@127.0.0.1')"), 'pong');
    });

    test('reaches and runs nodes without EPMD', async () => {
      const port = await freePort();
      await using erl = await startErlangNode({
        name: 'erl@127.0.0.1',
        release,
        cookie,
        // No EPMD listens there.
        epmdPort: 1,
        args: [...['-erl_epmd_port', String(port)], ...['-kernel', 'inet_dist_use_interface', '{127,0,0,1}']],
      });
      const noEpmd = { ...env, ERL_EPMD_PORT: '1' };
      const pinged = await runConvoy(['ping', erl.name, '--dist-port', String(port), ...patient], {
        env: noEpmd,
      });
      assert.match(pinged.stdout, /^pong/, pinged.stderr);
      await using node = new ConvoyProcess(['node', '--name', 'ts@127.0.0.2'], {
        env: { ...noEpmd, ERL_DIST_PORT: String(port) },
        keepsInput: true,
      });
      await node.waitFor(new RegExp(`ts@127\\.0\\.0\\.2 is up on port ${port} \\(epmd: none\\)`));
      assert.equal(await erl.eval("net_adm:ping('ts@127.0.0.2')"), 'pong');
    });
  });
}

test('options that contradict each other are refused', async () => {
  const node = ['node', '--name', 'ts@127.0.0.1'];
  const cases = [
    [[...node, '--dist-port', '9100', '--epmd', 'auto'], /--epmd none/],
    [[...node, '--dist-port', 'x'], /Give a whole number from 0 to 65535/],
    [[...node, ...tlsFlags.slice(2)], /--proto tls/],
    [[...node, '--proto', 'tls'], /CA/],
    [[...node, '--proto', 'tls', '--tls-verify', 'none'], /certificate/],
    [[...node, ...tlsFlags, '--tls-versions', '1.1'], /1\.2, 1\.3/],
    [[...node, ...tlsFlags, '--tls-ca', '/nowhere'], /cannot be read/],
    [['ping', 'a@127.0.0.1', '--via', 'ssh://nobody@127.0.0.1', ...tlsFlags], /--via/],
  ] as const;
  const results = await Promise.all(cases.map(([words]) => runConvoy(words, { env })));
  for (const [index, { code, stderr }] of results.entries()) {
    assert.match(stderr, cases[index]?.[1] ?? /^$/);
    assert.equal(code, 2, stderr);
  }
});

describe('nodes of this machine under any host part', { skip: missingPeer() }, () => {
  test('are listed as up with their own names, and found by the part before the @', async () => {
    await using cluster = await ErlangCluster.start({ cookie });
    const ours = { ...env, ERL_EPMD_PORT: String(cluster.epmdPort) };
    const own = hostname().split('.', 1)[0] ?? '';
    const common = { cookie, epmdPort: cluster.epmdPort };
    await using _usual = await startErlangNode({ ...common, name: 'a@127.0.0.1' });
    await using _local = await startErlangNode({ ...common, name: 'b@localhost' });
    await using _short = await startErlangNode({ ...common, name: `c@${own}` });
    await using node = new ConvoyProcess(['node', '--name', 'd@localhost'], { env: ours, keepsInput: true });
    await node.waitFor(/d@localhost is up/);
    const names = ['a@127.0.0.1', 'b@localhost', `c@${own}`, 'd@localhost'];
    const epmd = ['--epmd-port', String(cluster.epmdPort)];
    for (const [words, variables] of [
      [['nodes', '--json', ...patient], ours],
      [['nodes', '--json', '--host', 'localhost', ...patient], ours],
      [['nodes', '--json', ...epmd, ...patient], { ...env, ERL_EPMD_PORT: '1' }],
    ] as const) {
      const { stdout, stderr } = await runConvoy(words, { env: variables });
      const listed = JSON.parse(stdout) as { readonly name: string; readonly status: string }[];
      assert.deepEqual(
        listed.map(({ name, status }) => `${name} ${status}`).toSorted(),
        names.map((name) => `${name} up`),
        `${words.join(' ')}\n${stderr}`,
      );
    }
    for (const name of names) {
      const { stdout, stderr } = await runConvoy(['ping', name.split('@', 1)[0] ?? '', ...patient], {
        env: ours,
      });
      assert.match(stdout, new RegExp(`^pong from ${name} `), stderr);
    }
    assert.doesNotMatch(node.stderr, /refused a connection/);
    const wrong = await runConvoy(['ping', 'b@127.0.0.1', ...patient], { env: ours });
    assert.deepEqual([wrong.code, /node that answered is called b@localhost/.test(wrong.stderr)], [3, true]);
    const diagnosed = await runConvoy(['doctor', 'b', ...patient], { env: ours });
    assert.deepEqual(
      [diagnosed.code, /^b@localhost can be reached/m.test(diagnosed.stdout)],
      [0, true],
      diagnosed.stderr,
    );
    assert.match(diagnosed.stderr, /^b is b@localhost, not b@127\.0\.0\.1:$/m);
  });

  test('a stranger that is refused is logged, and so is a visitor that lacks the cookie', async () => {
    await using cluster = await ErlangCluster.start({ cookie });
    const ours = { ...env, ERL_EPMD_PORT: String(cluster.epmdPort) };
    await using node = new ConvoyProcess(['node', '--name', 'd@localhost'], { env: ours, keepsInput: true });
    await node.waitFor(/d@localhost is up/);
    const other = { ...ours, CONVOY_COOKIE: 'another' };
    assert.match(
      (await runConvoy(['ping', 'd', ...patient], { env: other })).stderr,
      /HANDSHAKE_COOKIE_MISMATCH/,
    );
    await node.waitFor(/refused a connection from convoy_[0-9a-f]+@localhost: .*cookie/);
  });
});

/** What a visit asks of a host: one login shell, one session where there is no more, and the host's own words when it refuses. */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  type HostError,
  inspectHost,
  openSshTunnel,
  parseSshTarget,
  type SshTunnel,
  startNodeOn,
} from '@convoy/cluster/ssh';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { startTestEpmd } from '../../support/erlang/test-epmd.ts';
import { eventually } from '../../support/eventually.ts';
import { missingSshd, type SshServer, startSshServer } from '../../support/network/ssh-server.ts';
import { noSmallDisk, SmallDisk } from '../../support/small-disk.ts';

const skip = missingSshd() ?? missingPeer('25') ?? false;

function tunnelTo(server: SshServer): Promise<SshTunnel> {
  return openSshTunnel(parseSshTarget(server.target), server.options);
}

/** Starts an Erlang node on the host and stops it again. */
async function visit(tunnel: SshTunnel): Promise<void> {
  const report = await inspectHost(tunnel, { kinds: ['erlang'] });
  const node = await startNodeOn(tunnel, report, { kind: 'erlang' });
  assert.match(node.name, /^convoy_/);
  await node.stop();
}

async function refusalOf(work: Promise<unknown>): Promise<HostError> {
  const error = await work.then(
    () => assert.fail('was not refused'),
    (reason: unknown) => reason as HostError,
  );
  assert.equal(error.name, 'HostError', String(error));
  return error;
}

describe('a visit by SSH', { skip }, () => {
  test('reads the profile of the login once, however many steps it takes', async () => {
    using disk = new SmallDisk(8192);
    await using epmd = await startTestEpmd();
    await using server = await startSshServer({
      env: { HOME: disk.path, ERL_EPMD_PORT: String(epmd.port) },
    });
    writeFileSync(join(disk.path, '.bash_profile'), 'echo read >> "$HOME/reads"\necho Welcome\n');
    await using tunnel = await tunnelTo(server);
    await visit(tunnel);
    assert.equal(readFileSync(join(disk.path, 'reads'), 'utf8'), 'read\n');
    assert.deepEqual(readdirSync(join(disk.path, '.convoy/nodes')), []);
  });

  test('needs a single session', async () => {
    await using epmd = await startTestEpmd();
    await using server = await startSshServer({
      config: ['MaxSessions 1'],
      env: { ERL_EPMD_PORT: String(epmd.port) },
    });
    await using tunnel = await tunnelTo(server);
    // Forwarding comes first, which runs a command of its own.
    const stream = await tunnel.open({ host: '127.0.0.1', port: epmd.port }, {});
    stream.destroy();
    await visit(tunnel);
    const spawned = await tunnel.spawn('echo spawned');
    assert.match(String((await spawned.stdout.toArray())[0]), /^spawned/);
  });

  test('goes on after a script that could not end in time, and after a lost connection', async () => {
    await using server = await startSshServer();
    await using tunnel = await tunnelTo(server);
    await inspectHost(tunnel);
    server.cutSessions();
    await eventually('the host to answer again', 60_000, () => inspectHost(tunnel));
    await assert.rejects(inspectHost(tunnel, { timeoutMs: 1 }), { code: 'SSH_TIMEOUT' });
    assert.notEqual((await inspectHost(tunnel)).user, 'unknown');
  });
});

describe('a host that runs no script says why', { skip }, () => {
  for (const { title, config, message, remedy } of [
    {
      title: 'an account without a shell',
      config: 'ForceCommand /usr/sbin/nologin',
      message: /does not run shell scripts: .*This account is currently not available/,
      remedy: /has no shell/,
    },
    {
      title: 'a command that replaces every other',
      config: 'ForceCommand echo Only backups are taken here; exit 3',
      message: /: Only backups are taken here$/,
      remedy: /ForceCommand/,
    },
    {
      title: 'a command that prints nothing',
      config: 'ForceCommand exit 4',
      message: /its shell ended with code 4 and printed nothing/,
      remedy: /ForceCommand/,
    },
  ]) {
    test(title, async () => {
      await using server = await startSshServer({ config: [config] });
      await using tunnel = await tunnelTo(server);
      const error = await refusalOf(inspectHost(tunnel));
      assert.equal(error.code, 'HOST_UNSUPPORTED');
      assert.match(error.message, message);
      assert.match(error.remedy ?? '', remedy);
    });
  }

  for (const { title, prepare, message, remedy } of [
    {
      title: 'a full disk',
      prepare: (disk: SmallDisk) => disk.fill(),
      message: /No space left on device/,
      remedy: /Free space/,
    },
    {
      title: 'a home folder that is read only',
      prepare: (disk: SmallDisk) => disk.setReadOnly(),
      message: /Read-only file system/,
      remedy: /is writable/,
    },
  ]) {
    test(title, { skip: noSmallDisk }, async () => {
      using disk = new SmallDisk(64);
      prepare(disk);
      await using epmd = await startTestEpmd();
      await using server = await startSshServer({
        env: { HOME: disk.path, ERL_EPMD_PORT: String(epmd.port) },
      });
      await using tunnel = await tunnelTo(server);
      const report = await inspectHost(tunnel, { kinds: ['erlang'] });
      const error = await refusalOf(startNodeOn(tunnel, report, { kind: 'erlang' }));
      assert.equal(error.code, 'HOST_START_FAILED');
      assert.match(error.message, message);
      assert.match(error.remedy ?? '', remedy);
      const nodes = join(disk.path, '.convoy/nodes');
      assert.deepEqual(existsSync(nodes) ? readdirSync(nodes) : [], []);
    });
  }
});

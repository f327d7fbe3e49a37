/** SSH with a real sshd, by the library in this process: the common suite, and features of this dialer only. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { dialSsh, parseSshTarget, type SshConnection } from '@convoy/cluster/ssh';
import { testSshDialer } from '../../conformance/ssh-connection.ts';
import { ProcessOutput } from '../../support/child-process.ts';
import { generateKey, missingSshd, startSshServer } from '../../support/network/ssh-server.ts';

testSshDialer(dialSsh, 'the library');

class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'convoy-ssh-'));
  file(name: string, text?: string): string {
    const path = join(this.path, name);
    if (text !== undefined) writeFileSync(path, text, { mode: 0o600 });
    return path;
  }
  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

function setPassphrase(file: string, passphrase: string): void {
  const { status, stderr } = spawnSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', passphrase, '-f', file]);
  assert.equal(status, 0, String(stderr));
}

/** An agent that holds one key. */
async function startAgent(socket: string, key: string): Promise<ChildProcess> {
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
  // It prints its address as soon as it listens.
  await new ProcessOutput(agent, 'ssh-agent').waitForMatch(/SSH_AUTH_SOCK=/, 20_000);
  const added = spawnSync('ssh-add', [key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  assert.equal(added.status, 0, String(added.stderr));
  return agent;
}

describe('SSH within this process', { skip: missingSshd() ?? false }, () => {
  test('finds host, user, port, key and jump hosts in the configuration', async () => {
    await using bastion = await startSshServer();
    await using inner = await startSshServer();
    using folder = new Folder();
    const known = folder.file(
      'known',
      `[127.0.0.1]:${bastion.port} ${bastion.hostKey}\ndb1.example ${inner.hostKey}\n`,
    );
    folder.file(
      'more.conf',
      `Host db1
  HostName 127.0.0.1
  Port ${inner.port}
  HostKeyAlias db1.example
  IdentityFile ${inner.identityFile}
  ProxyJump bastion
`,
    );
    const config = folder.file(
      'config',
      `Include "${folder.file('*.conf')}"
Host bastion
  HostName 127.0.0.1
  Port ${bastion.port}
  IdentityFile ${bastion.identityFile}
Host *
  User root
  UserKnownHostsFile ${known}
`,
    );
    const connection = await dialSsh(parseSshTarget('db1'), { configFile: config, agent: false });
    const { stdout } = await connection.exec('echo "$SSH_CONNECTION"');
    await connection.close();
    assert.match(stdout, new RegExp(` ${inner.port}\n$`));
    assert.match(bastion.log, /Accepted publickey for root/);
    const proxied = folder.file('proxied', 'Host db1\n  ProxyCommand nc %h %p\n');
    await assert.rejects(dialSsh(parseSshTarget('db1'), { configFile: proxied }), { code: 'SSH_BAD_CONFIG' });
  });

  test('detects within seconds that the other side is frozen', async () => {
    await using server = await startSshServer();
    const options = { ...server.options, keepaliveIntervalMs: 200, keepaliveCount: 2 };
    const connection = await dialSsh(parseSshTarget(server.target), options);
    const closed = new Promise<Error | undefined>((resolve) => connection.onClose(resolve));
    const sessions = server.sessions;
    for (const pid of sessions) process.kill(pid, 'SIGSTOP');
    assert.match(String((await closed)?.message), /is closed/);
    await connection.close();
  });
});

describe('keys for SSH within this process', { skip: missingSshd() ?? false }, () => {
  test('asks for the passphrase of a key only when it is needed; that time does not count', async (context) => {
    await using server = await startSshServer();
    using folder = new Folder();
    const key = folder.file('locked', readFileSync(server.identityFile, 'utf8'));
    setPassphrase(key, 'open sesame');
    const foreign = folder.file('foreign');
    generateKey(foreign, 'another');
    const target = parseSshTarget(server.target);
    const options = { ...server.options, identityFiles: [foreign, key] };
    await assert.rejects(dialSsh(target, options), { code: 'SSH_KEY_UNUSABLE', message: /encrypted/ });
    await assert.rejects(dialSsh(target, { ...options, passphrase: () => Promise.resolve('wrong') }), {
      code: 'SSH_KEY_UNUSABLE',
      message: /locked.*passphrase/,
    });
    const asked: string[] = [];
    // Only timers advance while the user types.
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const connection = await dialSsh(target, {
      ...options,
      connectTimeoutMs: 1500,
      passphrase: async (file) => {
        asked.push(file);
        context.mock.timers.tick(60_000);
        return 'open sesame';
      },
    });
    context.mock.timers.reset();
    await connection.close();
    assert.deepEqual(
      asked,
      [key],
      'the server does not take the other key, so its passphrase is not asked for',
    );
    await assert.rejects(
      dialSsh(target, { ...options, identityFiles: [foreign], passphrase: () => Promise.resolve('another') }),
      { code: 'SSH_AUTH_REFUSED', message: /foreign; it accepts publickey/ },
    );
  });

  test('authenticates twice if the server requires both methods', async () => {
    using folder = new Folder();
    await using server = await startSshServer({
      config: ['AuthenticationMethods publickey,publickey'],
    });
    const second = folder.file('second');
    generateKey(second);
    const target = parseSshTarget(server.target);
    await assert.rejects(dialSsh(target, server.options), { code: 'SSH_AUTH_REFUSED' });
    server.authorize(readFileSync(`${second}.pub`, 'utf8'));
    const options = { ...server.options, identityFiles: [server.identityFile, second] };
    const connection = await dialSsh(target, options);
    assert.equal((await connection.exec('echo in')).stdout, 'in\n');
    await connection.close();
  });

  test('uses the keys of an agent, with IdentitiesOnly only the configured ones', async () => {
    await using server = await startSshServer();
    using folder = new Folder();
    const key = folder.file('locked', readFileSync(server.identityFile, 'utf8'));
    setPassphrase(key, 'open sesame');
    const socket = folder.file('agent');
    const agent = await startAgent(socket, server.identityFile);
    const target = parseSshTarget(server.target);
    try {
      const options = { ...server.options, identityFiles: [], agent: socket };
      const anyKey = await dialSsh(target, options);
      assert.equal((await anyKey.exec('echo in')).stdout, 'in\n');
      await anyKey.close();
      const none = folder.file('none', 'IdentitiesOnly yes\nIdentityFile none\n');
      await assert.rejects(dialSsh(target, { ...options, configFile: none }), { code: 'SSH_AUTH_REFUSED' });
      const named = folder.file('named', `IdentitiesOnly yes\nIdentityFile ${key}\n`);
      // The passphrase is not needed, because the agent has the same key.
      await (await dialSsh(target, { ...options, configFile: named })).close();
      const half = { ...options, identityFiles: [`${server.identityFile}.pub`] };
      await (await dialSsh(target, half)).close();
      await assert.rejects(dialSsh(target, { ...half, agent: false }), { code: 'SSH_KEY_UNUSABLE' });
    } finally {
      agent.kill();
      await once(agent, 'exit');
    }
  });
});

describe('host keys for SSH within this process', { skip: missingSshd() ?? false }, () => {
  test('reports both fingerprints and the line when a host key has changed', async () => {
    await using server = await startSshServer();
    const before = server.hostKeyFingerprint;
    server.changeHostKey();
    await server.restart();
    await assert.rejects(dialSsh(parseSshTarget(server.target), server.options), (error: Error) => {
      assert.ok(
        error.message.includes(before) && error.message.includes(server.hostKeyFingerprint),
        error.message,
      );
      assert.ok(error.message.includes(`${server.knownHostsFile}:1`));
      return true;
    });
  });

  test('known hosts: a line without the port, revoked keys, authorities, and files that cannot be written', async () => {
    await using server = await startSshServer({ trusted: false });
    using folder = new Folder();
    const target = parseSshTarget(server.target);
    const by = (file: string, more = {}): Promise<SshConnection> =>
      dialSsh(target, { ...server.options, knownHostsFiles: [file], ...more });
    const anyPort = folder.file('any-port', `127.0.0.1 ${server.hostKey}\n`);
    await (await by(anyPort)).close();
    const revoked = folder.file('revoked', `@revoked * ${server.hostKey}\n127.0.0.1 ${server.hostKey}\n`);
    await assert.rejects(by(revoked, { acceptNewHostKey: true }), {
      code: 'SSH_HOST_KEY_CHANGED',
      message: /revoked.*revoked:1/,
    });
    const authority = folder.file('authority', `@cert-authority * ${server.hostKey}\n`);
    await assert.rejects(by(authority), {
      code: 'SSH_HOST_KEY_UNKNOWN',
      message: /authority:1/,
      presented: { type: server.hostKey.split(' ')[0], fingerprint: server.hostKeyFingerprint },
    });
    const known = folder.file('known', '');
    const another = `SHA256:${'A'.repeat(43)}`;
    await assert.rejects(by(known, { acceptNewHostKey: another }), { code: 'SSH_HOST_KEY_UNKNOWN' });
    assert.equal(readFileSync(known, 'utf8'), '', 'a key other than the compared one is not saved');
    await (await by(known, { acceptNewHostKey: server.hostKeyFingerprint })).close();
    assert.match(readFileSync(known, 'utf8'), /^\[127\.0\.0\.1\]:\d+ ssh-/);
    const inFile = join(folder.file('plain', ''), 'known_hosts');
    await assert.rejects(by(inFile, { acceptNewHostKey: true }), { code: 'SSH_BAD_CONFIG' });
  });

  test('saves a new host once per connection, in a folder that only the user can read', async () => {
    await using server = await startSshServer({ trusted: false });
    using folder = new Folder();
    const file = join(folder.path, 'new', '.ssh', 'known_hosts');
    const options = { ...server.options, knownHostsFiles: [file], acceptNewHostKey: true };
    const target = parseSshTarget(server.target);
    const connections = await Promise.all([dialSsh(target, options), dialSsh(target, options)]);
    await Promise.all(connections.map((one) => one.close()));
    const line = `[127.0.0.1]:${server.port} ${server.hostKey}`;
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    assert.ok(lines.length <= 2 && lines.every((one) => one === line), lines.join('\n'));
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(join(folder.path, 'new', '.ssh')).mode & 0o777, 0o700);
    await (await dialSsh(target, { ...options, acceptNewHostKey: false })).close();
  });
});

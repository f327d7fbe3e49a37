/** SSH with a real sshd, by the system's `ssh`: the common suite, and features of this dialer only. */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { dialSystemSsh, parseSshTarget } from '@convoy/cluster/ssh';
import { testSshDialer } from '../../conformance/ssh-connection.ts';
import { ProcessOutput } from '../../support/child-process.ts';
import { eventually } from '../../support/eventually.ts';
import { missingSshd, type SshServer, startSshServer } from '../../support/network/ssh-server.ts';

testSshDialer(dialSystemSsh, 'the system’s ssh');

class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'convoy-system-ssh-'));
  file(name: string, text?: string): string {
    const path = join(this.path, name);
    if (text !== undefined) writeFileSync(path, text, { mode: 0o600 });
    return path;
  }
  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A separate program that connects, reports it, and closes when its input ends. */
const program = `
import { dialSystemSsh, parseSshTarget } from '@convoy/cluster/ssh';
const [target, options] = process.argv.slice(1);
const connection = await dialSystemSsh(parseSshTarget(target), JSON.parse(options));
process.stdin.once('end', () => connection.close()).resume();
console.log('connected');
`;

async function startProgram(server: SshServer, temporary: string) {
  const root = new URL('../../..', import.meta.url).pathname;
  const words = ['--conditions=@convoy/source', '--input-type=module', '-e', program, '--'];
  const child = spawn(process.execPath, [...words, server.target, JSON.stringify(server.options)], {
    cwd: root,
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  await new ProcessOutput(child, 'the program').waitForMatch(/^connected$/m, 30_000);
  return child;
}

describe('SSH by the system’s ssh alone', { skip: missingSshd() ?? false }, () => {
  test('leaves nothing behind when it is closed', async () => {
    await using server = await startSshServer();
    using folder = new Folder();
    const child = await startProgram(server, folder.path);
    assert.equal(readdirSync(folder.path).length, 1);
    child.stdin.end();
    const [code] = (await once(child, 'exit')) as [number];
    assert.equal(code, 0);
    assert.deepEqual(readdirSync(folder.path), []);
    await eventually('the session to end', 30_000, () => server.sessions.length === 0);
  });

  test('ends with a killed program', async () => {
    await using server = await startSshServer();
    using folder = new Folder();
    const child = await startProgram(server, folder.path);
    assert.ok(server.sessions.length > 0);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await eventually(
      'ssh to end with the program that started it',
      30_000,
      () => server.sessions.length === 0,
    );
    await eventually('its folder to go', 30_000, () => readdirSync(folder.path).length === 0);
  });

  test('obeys ProxyCommand and aliases of the configuration', async () => {
    await using server = await startSshServer();
    using folder = new Folder();
    const via = `ssh -F none -o BatchMode=yes -o UserKnownHostsFile=${server.knownHostsFile} -i ${server.identityFile} -p ${server.port} -W 127.0.0.1:${server.port} root@127.0.0.1`;
    const config = folder.file(
      'config',
      `Host db1\n  HostName 127.0.0.1\n  Port ${server.port}\n  User root\n  ProxyCommand ${via}\n`,
    );
    const connection = await dialSystemSsh(parseSshTarget('db1'), { ...server.options, configFile: config });
    assert.equal((await connection.exec('echo in')).stdout, 'in\n');
    assert.equal(connection.name, 'db1');
    await connection.close();
    const broken = folder.file('broken', 'NoSuchWord yes\n');
    await assert.rejects(dialSystemSsh(parseSshTarget('db1'), { ...server.options, configFile: broken }), {
      code: 'SSH_BAD_CONFIG',
      message: /NoSuchWord|nosuchword/,
    });
  });

  test('reports that a key is locked, and which keys were offered', async () => {
    await using server = await startSshServer();
    await using other = await startSshServer();
    using folder = new Folder();
    const key = folder.file('locked');
    copyFileSync(server.identityFile, key);
    spawnSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'open sesame', '-f', key]);
    const locked = { ...server.options, identityFiles: [key] };
    await assert.rejects(dialSystemSsh(parseSshTarget(server.target), locked), {
      code: 'SSH_KEY_UNUSABLE',
      message: /locked.*encrypted/,
    });
    const wrong = { ...server.options, identityFiles: [other.identityFile] };
    await assert.rejects(dialSystemSsh(parseSshTarget(server.target), wrong), (error: Error) => {
      assert.ok(error.message.includes(other.identityFile), error.message);
      assert.match(error.message, /it accepts publickey/);
      return true;
    });
  });

  test('shows the fingerprint of an unknown host, and the line of a changed one', async () => {
    await using server = await startSshServer({ trusted: false });
    const target = parseSshTarget(server.target);
    await assert.rejects(dialSystemSsh(target, server.options), (error: Error) =>
      error.message.includes(server.hostKeyFingerprint),
    );
    server.trust();
    server.changeHostKey();
    await server.restart();
    await assert.rejects(dialSystemSsh(target, server.options), (error: Error) => {
      assert.ok(error.message.includes(server.hostKeyFingerprint), error.message);
      assert.ok(error.message.includes(`${server.knownHostsFile}:1`), error.message);
      return true;
    });
  });

  test('detects within seconds that the other side is frozen', async () => {
    await using server = await startSshServer();
    const options = { ...server.options, keepaliveIntervalMs: 1000, keepaliveCount: 1 };
    const connection = await dialSystemSsh(parseSshTarget(server.target), options);
    const closed = new Promise<Error | undefined>((resolve) => connection.onClose(resolve));
    for (const pid of server.sessions) process.kill(pid, 'SIGSTOP');
    const error = await closed;
    assert.match(String(error?.cause), /not responding/);
    await connection.close();
  });
});

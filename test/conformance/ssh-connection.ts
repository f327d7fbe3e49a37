/**
 * The rules for every `SshDialer` and its connections, as one suite, against a real sshd. The test of a dialer calls
 * `testSshDialer`.
 */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { parseSshTarget, type SshDialer } from '@convoy/cluster/ssh';
import { startEcho } from '../support/network/echo-server.ts';
import { BastionNetwork, missingNamespaces } from '../support/network/namespaces.ts';
import { missingSshd, startSshServer } from '../support/network/ssh-server.ts';
import { testSshStreams } from './ssh-streams.ts';

export function testSshDialer(dial: SshDialer, title: string): void {
  const skip = missingSshd() ?? false;
  testSshStreams(dial, title, skip);

  describe(`SSH by ${title}`, { skip }, () => {
    test('runs commands: input, output, errors and code', async () => {
      await using server = await startSshServer();
      const connection = await dial(parseSshTarget(server.target), server.options);
      try {
        const result = await connection.exec('cat; echo wrong >&2; exit 3', { input: 'some input' });
        assert.deepEqual(result, { code: 3, stdout: 'some input', stderr: 'wrong\n' });
        const killed = await connection.exec('kill -9 $$');
        assert.notEqual(killed.code, 0);
      } finally {
        await connection.close();
      }
    });

    test('a command is bounded: by time, by its output, and by the signal', async () => {
      await using server = await startSshServer();
      const connection = await dial(parseSshTarget(server.target), server.options);
      try {
        await assert.rejects(connection.exec('sleep 60', { timeoutMs: 300 }), { code: 'SSH_TIMEOUT' });
        await assert.rejects(connection.exec('yes', { maxOutputBytes: 5000 }), { code: 'SSH_PROTOCOL' });
        const stop = new AbortController();
        const pending = connection.exec('sleep 60', { signal: stop.signal });
        stop.abort(new Error('no longer wanted'));
        await assert.rejects(pending, /no longer wanted/);
        assert.equal((await connection.exec('echo still here')).stdout, 'still here\n');
      } finally {
        await connection.close();
      }
    });

    test('leaves a command running until its input ends', async () => {
      await using server = await startSshServer();
      const connection = await dial(parseSshTarget(server.target), server.options);
      try {
        const running = await connection.spawn('while read line; do echo "got $line"; done; exit 5');
        running.stdin.write('one\n');
        const [first] = (await once(running.stdout, 'data')) as [Buffer];
        assert.equal(first.toString(), 'got one\n');
        running.stdin.end();
        running.stdout.resume();
        assert.deepEqual(await running.exited, { code: 5 });
      } finally {
        await connection.close();
      }
    });

    test('connects over several hops, and by IPv6', async () => {
      await using first = await startSshServer();
      await using second = await startSshServer({ listen: ['::1'] });
      const options = {
        ...first.options,
        identityFiles: [first.identityFile, second.identityFile],
        knownHostsFiles: [first.knownHostsFile, second.knownHostsFile],
      };
      const target = parseSshTarget(`${first.target},root@[::1]:${second.port}`);
      const connection = await dial(target, options);
      try {
        const { stdout } = await connection.exec('echo "$SSH_CONNECTION"');
        assert.match(stdout, new RegExp(`^::1 \\d+ ::1 ${second.port}`));
        assert.equal(connection.name, `${first.target},root@[::1]:${second.port}`);
      } finally {
        await connection.close();
      }
    });

    test('closing ends every stream and command, once', async () => {
      await using server = await startSshServer();
      await using echo = await startEcho();
      const connection = await dial(parseSshTarget(server.target), server.options);
      let reports = 0;
      connection.onClose((error) => {
        assert.equal(error, undefined);
        reports += 1;
      });
      const stream = await connection.open({ host: '127.0.0.1', port: echo.port }, {});
      stream.on('error', () => undefined);
      const over = once(stream, 'close');
      stream.resume();
      await connection.close();
      await connection.close();
      await over;
      assert.equal(reports, 1);
      const late = await new Promise<Error | undefined>((resolve) => connection.onClose(resolve));
      assert.equal(late, undefined);
    });
  });

  describe(`SSH by ${title} that is refused or fails`, { skip }, () => {
    test('a server that runs no commands, and one that forbids forwarding', async () => {
      await using server = await startSshServer({ config: ['MaxSessions 0', 'PermitOpen none'] });
      await using behind = await startSshServer();
      await using echo = await startEcho();
      const connection = await dial(parseSshTarget(server.target), server.options);
      try {
        await assert.rejects(connection.exec('true'), { code: 'SSH_EXEC_REFUSED' });
        await assert.rejects(connection.spawn('true'), { code: 'SSH_EXEC_REFUSED' });
        await assert.rejects(connection.open({ host: '127.0.0.1', port: echo.port }, {}), {
          code: 'SSH_FORWARD_FORBIDDEN',
        });
      } finally {
        await connection.close();
      }
      const options = { ...server.options, knownHostsFiles: [server.knownHostsFile, behind.knownHostsFile] };
      const way = parseSshTarget(`${server.target},${behind.target}`);
      await assert.rejects(dial(way, options), { code: 'SSH_FORWARD_FORBIDDEN' });
      const nowhere = parseSshTarget(`${behind.target},root@127.0.0.1:1`);
      await assert.rejects(dial(nowhere, { ...options, identityFiles: [behind.identityFile] }), {
        code: 'SSH_UNREACHABLE',
      });
    });

    test('an unknown host, and one with another key, are refused', async () => {
      await using server = await startSshServer({ trusted: false });
      const target = parseSshTarget(server.target);
      await assert.rejects(dial(target, server.options), { code: 'SSH_HOST_KEY_UNKNOWN' });
      const accepted = await dial(target, { ...server.options, acceptNewHostKey: true });
      await accepted.close();
      const known = await dial(target, server.options);
      await known.close();
      server.changeHostKey();
      await server.restart();
      const options = { ...server.options, acceptNewHostKey: true };
      await assert.rejects(dial(target, options), { code: 'SSH_HOST_KEY_CHANGED' });
    });

    test('keys that the server does not accept, and ports without a server', async () => {
      await using server = await startSshServer();
      await using other = await startSshServer();
      const wrongKey = { ...server.options, identityFiles: [other.identityFile] };
      await assert.rejects(dial(parseSshTarget(server.target), wrongKey), { code: 'SSH_AUTH_REFUSED' });
      const missing = { ...server.options, identityFiles: ['/nonexistent/key'] };
      await assert.rejects(dial(parseSshTarget(server.target), missing), { code: 'SSH_KEY_UNUSABLE' });
      await assert.rejects(dial(parseSshTarget('root@127.0.0.1:1'), server.options), {
        code: 'SSH_UNREACHABLE',
      });
      await assert.rejects(dial(parseSshTarget('root@convoy.invalid'), server.options), {
        code: 'SSH_HOST_UNKNOWN',
      });
      await using echo = await startEcho();
      const noServer = { ...server.options, connectTimeoutMs: 700 };
      await assert.rejects(dial(parseSshTarget(`root@127.0.0.1:${echo.port}`), noServer), (error: Error) =>
        ['SSH_TIMEOUT', 'SSH_PROTOCOL', 'SSH_CLOSED'].includes((error as { code?: string }).code ?? ''),
      );
    });

    test('a signal aborts the attempt', async () => {
      await using server = await startSshServer();
      const reason = new Error('changed my mind');
      await assert.rejects(
        dial(parseSshTarget(server.target), { ...server.options, signal: AbortSignal.abort(reason) }),
        reason,
      );
      const stop = new AbortController();
      const pending = dial(parseSshTarget(server.target), { ...server.options, signal: stop.signal });
      setImmediate(() => stop.abort(reason));
      await assert.rejects(pending, reason);
    });

    test('a lost connection is reported to streams, commands and listeners', async () => {
      await using server = await startSshServer();
      await using echo = await startEcho();
      const connection = await dial(parseSshTarget(server.target), server.options);
      const closed = new Promise<Error | undefined>((resolve) => connection.onClose(resolve));
      const stream = await connection.open({ host: '127.0.0.1', port: echo.port }, {});
      stream.write('x');
      await once(stream, 'data');
      const broken = once(stream, 'error');
      const command = connection.exec('sleep 60');
      const rejected = assert.rejects(command, { code: 'SSH_CLOSED' });
      await server.stop();
      assert.equal(((await closed) as { code?: string } | undefined)?.code, 'SSH_CLOSED');
      const [error] = (await broken) as [{ code?: string }];
      assert.equal(error.code, 'SSH_CLOSED');
      await rejected;
      await assert.rejects(connection.exec('true'), { code: 'SSH_CLOSED' });
      await assert.rejects(connection.open({ host: '127.0.0.1', port: 1 }, {}), { code: 'SSH_CLOSED' });
    });
  });

  const noNetworks = skip === false ? (missingNamespaces() ?? false) : skip;
  describe(`SSH into another network by ${title}`, { skip: noNetworks }, () => {
    for (const [family, innerFamily] of [
      [4, 4],
      [6, 6],
      [4, 6],
    ] as const) {
      test(`a host that only the bastion reaches, IPv${family} then IPv${innerFamily}`, async () => {
        using network = new BastionNetwork({ family, innerFamily });
        const { bastion, inner, bastionAddress, innerAddress } = network;
        await using first = await startSshServer({
          namespace: bastion.name,
          listen: [bastionAddress],
          port: 22,
        });
        await using second = await startSshServer({
          namespace: inner.name,
          listen: [innerAddress],
          port: 22,
        });
        const options = {
          ...first.options,
          identityFiles: [first.identityFile, second.identityFile],
          knownHostsFiles: [first.knownHostsFile, second.knownHostsFile],
          connectTimeoutMs: 20_000,
        };
        const direct = dial(parseSshTarget(second.target), { ...options, connectTimeoutMs: 500 });
        await assert.rejects(direct, { name: 'SshError' });
        const connection = await dial(parseSshTarget(`${first.target},${second.target}`), options);
        const { stdout } = await connection.exec('echo "$SSH_CONNECTION"');
        await connection.close();
        assert.ok(stdout.includes(` ${innerAddress} 22`), stdout);
      });
    }
  });
}

/** The output and the exit of a remote command that arrive together, as on a busy machine. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { test } from 'node:test';
import ssh2, { type ServerChannel } from 'ssh2';
import { generateKey } from '../../../../../../test/support/network/ssh-server.ts';
import { collectOutput } from '../../../../src/platforms/ssh/connection/collect-output.ts';
import { dialSsh } from '../../../../src/platforms/ssh/ssh2/dial-ssh.ts';
import { parseSshTarget } from '../../../../src/platforms/ssh/connection/ssh-target.ts';

test('output that has not been read when the command ends is collected', async () => {
  const running = {
    stdin: new PassThrough(),
    stdout: Readable.from([Buffer.from('out '), Buffer.from('and more')]),
    stderr: Readable.from([Buffer.from('err')]),
    exited: Promise.resolve({ code: 7 }),
    kill: () => undefined,
  };
  const result = await collectOutput(running, { host: 'db1', lostBy: () => undefined });
  assert.deepEqual(result, { code: 7, stdout: 'out and more', stderr: 'err' });
});

/** Starts a server of the ssh2 library that sends its whole reaction to a command in one network packet. */
async function startServer(onCommand: (channel: ServerChannel) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-command-end-'));
  generateKey(join(folder, 'host_key'));
  const sockets = new Set<Socket>();
  const hostKeys = [readFileSync(join(folder, 'host_key'))];
  const listener = createServer((socket) => {
    sockets.add(socket);
    const server = new ssh2.Server({ hostKeys }, (client) => {
      client.on('error', () => undefined).on('authentication', (auth) => auth.accept());
      client.on('session', (accept) => {
        accept().on('exec', (run) => {
          socket.cork();
          onCommand(run());
          setImmediate(() => socket.uncork());
        });
      });
    });
    server.injectSocket(socket);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    folder,
    target: parseSshTarget(`me@127.0.0.1:${(listener.address() as AddressInfo).port}`),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

for (const [how, end] of [
  [{ code: 7 }, (channel: ServerChannel) => channel.exit(7)],
  [{ signal: 'SIGTERM' }, (channel: ServerChannel) => channel.exit('TERM')],
] as const) {
  test(`a command that ends before its channel is returned reports ${JSON.stringify(how)}`, async () => {
    await using server = await startServer((channel) => {
      channel.stderr.write('err');
      channel.write('out');
      end(channel);
      channel.end();
    });
    const options = { agent: false, configFile: false, acceptNewHostKey: true, identityFiles: [] } as const;
    const connection = await dialSsh(server.target, {
      ...options,
      knownHostsFiles: [join(server.folder, 'known_hosts')],
    });
    try {
      const { code, ...printed } = await connection.exec('work');
      assert.equal(code, 'code' in how ? how.code : undefined);
      assert.deepEqual(printed, { stdout: 'out', stderr: 'err' });
      const spawned = await connection.spawn('work');
      spawned.stdout.resume();
      spawned.stderr.resume();
      assert.deepEqual(await spawned.exited, how);
    } finally {
      await connection.close();
    }
  });
}

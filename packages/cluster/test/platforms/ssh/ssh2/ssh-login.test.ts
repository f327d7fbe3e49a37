/**
 * What a server can ask for during a login: passwords, prompts of its own, two factors; and hostile servers. The server is
 * that of the ssh2 library, because sshd asks for the passwords of real accounts.
 */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import ssh2, { type AuthContext, type Connection } from 'ssh2';
import { generateKey } from '../../../../../../test/support/network/ssh-server.ts';
import { dialSsh } from '../../../../src/platforms/ssh/ssh2/dial-ssh.ts';
import type { SshOptions } from '../../../../src/platforms/ssh/connection/ssh-connection.ts';
import { parseSshTarget } from '../../../../src/platforms/ssh/connection/ssh-target.ts';

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'convoy-ssh-login-'));
  generateKey(join(folder, 'host_key'));
  generateKey(join(folder, 'id'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

interface AskingServer extends AsyncDisposable {
  readonly target: string;
}

async function startServer(onAuth: (auth: AuthContext) => void): Promise<AskingServer> {
  const clients = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [readFileSync(join(folder, 'host_key'))] }, (client) => {
    clients.add(client);
    client.on('error', () => undefined).on('close', () => clients.delete(client));
    client.on('authentication', onAuth);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    target: `me@127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.end();
      server.close();
      await once(server, 'close');
    },
  };
}

function options(more: SshOptions = {}): SshOptions {
  const knownHostsFiles = [join(folder, 'known_hosts')];
  return {
    agent: false,
    configFile: false,
    knownHostsFiles,
    acceptNewHostKey: true,
    identityFiles: [],
    ...more,
  };
}

/** A user who gives these answers in order. Records the questions. */
function person(...answers: readonly (string | undefined)[]) {
  const asked: string[] = [];
  return {
    asked,
    ask: (question: string): Promise<string | undefined> => {
      asked.push(question);
      return Promise.resolve(answers[asked.length - 1]);
    },
  };
}

describe('an SSH login with prompts', () => {
  test('a password, asked for up to three times', async () => {
    await using server = await startServer((auth) => {
      if (auth.method === 'password' && auth.password === 'right') auth.accept();
      else auth.reject(['password']);
    });
    const second = person('wrong', 'right');
    const connection = await dialSsh(parseSshTarget(server.target), options({ password: second.ask }));
    await connection.close();
    assert.deepEqual(second.asked, [server.target, server.target]);
    const never = person('a', 'b', 'c', 'right');
    await assert.rejects(dialSsh(parseSshTarget(server.target), options({ password: never.ask })), {
      code: 'SSH_AUTH_REFUSED',
      message: /it accepts password/,
    });
    assert.equal(never.asked.length, 3);
    const givesUp = person(undefined);
    await assert.rejects(dialSsh(parseSshTarget(server.target), options({ password: givesUp.ask })), {
      code: 'SSH_AUTH_REFUSED',
    });
  });

  test('prompts of the server, shown without control characters', async () => {
    await using server = await startServer((auth) => {
      if (auth.method !== 'keyboard-interactive') return auth.reject(['keyboard-interactive']);
      const prompts = [
        { prompt: 'Password: ', echo: false },
        { prompt: '\u001b[2JCode\u0007 of your phone: ', echo: false },
      ];
      auth.prompt(prompts, (answers) => (answers.join() === 'secret,123' ? auth.accept() : auth.reject()));
    });
    const one = person('secret', '123');
    const connection = await dialSsh(parseSshTarget(server.target), options({ password: one.ask }));
    await connection.close();
    assert.deepEqual(one.asked, [server.target, `${server.target} ([2JCode of your phone)`]);
    const givesUp = person('secret', undefined);
    await assert.rejects(dialSsh(parseSshTarget(server.target), options({ password: givesUp.ask })), {
      code: 'SSH_AUTH_REFUSED',
    });
    assert.equal(givesUp.asked.length, 2);
  });

  test('a key and then a password', async () => {
    let isHalfIn = false;
    await using server = await startServer((auth) => {
      if (auth.method === 'publickey' && auth.signature === undefined) return auth.accept();
      if (auth.method === 'publickey') {
        isHalfIn = true;
        return auth.reject(['password'], true);
      }
      if (isHalfIn && auth.method === 'password' && auth.password === 'right') return auth.accept();
      auth.reject(isHalfIn ? ['password'] : ['publickey']);
    });
    const one = person('right');
    const connection = await dialSsh(
      parseSshTarget(server.target),
      options({ identityFiles: [join(folder, 'id')], password: one.ask }),
    );
    await connection.close();
    assert.equal(one.asked.length, 1);
  });

  test('an error of the password callback ends the login with that error', async () => {
    await using server = await startServer((auth) => auth.reject(['password']));
    const broken = new Error('no terminal');
    const failing = options({ password: () => Promise.reject(broken) });
    await assert.rejects(dialSsh(parseSshTarget(server.target), failing), (error: Error) => {
      assert.ok(error === broken || error.cause === broken, String(error));
      return true;
    });
  });

  test('not an SSH server: another protocol, endless output, silence, a close', async () => {
    const kinds: readonly (readonly [code: string, talk: (socket: Socket) => unknown])[] = [
      ['SSH_CLOSED', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
      ['SSH_PROTOCOL', (socket) => socket.write('SSH-1.5-ancient\r\n')],
      ['SSH_PROTOCOL', (socket) => socket.write(`SSH-2.0-x\r\n${'x'.repeat(100_000)}`)],
      ['SSH_PROTOCOL', (socket) => socket.write('x'.repeat(200_000))],
      ['SSH_TIMEOUT', () => undefined],
      ['SSH_CLOSED', (socket) => socket.end()],
    ];
    for (const [index, [code, talk]] of kinds.entries()) {
      const sockets = new Set<Socket>();
      const server = createServer((socket) => {
        sockets.add(socket.on('error', () => undefined));
        talk(socket);
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      const connectTimeoutMs = code === 'SSH_TIMEOUT' ? 400 : 60_000;
      const dial = dialSsh(parseSshTarget(`me@127.0.0.1:${port}`), options({ connectTimeoutMs }));
      try {
        await assert.rejects(dial, (error: Error & { readonly code?: string }) => {
          assert.equal(error.code, code, `${index}: ${error.message}`);
          return true;
        });
      } finally {
        for (const socket of sockets) socket.destroy();
        server.close();
        await once(server, 'close');
      }
    }
  });
});

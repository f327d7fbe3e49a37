/** A relay like Railway's: an SSH server whose user names are services, each with its own 127.0.0.1 behind it. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type Connection } from 'ssh2';

export interface RelayServer extends AsyncDisposable {
  readonly port: number;
  /** Public key of the server. */
  readonly hostKey: string;
  /** Private key that it lets in. */
  readonly identityFile: string;
  /** User names that have logged in, and what they have asked for. */
  readonly asked: readonly string[];
  /** Ends every connection, as a relay that is restarted. */
  cut(): void;
}

/** `addressOf` says where the service behind a user name is; `undefined` for nowhere. */
export async function startRelayServer(
  addressOf: (user: string) => Promise<string | undefined>,
): Promise<RelayServer> {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-relay-test-'));
  const [host, login] = [
    ssh2.utils.generateKeyPairSync('ed25519'),
    ssh2.utils.generateKeyPairSync('ed25519'),
  ];
  const identityFile = join(folder, 'id_ed25519');
  writeFileSync(identityFile, login.private, { mode: 0o600 });
  const known = ssh2.utils.parseKey(login.public);
  if (known instanceof Error) throw known;
  const asked: string[] = [];
  const open = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [host.private] }, (connection) => {
    let user = '';
    open.add(connection);
    connection.on('error', () => undefined).on('close', () => open.delete(connection));
    connection.on('authentication', (context) => {
      const isKnown = context.method === 'publickey' && context.key.data.equals(known.getPublicSSH());
      if (!isKnown) return context.reject(['publickey']);
      const isSigned =
        context.signature === undefined || context.blob === undefined
          ? true
          : known.verify(context.blob, context.signature, context.hashAlgo);
      user = context.username;
      return isSigned ? context.accept() : context.reject();
    });
    connection.on('tcpip', (accept, reject, { destIP, destPort }) => {
      asked.push(`${user} ${destIP}:${destPort}`);
      void addressOf(user).then((address) => {
        if (address === undefined || destIP !== '127.0.0.1') return reject();
        const socket = connect({ host: address, port: destPort });
        socket.on('error', () => reject());
        socket.once('connect', () => {
          const channel = accept();
          channel.on('error', () => socket.destroy()).on('close', () => socket.destroy());
          socket.on('close', () => channel.end());
          socket.pipe(channel).pipe(socket);
        });
      });
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: host.public,
    identityFile,
    asked,
    cut: () => {
      for (const connection of open) connection.end();
    },
    async [Symbol.asyncDispose]() {
      for (const connection of open) connection.end();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      rmSync(folder, { recursive: true });
    },
  };
}

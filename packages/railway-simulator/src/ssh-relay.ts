/**
 * A relay like Railway's: an SSH server whose user names are services or their containers, each with its own 127.0.0.1 behind it.
 * It forwards streams to ports there for clients with a known key, and does nothing else.
 */

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2, {
  type AuthContext,
  type Connection,
  type ParsedKey,
  type Server,
  type ServerChannel,
  type Session,
  type TcpipRequestInfo,
} from 'ssh2';

/** What a user name leads to: the ports of its container, while it runs. */
export interface RelayTarget {
  connect(port: number): Promise<Duplex>;
}

export interface SshRelayOptions {
  /** Finds the target of a user name; `undefined` when there is none. */
  readonly find: (user: string) => RelayTarget | undefined;
}

const maxConnections = 256;
const farHost = '127.0.0.1';
/** Commands that clients run to check whether a server answers. */
const harmless = new Set([':', 'true']);

export class SshRelay {
  readonly host = '127.0.0.1';
  /** The relay's public key: `ssh-ed25519 AAAA...`. */
  readonly hostKey: string;
  readonly #server: Server;
  readonly #find: SshRelayOptions['find'];
  readonly #keys = new Map<string, ParsedKey>();
  readonly #open = new Set<Connection>();

  private constructor({ find }: SshRelayOptions) {
    const key = freshKey();
    this.hostKey = key.public;
    this.#find = find;
    this.#server = new ssh2.Server({ hostKeys: [key.private] }, (connection) => this.#serve(connection));
  }

  /** Listens on a free port of 127.0.0.1, with a new host key. */
  static async open(options: SshRelayOptions): Promise<SshRelay> {
    const relay = new SshRelay(options);
    relay.#server.maxConnections = maxConnections;
    relay.#server.listen(0, relay.host);
    await once(relay.#server, 'listening');
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Accepts logins with the private half of this public key, `ssh-ed25519 AAAA...`. Throws TypeError for an invalid one. */
  addKey(publicKey: string): void {
    const key = ssh2.utils.parseKey(publicKey);
    if (key instanceof Error) throw new TypeError(`not a valid public key: ${key.message}`);
    this.#keys.set(key.getPublicSSH().toString('base64'), key);
  }

  /** Generates a key and accepts it. Returns the private half in OpenSSH's format. */
  newKey(): string {
    const key = ssh2.utils.generateKeyPairSync('ed25519');
    this.addKey(key.public);
    return key.private;
  }

  /** Cuts every connection. */
  cut(): void {
    for (const connection of this.#open) connection.end();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.cut();
    await closed;
  }

  #serve(connection: Connection): void {
    let user = '';
    this.#open.add(connection);
    connection.on('error', () => connection.end()).on('close', () => this.#open.delete(connection));
    connection.on('authentication', (context) => {
      if (!this.#isAllowed(context)) {
        context.reject(['publickey']);
        return;
      }
      user = context.username;
      context.accept();
    });
    connection.on('session', (accept) => runHarmless(accept()));
    connection.on('tcpip', (accept, reject, info) => {
      void this.#forward(user, info).then(
        (stream) => join(accept(), stream),
        () => reject(),
      );
    });
  }

  /** The user must exist and the key be known; a signature, if there is one, must be valid. */
  #isAllowed(context: AuthContext): boolean {
    if (context.method !== 'publickey' || this.#find(context.username) === undefined) return false;
    const key = this.#keys.get(context.key.data.toString('base64'));
    if (key === undefined) return false;
    const { blob, signature, hashAlgo } = context;
    return signature === undefined || blob === undefined || isSignedBy(key, { blob, signature, hashAlgo });
  }

  async #forward(user: string, { destIP, destPort }: TcpipRequestInfo): Promise<Duplex> {
    const target = this.#find(user);
    if (target === undefined || destIP !== farHost) throw new Error('not forwarded');
    return target.connect(destPort);
  }
}

/** The library cannot read every key that it generates: it fails for about one in two hundred. */
function freshKey(): { readonly public: string; readonly private: string } {
  for (;;) {
    const key = ssh2.utils.generateKeyPairSync('ed25519');
    const halves = [ssh2.utils.parseKey(key.private), ssh2.utils.parseKey(key.public)];
    if (!halves.some((half) => half instanceof Error)) return key;
  }
}

interface Signed {
  readonly blob: Buffer;
  readonly signature: Buffer;
  readonly hashAlgo: string | undefined;
}

/** A signature that cannot be checked is returned as an error, not thrown. */
function isSignedBy(key: ParsedKey, { blob, signature, hashAlgo }: Signed): boolean {
  const outcome: unknown = key.verify(blob, signature, hashAlgo);
  return outcome === true;
}

function runHarmless(session: Session): void {
  session.on('exec', (accept, reject, { command }) => {
    if (!harmless.has(command.trim())) {
      reject();
      return;
    }
    const channel = accept();
    channel.exit(0);
    channel.end();
  });
}

function join(channel: ServerChannel, stream: Duplex): void {
  channel.on('error', () => stream.destroy()).on('close', () => stream.destroy());
  stream.on('error', () => channel.close()).on('close', () => channel.close());
  stream.pipe(channel).pipe(stream);
}

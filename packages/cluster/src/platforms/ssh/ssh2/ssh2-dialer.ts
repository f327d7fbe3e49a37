/**
 * Connects over SSH within this process, with the ssh2 library: hop by hop, each through the one before it, checking every
 * host key. A failure is an `SshError` and leaves nothing open.
 */

import { once } from 'node:events';
import { connect } from 'node:net';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { anySignal } from '@convoy/node/async';
import ssh2, { type CipherAlgorithm, type Client, type ServerHostKeyAlgorithm } from 'ssh2';
import { SshError } from '../../../errors.ts';
import { type HostKeyCheck, openHostKeys } from '../config/host-keys.ts';
import { readConfigFile } from '../config/ssh-config-file.ts';
import type { SshConnection, SshOptions, SshTarget } from '../connection/ssh-connection.ts';
import { explainHopOpen, explainLogin, type LoginTrace, loginTimeout } from '../connection/ssh-failures.ts';
import { type ResolvedHop, resolveHops, type LocalContext } from '../config/ssh-hops.ts';
import { SshLogin } from './ssh-login.ts';
import { formatSshHop, formatSshTarget } from '../connection/ssh-target.ts';
import { Ssh2Connection } from './ssh2-connection.ts';

const defaults = { connectTimeoutMs: 10_000, keepaliveIntervalMs: 5000, keepaliveCount: 3 } as const;

/** Makes a connection. `dialSsh` loads this module on its first call. */
export async function dialBySsh2(target: SshTarget, options: SshOptions): Promise<SshConnection> {
  options.signal?.throwIfAborted();
  const hops = resolveHops(target, options, await readLocalContext(options));
  let connection: Ssh2Connection | undefined;
  try {
    for (const hop of hops) {
      connection = await dialHop(hop, { options, through: connection, name: formatSshTarget(target) });
    }
  } catch (error) {
    await connection?.close();
    throw error;
  }
  if (connection === undefined) {
    throw new SshError('SSH_BAD_TARGET', 'the target has no hops', {
      remedy: 'Write it as [ssh://]user@host[:port][,next-hop...].',
    });
  }
  return connection;
}

async function readLocalContext(options: SshOptions): Promise<LocalContext> {
  const home = homedir();
  const local = { home, user: userInfo().username, env: process.env };
  const { configFile = join(home, '.ssh', 'config') } = options;
  if (configFile === false) return { ...local, config: undefined };
  const isRequired = options.configFile !== undefined;
  const text = await readConfigFile({ file: configFile, isRequired, home });
  return { ...local, config: text === undefined ? undefined : { file: configFile, text } };
}

interface HopContext {
  readonly options: SshOptions;
  readonly through: Ssh2Connection | undefined;
  /** Name of the whole route. */
  readonly name: string;
}

/** Dials and logs in within the time limit of one hop; the time in which the user types does not count. */
async function dialHop(hop: ResolvedHop, context: HopContext): Promise<Ssh2Connection> {
  const { options, through, name } = context;
  const hopName = formatSshHop(hop);
  const expired = new AbortController();
  const timer = new PausedTimer(options.connectTimeoutMs ?? defaults.connectTimeoutMs, () =>
    expired.abort(loginTimeout(hopName)),
  );
  const signal = anySignal(options.signal, expired.signal);
  let stream: Duplex | undefined;
  try {
    // Before the stream is opened: what a server sends at once must not arrive without a listener.
    const hostKeys = await openHostKeys(hop, hopName);
    stream = await openStream(hop, { hopName, through, signal });
    const client = await logIn(hop, { options, hopName, hostKeys, stream, signal, timer });
    const { noDelay = true } = options;
    return new Ssh2Connection(client, { name, hop: hopName, through, stream, noDelay });
  } catch (error) {
    stream?.on('error', () => undefined).destroy();
    options.signal?.throwIfAborted();
    if (expired.signal.aborted) throw expired.signal.reason;
    throw error;
  } finally {
    timer.stop();
  }
}

async function openStream(
  { address: host, port }: ResolvedHop,
  context: {
    readonly hopName: string;
    readonly through: Ssh2Connection | undefined;
    readonly signal: AbortSignal;
  },
): Promise<Duplex> {
  const { hopName, through, signal } = context;
  if (through !== undefined) {
    const stream = await through.open({ host, port }, { signal }).catch((error: unknown) => {
      throw explainHopOpen(error, hopName);
    });
    // SSH does not half-close: a server that has ended one direction has ended both.
    return stream.once('end', () => stream.end());
  }
  // Longer than the default per address of the host: bastions are often far away.
  const socket = connect({ host, port, noDelay: true, autoSelectFamilyAttemptTimeout: 1000 });
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    signal.throwIfAborted();
    throw explainLogin(error, hopName, nothingOffered);
  }
}

const nothingOffered: LoginTrace = { serverMethods: [], offered: [], skipped: [], unusedKey: undefined };

interface LoginContext {
  readonly options: SshOptions;
  readonly hopName: string;
  readonly hostKeys: HostKeyCheck;
  readonly stream: Duplex;
  readonly signal: AbortSignal;
  readonly timer: PausedTimer;
}

function logIn(hop: ResolvedHop, context: LoginContext): Promise<Client> {
  const { options, hopName, hostKeys, stream, signal, timer } = context;
  const login = new SshLogin(hop, { hopName, options, timeLimit: timer });
  const client = new ssh2.Client();
  return new Promise((resolve, reject) => {
    let refusal: unknown;
    const settle = (action: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      client.off('ready', onReady).off('error', fail).off('close', onClose);
      // A later error must not end the program; Ssh2Connection has its own listeners.
      client.on('error', () => undefined);
      action();
    };
    const fail = (error: Error & { readonly level?: string }): void => {
      // No signature could be made with this key: the next one is tried.
      if (error.level === 'agent') return;
      settle(() => {
        client.end();
        reject(explainLogin(refusal ?? login.failure ?? error, hopName, login));
      });
    };
    const onReady = (): void => settle(() => resolve(client));
    const onClose = (): void => fail(new Error('the server closed the connection'));
    const onAbort = (): void =>
      settle(() => {
        client.end();
        reject(signal.reason as Error);
      });
    signal.addEventListener('abort', onAbort, { once: true });
    client.on('ready', onReady).on('error', fail).on('close', onClose);
    client.connect({
      sock: stream,
      username: hop.user,
      readyTimeout: 0,
      keepaliveInterval: options.keepaliveIntervalMs ?? defaults.keepaliveIntervalMs,
      keepaliveCountMax: options.keepaliveCount ?? defaults.keepaliveCount,
      algorithms: { cipher: ciphers, serverHostKey: hostKeyAlgorithms(hostKeys.knownTypes) },
      hostVerifier: (key: Buffer, verify: (isTrusted: boolean) => void) => {
        hostKeys.check(key).then(
          () => verify(true),
          (error: unknown) => {
            refusal = error;
            verify(false);
          },
        );
      },
      authHandler: login.next,
    });
    if (signal.aborted) onAbort();
  });
}

/** AES-GCM first: it runs in native code here, while ChaCha20 takes a slower path. */
const ciphers: CipherAlgorithm[] = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'chacha20-poly1305@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
];

const everyHostKey: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** Prefers the types of the known keys, so that a server with several keys presents a known one. */
function hostKeyAlgorithms(knownTypes: readonly string[]): ServerHostKeyAlgorithm[] {
  const isKnown = (algorithm: string): boolean =>
    knownTypes.includes(algorithm) || (algorithm.startsWith('rsa-') && knownTypes.includes('ssh-rsa'));
  const others = everyHostKey.filter((algorithm) => !isKnown(algorithm));
  return [...everyHostKey.filter(isKnown), ...others];
}

/** A timeout that does not run while the user is being asked. */
class PausedTimer {
  readonly #action: () => void;
  #leftMs: number;
  #startedAt = 0;
  #handle: NodeJS.Timeout | undefined;

  constructor(durationMs: number, action: () => void) {
    this.#leftMs = durationMs;
    this.#action = action;
    this.#run();
  }

  pause(): void {
    this.stop();
    this.#leftMs -= performance.now() - this.#startedAt;
  }

  resume(): void {
    this.#run();
  }

  stop(): void {
    clearTimeout(this.#handle);
  }

  #run(): void {
    this.#startedAt = performance.now();
    this.#handle = setTimeout(this.#action, Math.max(1, this.#leftMs));
  }
}

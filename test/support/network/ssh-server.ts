/**
 * A real OpenSSH server for a test: in the foreground, on a free loopback port, with keys and files of its own. It can be
 * stopped and started again under the same port and key, and its sessions can be cut, as a crash or a lost line does.
 */

import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { SshOptions } from '@convoy/cluster/ssh';
import { endProcess, ProcessOutput } from '../child-process.ts';
import { eventually } from '../eventually.ts';
import { freePort } from '../free-port.ts';
import { withMounts } from './host-names.ts';

export interface SshServerOptions {
  /** More lines of sshd_config. */
  readonly config?: readonly string[];
  /** Default 127.0.0.1 and ::1. */
  readonly listen?: readonly string[];
  /** Default: a free one. */
  readonly port?: number;
  /** Another release's tree, into which logins are locked; it has its own /proc while the server runs. */
  readonly chroot?: string;
  /** Network namespace to run in. */
  readonly namespace?: string;
  /** What stands at other places for the sessions than for the rest of this machine. */
  readonly mounts?: readonly { readonly from: string; readonly to: string }[];
  /** Environment of the sessions, set by SetEnv. */
  readonly env?: Readonly<Record<string, string>>;
}

const sshd = '/usr/sbin/sshd';
/** The machine may be busy with other tests. */
const startDeadlineMs = 30_000;

/** Why there is no server on this machine; `undefined` when there is one. */
export function missingSshd(): string | undefined {
  if (!existsSync(sshd)) return 'OpenSSH is not installed: apt-get install openssh-server';
  if (userInfo().uid !== 0) return 'sshd needs root';
  return undefined;
}

export class SshServer implements AsyncDisposable {
  readonly #folder: string;
  readonly #options: SshServerOptions;
  readonly port: number;
  #running: RunningServer | undefined;

  constructor(folder: string, port: number, options: SshServerOptions) {
    this.#folder = folder;
    this.port = port;
    this.#options = options;
  }

  /** `root@127.0.0.1:2222` */
  get target(): string {
    const [host = ''] = this.#listen;
    return `${userInfo().username}@${host.includes(':') ? `[${host}]` : host}:${this.port}`;
  }

  get identityFile(): string {
    return join(this.#folder, 'id_ed25519');
  }

  get knownHostsFile(): string {
    return join(this.#folder, 'known_hosts');
  }

  /** Output of the running server since its start. */
  get log(): string {
    return this.#running?.output.stderr ?? '';
  }

  /** Options of ssh that use no files of the user. */
  get options(): SshOptions {
    return {
      identityFiles: [this.identityFile],
      knownHostsFiles: [this.knownHostsFile],
      agent: false,
      configFile: false,
    };
  }

  /** Arguments with which the command logs in. The host is known in homes that were passed to `trustIn`. */
  get words(): readonly string[] {
    return ['--identity', this.identityFile];
  }

  /** Adds the server to the known hosts in that home. */
  trustIn(home: string): void {
    mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 });
    copyFileSync(this.knownHostsFile, join(home, '.ssh', 'known_hosts'));
  }

  /** `SHA256:...` of its key. */
  get hostKeyFingerprint(): string {
    const text = execFileSync('ssh-keygen', ['-lf', join(this.#folder, 'host_key.pub')], {
      encoding: 'utf8',
    });
    return text.split(' ')[1] ?? '';
  }

  /** A host key, public half. */
  get hostKey(): string {
    return readFileSync(join(this.#folder, 'host_key.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
  }

  /** Accepts another key. */
  authorize(publicKey: string): void {
    appendFileSync(join(this.#folder, 'authorized_keys'), publicKey);
  }

  /** Replaces the host key, for the next start. */
  changeHostKey(): void {
    for (const file of ['host_key', 'host_key.pub']) rmSync(join(this.#folder, file));
    generateKey(join(this.#folder, 'host_key'));
  }

  /** Makes the server known under the names it listens on. */
  trust(): void {
    const names = this.#listen.map((host) => (this.port === 22 ? host : `[${host}]:${this.port}`));
    writeFileSync(this.knownHostsFile, `${names.join(',')} ${this.hostKey}\n`, { mode: 0o600 });
  }

  async start(): Promise<void> {
    const { namespace, chroot, mounts = [] } = this.#options;
    // A namespace of mounts of its own: what is mounted goes with the server.
    const mount = 'mount --bind /proc "$0/proc" && exec "$@"';
    const [file = '', ...args] = withMounts(mounts, [
      ...(namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace]),
      ...(chroot === undefined ? [] : ['unshare', '--mount', 'sh', '-c', mount, chroot]),
      ...[sshd, '-D', '-e', '-f', join(this.#folder, 'sshd_config')],
    ]);
    const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#running = { child, output: new ProcessOutput(child, 'sshd') };
    try {
      await this.#waitForListening(this.#running.output);
      // In a namespace only its log can be read.
      if (namespace === undefined) await this.#waitForGreetings();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Kills the server and all of its sessions, as if the machine lost power. */
  async stop(): Promise<void> {
    const { child } = this.#running ?? {};
    if (child === undefined) return;
    // So that no session begins between listing the sessions and killing the server.
    child.kill('SIGSTOP');
    for (const pid of this.sessions) kill(pid);
    this.#running = undefined;
    await endProcess(child);
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Processes that serve one connection each. */
  get sessions(): readonly number[] {
    const pid = this.#running?.child.pid;
    return pid === undefined
      ? []
      : childrenOf(pid).flatMap((one) => [one, ...childrenOf(one).filter(isSshd)]);
  }

  /** Cuts the open connections; the server keeps running. */
  cutSessions(): void {
    for (const pid of this.sessions) kill(pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** @internal */
  writeFiles(): void {
    generateKey(join(this.#folder, 'host_key'));
    generateKey(this.identityFile);
    const publicKey = readFileSync(`${this.identityFile}.pub`, 'utf8');
    writeFileSync(join(this.#folder, 'authorized_keys'), publicKey, { mode: 0o600 });
    const { config = [], chroot } = this.#options;
    // Not the home of the user who runs the tests: a cut session would leave what its profile starts half done.
    const home = join(this.#folder, 'home');
    mkdirSync(home, { recursive: true });
    const env = { ...(chroot === undefined ? { HOME: home } : {}), ...this.#options.env };
    const lines = [
      `Port ${this.port}`,
      ...this.#listen.map((host) => `ListenAddress ${host}`),
      `HostKey ${join(this.#folder, 'host_key')}`,
      `AuthorizedKeysFile ${join(this.#folder, 'authorized_keys')}`,
      `PidFile none`,
      'PermitRootLogin prohibit-password',
      'StrictModes no',
      'UsePAM no',
      'PrintMotd no',
      'MaxStartups 200:30:400',
      'LogLevel VERBOSE',
      // sshd uses only the first of several lines.
      ...(Object.keys(env).length === 0 ? [] : [`SetEnv ${formatEnv(env)}`]),
      ...(chroot === undefined ? [] : [`ChrootDirectory ${chroot}`]),
      ...config,
    ];
    writeFileSync(join(this.#folder, 'sshd_config'), `${lines.join('\n')}\n`);
  }

  get #listen(): readonly string[] {
    return this.#options.listen ?? ['127.0.0.1', '::1'];
  }

  async #waitForListening(output: ProcessOutput): Promise<void> {
    const count = this.#listen.length;
    const taken = await output.waitFor(
      ({ stderr }) => {
        if (/ failed: Address already in use/.test(stderr)) return 'taken';
        return [...stderr.matchAll(/^Server listening on /gm)].length === count ? 'listens' : undefined;
      },
      { what: `listening on ${this.#listen.join(', ')}, port ${this.port}`, timeoutMs: startDeadlineMs },
    );
    if (taken === 'taken') throw new Error(`sshd cannot listen on port ${this.port}:\n${output.stderr}`);
  }

  /** Each address is asked, and the sessions that this makes have ended before the test begins. */
  async #waitForGreetings(): Promise<void> {
    let asked = 0;
    for (const host of this.#listen) {
      await eventually(`sshd to greet on ${host}, port ${this.port}`, startDeadlineMs, async () => {
        asked += 1;
        assert.match(await readGreeting(host, this.port), /^SSH-2\.0-/);
      });
    }
    // A client that waited for the server to come back has a session that stays.
    const others = (): boolean => [...this.log.matchAll(/^Connection from /gm)].length > asked;
    const isOurs = (): boolean => this.sessions.length > 0 && !others();
    await eventually('the sessions of these questions to end', startDeadlineMs, () => !isOurs());
  }
}

/** One run of the server, and its output. */
interface RunningServer {
  readonly child: ChildProcess;
  readonly output: ProcessOutput;
}

/** Starts a server whose key is known to `options`, unless `trusted` says otherwise. */
export async function startSshServer(
  options: SshServerOptions & { readonly trusted?: boolean } = {},
): Promise<SshServer> {
  // The folder for sshd's privilege separation; packages create it, minimal images do not.
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  for (let attempt = 1; ; attempt += 1) {
    const folder = mkdtempSync(join(tmpdir(), 'convoy-sshd-'));
    const server = new SshServer(folder, options.port ?? (await freePort()), options);
    try {
      server.writeFiles();
      if (options.trusted !== false) server.trust();
      await server.start();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      // Another program may have taken the port that was free a moment ago.
      if (options.port !== undefined || attempt === 5) throw error;
    }
  }
}

/** A key pair without a passphrase, or with one. */
export function generateKey(file: string, passphrase = ''): void {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', 'convoy-test', '-f', file]);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has already ended.
  }
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((one) => Number.isInteger(one) && parentOf(one) === pid);
}

function parentOf(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

function isSshd(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('sshd');
  } catch {
    return false;
  }
}

/** The greeting of the server. */
async function readGreeting(host: string, port: number): Promise<string> {
  const socket = connect({ host, port });
  try {
    const [greeting] = (await once(socket, 'data', { signal: AbortSignal.timeout(5000) })) as [Buffer];
    return greeting.toString('latin1');
  } finally {
    socket.destroy();
  }
}

function formatEnv(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

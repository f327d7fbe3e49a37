/**
 * One run of the system's `ssh` as a master of connections: with a folder of its own for its configuration and its control
 * socket, ended with this process whatever becomes of it, and gone with everything it started when it is stopped.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment } from '../../../child-environment.ts';
import { SshError } from '../../../errors.ts';
import { readyMarker } from './master-config.ts';

const maxLogChars = 64 * 1024;
const stopGraceMs = 2000;

/**
 * Runs what follows the folder, ends that when its own input ends (a pipe that closes even when the process at its other
 * end is killed), and removes the folder.
 */
const supervisorScript =
  'folder=$1; shift; exec 3<&0; "$@" </dev/null 3<&- & ssh=$!; ' +
  '{ cat <&3 >/dev/null; kill "$ssh"; } >/dev/null 2>&1 & watch=$!; exec 3<&-; ' +
  'wait "$ssh"; code=$?; kill "$watch" 2>/dev/null; rm -rf -- "$folder"; exit "$code"';

export interface MasterPlan {
  readonly config: string;
  /** Names of variables that `ssh` gets besides those that every `ssh` of ours does. */
  readonly variables?: readonly string[] | undefined;
  readonly commandLine: (paths: { readonly config: string; readonly socket: string }) => string[];
}

export class ControlMaster {
  readonly #folder: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #log = '';
  #output = '';

  private constructor(folder: string, commandLine: readonly string[], env: NodeJS.ProcessEnv) {
    this.#folder = folder;
    // A group of its own, so that Ctrl-C in a terminal does not end it before those who use it.
    this.#child = spawn('/bin/sh', ['-c', supervisorScript, 'sh', folder, 'ssh', ...commandLine], {
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    const { stdin, stdout, stderr } = this.#child;
    stdin?.on('error', () => undefined);
    stdout
      ?.setEncoding('utf8')
      .on('data', (text: string) => (this.#output = (this.#output + text).slice(-100)));
    stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#log = (this.#log + text).slice(-maxLogChars);
    });
    this.#exited = once(this.#child, 'close').then(
      () => undefined,
      () => undefined,
    );
  }

  /** Starts it; it is not logged in yet. Stop it whatever happens. */
  static async start({ config, commandLine, variables = [] }: MasterPlan): Promise<ControlMaster> {
    const folder = await mkdtemp(join(tmpdir(), 'convoy-ssh-'));
    try {
      const paths = { config: join(folder, 'config'), socket: join(folder, 's') };
      await writeFile(paths.config, config, { mode: 0o600 });
      return new ControlMaster(folder, commandLine(paths), environmentOf(variables));
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get socket(): string {
    return join(this.#folder, 's');
  }

  /** The last of what it said. */
  get log(): string {
    return this.#log;
  }

  /** Resolves when it has ended. */
  get exited(): Promise<void> {
    return this.#exited;
  }

  /** Resolves with whether it is logged in, or has ended. Throws the signal's reason. */
  async ready(signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const checkOutput = (): void => {
      if (this.#output.includes(readyMarker)) resolve(true);
    };
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#child.stdout?.on('data', checkOutput);
    void this.#exited.then(() => resolve(false));
    checkOutput();
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#child.stdout?.off('data', checkOutput);
    }
  }

  /** Ends it and removes its folder. Idempotent. */
  async stop(): Promise<void> {
    this.#child.stdin?.end();
    const timer = setTimeout(() => this.#kill(), stopGraceMs);
    await this.#exited;
    clearTimeout(timer);
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** With everything it has started: jump hosts are reached by processes of their own. */
  #kill(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

/** SendEnv, ProxyCommand and `Match exec` see no more of ours than this. */
function environmentOf(variables: readonly string[]): NodeJS.ProcessEnv {
  const named = variables.flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  );
  return { ...childEnvironment(process.env, 'ssh'), ...Object.fromEntries(named) };
}

/** When there is no `ssh` to run. */
export function missingSsh(log: string): SshError | undefined {
  if (!/\bssh: (?:command )?not found/.test(log)) return undefined;
  return new SshError('SSH_BAD_CONFIG', 'there is no program `ssh` on PATH', {
    remedy: 'Install OpenSSH’s client, or use the SSH within this process.',
  });
}

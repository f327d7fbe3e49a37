/**
 * Runs the system's `ssh` as a control master, with a private folder for its configuration and its control socket. It ends
 * with this process, however this process ends; stopping it also ends everything that it started.
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
 * Runs the command after the folder, stops it when standard input ends (a pipe that closes even if the process at its other
 * end is killed), and removes the folder.
 */
const supervisorScript =
  'folder=$1; shift; exec 3<&0; "$@" </dev/null 3<&- & ssh=$!; ' +
  '{ cat <&3 >/dev/null; kill "$ssh"; } >/dev/null 2>&1 & watch=$!; exec 3<&-; ' +
  'wait "$ssh"; code=$?; kill "$watch" 2>/dev/null; rm -rf -- "$folder"; exit "$code"';

export interface MasterPlan {
  readonly config: string;
  /** Names of environment variables that `ssh` receives in addition to the standard ones. */
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
    // In its own process group, so that Ctrl-C in a terminal does not end it before its users.
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

  /** Starts `ssh`, which is not logged in yet. The caller must stop it in any case. */
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

  /** The end of its output on standard error. */
  get log(): string {
    return this.#log;
  }

  /** Resolves when `ssh` has ended. */
  get exited(): Promise<void> {
    return this.#exited;
  }

  /** Resolves with `true` when it is logged in, `false` when it has ended. Throws the signal's reason. */
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

  /** Stops `ssh` and removes the folder. Idempotent. */
  async stop(): Promise<void> {
    this.#child.stdin?.end();
    const timer = setTimeout(() => this.#kill(), stopGraceMs);
    await this.#exited;
    clearTimeout(timer);
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Kills the process group: `ssh` starts further processes to reach jump hosts. */
  #kill(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has already ended.
    }
  }
}

/** The only variables that SendEnv, ProxyCommand and `Match exec` can see. */
function environmentOf(variables: readonly string[]): NodeJS.ProcessEnv {
  const named = variables.flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  );
  return { ...childEnvironment(process.env, 'ssh'), ...Object.fromEntries(named) };
}

/** The error if `ssh` is not installed. */
export function missingSsh(log: string): SshError | undefined {
  if (!/\bssh: (?:command )?not found/.test(log)) return undefined;
  return new SshError('SSH_BAD_CONFIG', '`ssh` is not on PATH', {
    remedy: 'Install the OpenSSH client, or use the built-in SSH client.',
  });
}

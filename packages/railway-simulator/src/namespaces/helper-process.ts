/**
 * A helper program inside a namespace, where this process cannot open sockets. Started by `ip netns exec`, it prints a line when
 * it is ready, and ends when its standard input does, however this process ends.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { childEnvironment, ProviderError } from '@convoy/cluster';

export interface HelperOptions {
  readonly namespace: string;
  /** A module of this folder, without its extension: `name-server-main`. */
  readonly program: string;
  readonly args: readonly string[];
}

const readyMs = 10_000;
const maxErrorLength = 2000;
const extension: string = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

export class HelperProcess {
  readonly #child: ChildProcess;
  readonly #name: string;
  #error = '';

  private constructor(child: ChildProcess, name: string, onLine: (line: string) => void) {
    this.#child = child;
    this.#name = name;
    child.stdin?.on('error', () => undefined);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#error = (this.#error + text).slice(-maxErrorLength);
    });
    if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', onLine);
  }

  /** Resolves when it has printed its first line. Rejects with PROVIDER_UNAVAILABLE when it does not start. */
  static async start(
    { namespace, program, args }: HelperOptions,
    onLine: (line: string) => void = () => undefined,
  ): Promise<HelperProcess> {
    const file = fileURLToPath(new URL(`./${program}.${extension}`, import.meta.url));
    const words = ['netns', 'exec', namespace, process.execPath, file, ...args];
    const child = spawn('ip', words, { env: childEnvironment(), stdio: ['pipe', 'pipe', 'pipe'] });
    const ready = Promise.withResolvers<void>();
    const helper = new HelperProcess(child, program, (line) => {
      ready.resolve();
      onLine(line);
    });
    const fail = (): void => ready.reject(helper.#failure());
    child.once('error', fail).once('exit', fail);
    const timer = setTimeout(fail, readyMs);
    try {
      await ready.promise;
    } catch (error) {
      await helper.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    return helper;
  }

  write(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** Calls `listener` once, when the program has ended. */
  onExit(listener: () => void): void {
    if (this.#hasExited()) listener();
    else this.#child.once('exit', listener);
  }

  async close(): Promise<void> {
    if (this.#hasExited()) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  #hasExited(): boolean {
    const { exitCode, signalCode, pid } = this.#child;
    return exitCode !== null || signalCode !== null || pid === undefined;
  }

  #failure(): ProviderError {
    const why = this.#error.trim().split('\n').at(-1) ?? '';
    return new ProviderError('PROVIDER_UNAVAILABLE', `the simulator's ${this.#name} did not start: ${why}`, {
      remedy: 'Network namespaces need root and iproute2: use the local runtime without them.',
    });
  }
}

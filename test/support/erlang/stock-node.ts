/**
 * Runs a command line for `erl` or `iex` exactly as it was printed, by a shell, on one of the releases of this machine.
 * In another release's tree the folder of the bridge is mounted at its own path, so that nothing in the line changes.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcess, ProcessOutput } from '../child-process.ts';
import { findInstallation, type OtpRelease } from './erlang-release.ts';

/** A user of this machine: a home with a cookie, and one release on PATH. */
export interface StockUser extends Disposable {
  /** For the bridge: HOME, and a PATH with the `erlc` of the release. */
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  /** Starts the line. `isTerminal` gives it a terminal, as `--remsh` wants one. */
  start(line: string, options?: { readonly isTerminal?: boolean }): StockProcess;
}

export function createStockUser(release: OtpRelease, cookie: string): StockUser {
  const root = findInstallation(release)?.root ?? '';
  const home = mkdtempSync(join(tmpdir(), 'convoy-stock-'));
  writeFileSync(join(home, '.erlang.cookie'), cookie, { mode: 0o600 });
  const inTree = join(root, home);
  mkdirSync(inTree, { recursive: true });
  const path = process.env['PATH'] ?? '/usr/bin:/bin';
  const env = { PATH: path, HOME: home, LANG: 'C.UTF-8', TERM: 'xterm' };
  const script = root === '' ? 'exec "$@"' : `mount --bind ${home} ${inTree} && exec chroot ${root} "$@"`;
  const prefix = root === '' ? [] : ['unshare', '--mount', 'sh', '-c', script, 'sh'];
  if (root !== '') {
    const erlc = join(home, 'erlc');
    writeFileSync(erlc, `#!/bin/sh\nPATH=${path}\nexec ${prefix.map(quote).join(' ')} erlc "$@"\n`);
    chmodSync(erlc, 0o700);
  }
  return {
    home,
    env: { ...env, PATH: `${home}:${path}` },
    start(line, { isTerminal = false } = {}) {
      const words = [...prefix, 'sh', '-c', line];
      const [file = '', ...args] = isTerminal
        ? ['script', '-qec', words.map(quote).join(' '), '/dev/null']
        : words;
      return new StockProcess(spawn(file, args, { env, cwd: '/', stdio: 'pipe' }), line);
    },
    [Symbol.dispose]() {
      rmSync(home, { recursive: true, force: true });
      if (root !== '') rmSync(inTree, { recursive: true, force: true });
    },
  };
}

function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** `await using` ends it. */
export class StockProcess implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly #output: ProcessOutput;

  constructor(child: ChildProcess, line: string) {
    this.child = child;
    this.#output = new ProcessOutput(child, line);
    child.stdin?.on('error', () => undefined);
  }

  get output(): string {
    return this.#output.text;
  }

  write(text: string): void {
    this.child.stdin?.write(text);
  }

  /** Waits until what it has printed matches. */
  waitFor(pattern: RegExp, timeoutMs: number = 60_000): Promise<RegExpExecArray> {
    return this.#output.waitFor(({ text }) => pattern.exec(text), { what: `printing ${pattern}`, timeoutMs });
  }

  /** Waits until it has ended by itself. */
  async ended(): Promise<void> {
    await this.#output.closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endProcess(this.child);
  }
}

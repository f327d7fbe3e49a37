/**
 * Runs a printed command line for `erl` or `iex` unchanged, in a shell, with one of the releases of this machine. In the tree of
 * another release, the folder of the bridge is mounted at the same path, so that the line stays valid.
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
  /** Runs the line. `isTerminal` gives it a terminal, which `--remsh` needs. */
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

/** `await using` stops it. */
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

  /** Waits until its output matches. */
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

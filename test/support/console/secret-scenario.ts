/** The scenario of the test of secrets: folders that others may read, distinguishable secrets, and recorded output. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { runConvoy } from '../convoy-command.ts';

export function random(): string {
  return randomBytes(16).toString('hex');
}

/** Secrets that only the console is started with. */
export const ofConsole = {
  RAILWAY_API_TOKEN: random(),
  RAILWAY_TOKEN: random(),
  AWS_SECRET_ACCESS_KEY: random(),
  GITHUB_TOKEN: random(),
  ERL_AFLAGS: `-setcookie ${random()}`,
  ELIXIR_ERL_OPTIONS: `-setcookie ${random()}`,
  HTTPS_PROXY: `http://user:${random()}@proxy.invalid`,
};

/** Variables of launches; each text may be only in the environment of its node. */
export const named = {
  SECRET_LOCAL: { value: random(), place: '/nodes/elixir-1@127.0.0.1' },
  SECRET_SSH: { value: random(), place: 'CONVOY_FOLDER=' },
  SECRET_CONNECT: { value: random(), place: 'CONVOY_FOLDER=' },
  SECRET_RAILWAY: { value: random(), place: 'RAILWAY_PRIVATE_DOMAIN=' },
} as const;

/** Secrets in mistyped or refused requests, which no answer may contain. */
export const refused = {
  token: random(),
  railway: random(),
  cookie: random(),
  variable: random(),
  flags: random(),
};

export class Scenario implements AsyncDisposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'convoy-secrets-'));
  readonly near: string = this.#make('near');
  readonly far: string = this.#make('far');
  readonly temporary: string = this.#make('tmp');
  readonly bin: string = this.#make('bin');
  readonly passphrase: string = random();
  readonly gossip: string = random();
  readonly texts: { readonly where: string; readonly text: string }[] = [];
  /** Environment of the console and the command; the cache is shared, because compiled code has no secrets. */
  readonly env: NodeJS.ProcessEnv = {
    HOME: this.near,
    TMPDIR: this.temporary,
    XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    PATH: `${this.bin}${delimiter}${process.env['PATH']}`,
    SSH_AUTH_SOCK: '',
  };

  #make(name: string): string {
    const folder = join(this.folder, name);
    // Others may read the folder, so that every file must protect itself.
    mkdirSync(folder);
    for (const one of [this.folder, folder]) chmodSync(one, 0o755);
    return folder;
  }

  write(name: string, text: string): string {
    const file = join(this.folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  }

  hear(where: string, text: string): void {
    this.texts.push({ where, text });
  }

  /** Runs the command to its end and records its output. */
  async run(
    words: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ): Promise<{ code: number | null; stdout: string }> {
    const result = await runConvoy(words, { env: { ...this.env, ...env } });
    this.hear(`convoy ${words[0]}`, `${result.stdout}\n${result.stderr}`);
    return result;
  }

  /** Runs a command that must succeed. */
  async succeed(words: readonly string[], env?: NodeJS.ProcessEnv): Promise<string> {
    const { code, stdout } = await this.run(words, env);
    assert.equal(code, 0, `convoy ${words.join(' ')}: ${stdout}`);
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

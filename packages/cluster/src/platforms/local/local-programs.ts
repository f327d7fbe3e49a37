/**
 * Which kinds of node this computer can run: TypeScript always, Erlang and Elixir if their programs are on PATH. Checked on
 * every call, because a user may install what is missing and try again; versions are cached per program.
 */

import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { childEnvironment } from '../../child-environment.ts';
import type { ProviderCapability } from '../../launch/provider.ts';

const versionTimeoutMs = 15_000;

const packageNames = { elixir: 'elixir', erl: 'erlang-base' } as const;

/** How to install `program` on this platform, in one sentence. */
export function remedyFor(program: 'elixir' | 'erl', platform: NodeJS.Platform = process.platform): string {
  if (platform === 'darwin') return `Install it: brew install ${program === 'erl' ? 'erlang' : 'elixir'}`;
  if (platform === 'win32') return 'Install it from https://elixir-lang.org/install.html and put it on PATH.';
  return `Install it: apt-get install ${packageNames[program]}`;
}

/** The first executable file of that name on `path`. */
export async function findProgram(program: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    if (folder === '') continue;
    const file = join(folder, program);
    try {
      await access(file, constants.X_OK);
      if ((await stat(file)).isFile()) return file;
    } catch {
      continue;
    }
  }
  return undefined;
}

function outputOf(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = execFile(file, [...args], { env, timeout: versionTimeoutMs }, (error, stdout) =>
      resolve(error === null ? stdout : undefined),
    );
    child.stdin?.end();
  });
}

const askOtp = ['-noshell', '-eval', 'io:put_chars(erlang:system_info(otp_release)), halt().'];

/** Finds the Erlang and Elixir installations of this computer. */
export class LocalPrograms {
  readonly #env: NodeJS.ProcessEnv;
  readonly #versions = new Map<string, Promise<string | undefined>>();

  /** `env` supplies PATH, and the environment of the programs asked for their version. */
  constructor(env: NodeJS.ProcessEnv) {
    this.#env = childEnvironment(env);
  }

  /** Which kinds of node can be launched, with their versions. */
  async capabilities(): Promise<ProviderCapability[]> {
    const version = `Node.js ${process.versions.node}`;
    const others = await Promise.all([this.#elixir(), this.#erlang()]);
    return [{ kind: 'typescript', available: true, version }, ...others];
  }

  async #erlang(): Promise<ProviderCapability> {
    const file = await this.#find('erl');
    if (file === undefined) return { kind: 'erlang', available: false, remedy: remedyFor('erl') };
    const release = await this.#version(file, askOtp);
    return {
      kind: 'erlang',
      available: true,
      ...(release === undefined ? {} : { version: `OTP ${release}` }),
    };
  }

  async #elixir(): Promise<ProviderCapability> {
    const file = await this.#find('elixir');
    if (file === undefined) return { kind: 'elixir', available: false, remedy: remedyFor('elixir') };
    const erl = await this.#find('erl');
    if (erl === undefined) {
      const remedy = `Elixir is installed, but erl is not on PATH. ${remedyFor('erl')}`;
      return { kind: 'elixir', available: false, remedy };
    }
    const [release, text] = await Promise.all([
      this.#version(erl, askOtp),
      this.#version(file, ['--version']),
    ]);
    const elixir = /Elixir (\S+)/.exec(text ?? '')?.[1];
    if (release === undefined || elixir === undefined) return { kind: 'elixir', available: true };
    return { kind: 'elixir', available: true, version: `Elixir ${elixir}, OTP ${release}` };
  }

  #find(program: string): Promise<string | undefined> {
    return findProgram(program, this.#env['PATH'] ?? '');
  }

  #version(file: string, args: readonly string[]): Promise<string | undefined> {
    const known = this.#versions.get(file);
    if (known !== undefined) return known;
    const asked = outputOf(file, args, this.#env).then((text) => text?.trim());
    this.#versions.set(file, asked);
    // Do not cache failures: the installation may have been incomplete.
    void asked.then((version) => version ?? this.#versions.delete(file));
    return asked;
  }
}

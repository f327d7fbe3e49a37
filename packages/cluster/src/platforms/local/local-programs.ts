/** Which kinds of node this computer can run: TypeScript always, Erlang and Elixir if their programs are found. */

import type { ProviderCapability } from '../../launch/provider.ts';
import type { ShellAnswer } from '../../runtimes/login-shell.ts';
import {
  type BeamKind,
  LocalRuntimes,
  type LocalRuntimesOptions,
  type MissingRuntime,
  type Runtime,
} from '../../runtimes/local-runtimes.ts';

const packageNames = { elixir: 'elixir', erl: 'erlang-base' } as const;

/** How to install `program` on this platform, in one sentence. */
export function remedyFor(program: 'elixir' | 'erl', platform: NodeJS.Platform = process.platform): string {
  if (platform === 'darwin') return `Install it: brew install ${program === 'erl' ? 'erlang' : 'elixir'}`;
  if (platform === 'win32') return 'Install it from https://elixir-lang.org/install.html and put it on PATH.';
  return `Install it: apt-get install ${packageNames[program]}`;
}

/** Finds the Erlang and Elixir installations of this computer. */
export class LocalPrograms {
  readonly #runtimes: LocalRuntimes;

  /** `env` supplies PATH, HOME and SHELL. */
  constructor(env: NodeJS.ProcessEnv, options: LocalRuntimesOptions = {}) {
    this.#runtimes = new LocalRuntimes(env, options);
  }

  /** Which kinds of node can be launched, with their versions. */
  async capabilities(): Promise<ProviderCapability[]> {
    const version = `Node.js ${process.versions.node}`;
    const kinds = ['elixir', 'erlang'] as const;
    const others = await Promise.all(kinds.map((kind) => this.#capability(kind)));
    return [{ kind: 'typescript', available: true, version }, ...others];
  }

  /** How to start nodes of a kind; `undefined` when its programs are not found. */
  async runtime(kind: BeamKind): Promise<Runtime | undefined> {
    const found = await this.#runtimes.find(kind);
    return 'file' in found ? found : undefined;
  }

  async #capability(kind: BeamKind): Promise<ProviderCapability> {
    const found = await this.#runtimes.find(kind);
    if (!('file' in found)) return { kind, available: false, remedy: remedyOf(kind, found) };
    const { foundBy } = found;
    return { kind, available: true, version: versionOf(found), foundBy };
  }
}

function versionOf({ otpRelease, elixirVersion }: Runtime): string | undefined {
  if (otpRelease === undefined) return undefined;
  return elixirVersion === undefined ? `OTP ${otpRelease}` : `Elixir ${elixirVersion}, OTP ${otpRelease}`;
}

function remedyOf(kind: BeamKind, { missing, broken, shell }: MissingRuntime): string {
  if (broken !== undefined) {
    const { file, reason } = broken;
    const choose =
      'If it is a shim of asdf or mise, choose a version for it (asdf set --home, mise use --global)';
    return `${file} does not run: ${reason}. ${choose}; otherwise repair it.`;
  }
  const installed =
    kind === 'elixir' && missing === 'erl' ? 'Elixir is installed, but erl is not on PATH. ' : '';
  return `${installed}${shellRemedy(shell)}${installRemedy(remedyFor(missing), shell)}`;
}

/** A shell that gave no answer may still have the program on its PATH, as the terminal of its user does. */
function installRemedy(install: string, { kind }: ShellAnswer): string {
  if (kind !== 'silent' && kind !== 'failed') return install;
  const otherwise = `${install.charAt(0).toLowerCase()}${install.slice(1)}`;
  return `If it is installed, start Convoy from a shell that has it on PATH, or set PATH for Convoy. Otherwise ${otherwise}`;
}

/** Where the program was looked for besides PATH. */
function shellRemedy(shell: ShellAnswer): string {
  if (shell.kind === 'none') return '';
  const who = `an interactive login shell (${shell.shell})`;
  if (shell.kind === 'answered') return `Neither PATH nor ${who} has it. `;
  return shell.kind === 'silent'
    ? `It is not on PATH, and ${who} did not answer in time: check its startup files, then restart Convoy. `
    : `It is not on PATH, and ${who} ended without an answer: its startup files may start another program. `;
}

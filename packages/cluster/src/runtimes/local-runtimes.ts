/**
 * Finds how Erlang and Elixir nodes are started on this computer: by the programs on PATH, or else by those that the user's
 * interactive login shell has on its PATH. The program that is found is asked where it is installed, with the user's HOME; if it
 * turns out to be a shim of a version manager, the installed program is started instead, because a node has a HOME of its own.
 * Checked on every call, because a user may install what is missing and try again.
 */

import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { childEnvironment } from '../child-environment.ts';
import { askRuntime, type RuntimeReply } from './ask-runtime.ts';
import { findProgram, isProgram, isSameFile } from './find-program.ts';
import { LoginShell, type ShellAnswer } from './login-shell.ts';
import { isSameRuntime, type RuntimeAnswer } from './runtime-question.ts';

export type BeamKind = 'erlang' | 'elixir';

/** How to start nodes of one kind. */
export interface Runtime {
  /** The program. */
  readonly file: string;
  /** Folders that must come before PATH, so that the program finds its own. */
  readonly folders: readonly string[];
  /** The environment it was found in, with PATH. */
  readonly env: NodeJS.ProcessEnv;
  /** `27`; unknown if the program did not answer in time. */
  readonly otpRelease?: string | undefined;
  readonly elixirVersion?: string | undefined;
  /** How it was found: `on PATH`. */
  readonly foundBy: string;
}

/** Why nodes of a kind cannot be started. */
export interface MissingRuntime {
  readonly missing: 'erl' | 'elixir';
  /** The program that was found and does not run, and what it said. */
  readonly broken?: { readonly file: string; readonly reason: string } | undefined;
  readonly shell: ShellAnswer;
}

/** One way to find programs. */
interface Way {
  readonly env: NodeJS.ProcessEnv;
  readonly foundBy: string;
}

type Found = Runtime | Omit<MissingRuntime, 'shell'>;

/** How long the answer of a shim is good: the user may choose another version at any time. */
const shimMs = 10_000;

/** Options of `LocalRuntimes`. */
export interface LocalRuntimesOptions {
  /** How long the interactive login shell may take, in milliseconds. Default 10 000. */
  readonly shellTimeoutMs?: number | undefined;
}

export class LocalRuntimes {
  readonly #env: NodeJS.ProcessEnv;
  readonly #shell: LoginShell;
  /** By kind and program, so that each is asked once. Failures are not kept. */
  readonly #known = new Map<string, { readonly at: number; readonly found: Promise<Found> }>();

  /** `env` supplies PATH and HOME. */
  constructor(env: NodeJS.ProcessEnv, { shellTimeoutMs }: LocalRuntimesOptions = {}) {
    this.#env = childEnvironment(env);
    this.#shell = new LoginShell(env, shellTimeoutMs);
  }

  async find(kind: BeamKind): Promise<Runtime | MissingRuntime> {
    const first = await this.#lookFor(kind, { env: this.#env, foundBy: 'on PATH' });
    if ('file' in first) return first;
    const shell = await this.#shell.ask();
    if (shell.kind !== 'answered') return { ...first, shell };
    // What was set on purpose for this process counts, except for PATH.
    const { PATH: path = '', ...others } = shell.variables;
    const env = { ...others, ...this.#env, PATH: path };
    const second = await this.#lookFor(kind, {
      env,
      foundBy: `by an interactive login shell (${shell.shell})`,
    });
    return 'file' in second ? second : { ...(second.broken === undefined ? first : second), shell };
  }

  async #lookFor(kind: BeamKind, way: Way): Promise<Found> {
    const path = way.env['PATH'] ?? '';
    const [erl, elixir] = await Promise.all([findProgram('erl', path), findProgram('elixir', path)]);
    if (kind === 'elixir' && elixir === undefined) return { missing: 'elixir' };
    if (erl === undefined) return { missing: 'erl' };
    const program = kind === 'erlang' ? erl : elixir;
    if (program === undefined) return { missing: 'elixir' };
    const key = `${kind} ${program} ${way.foundBy}`;
    const known = this.#known.get(key);
    if (known !== undefined && performance.now() - known.at < shimMs) return known.found;
    const found = examine({ kind, program, erl, way });
    this.#known.set(key, { at: performance.now(), found });
    const result = await found;
    // An installation that is incomplete may be completed; one that is started as it was found does not change.
    if (!('file' in result) || result.otpRelease === undefined) this.#known.delete(key);
    else if (result.folders.length === 0) this.#known.set(key, { at: Infinity, found });
    return result;
  }
}

interface Candidate {
  readonly kind: BeamKind;
  /** `erl` or `elixir`, as found. */
  readonly program: string;
  readonly erl: string;
  readonly way: Way;
}

async function examine({ kind, program, erl, way }: Candidate): Promise<Found> {
  const name = kind === 'erlang' ? 'erl' : 'elixir';
  const reply = await askRuntime(name, program, way.env);
  const asFound: Runtime = { file: program, folders: [], env: way.env, foundBy: way.foundBy };
  if (reply.kind === 'silent') return asFound;
  if (reply.kind === 'failed') return { missing: name, broken: { file: program, reason: reply.reason } };
  const { answer } = reply;
  const { otpRelease, elixirVersion } = answer;
  const known = { ...asFound, otpRelease, elixirVersion };
  const direct = directStart(kind, answer);
  if (direct === undefined || (await isSame(direct, { program, erl }))) return known;
  const path = [...direct.folders, way.env['PATH'] ?? ''].join(delimiter);
  // The proof that it needs nothing of the user's HOME, and that it is the same version.
  const elsewhere = { ...way.env, PATH: path, HOME: tmpdir() };
  const again: RuntimeReply = (await isProgram(direct.file))
    ? await askRuntime(name, direct.file, elsewhere)
    : { kind: 'silent' };
  if (again.kind !== 'answered' || !isSameRuntime(again.answer, answer)) return known;
  return { ...known, ...direct, foundBy: `${way.foundBy}, through the shim ${program}` };
}

/** The program in the folder where it is installed, and the folders of what it runs. */
function directStart(
  kind: BeamKind,
  { otpRoot, elixirRoot }: RuntimeAnswer,
): Pick<Runtime, 'file' | 'folders'> | undefined {
  const otpFolder = join(otpRoot, 'bin');
  if (kind === 'erlang') return { file: join(otpFolder, 'erl'), folders: [otpFolder] };
  if (elixirRoot === undefined) return undefined;
  const elixirFolder = join(elixirRoot, 'bin');
  return { file: join(elixirFolder, 'elixir'), folders: [otpFolder, elixirFolder] };
}

/** Whether what was found on PATH are the installed programs themselves. */
async function isSame(
  { file, folders }: Pick<Runtime, 'file' | 'folders'>,
  found: { readonly program: string; readonly erl: string },
): Promise<boolean> {
  const erl = join(folders[0] ?? '', 'erl');
  return (await isSameFile(file, found.program)) && (await isSameFile(erl, found.erl));
}

/**
 * Asks the interactive login shell of the user of this process for its environment. The shell runs in a session of its own,
 * so that it cannot take the terminal, and with nothing to read; it is ended with everything it started in that session as
 * soon as it has answered, or after `shellTimeoutMs`. A shell that did not answer is not asked again.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import process from 'node:process';
import { childEnvironment } from '../child-environment.ts';
import {
  interactiveLogin,
  parseShellAnswer,
  scriptVariable,
  shellScript,
  shellTimeoutMs,
  shellVariables,
} from './shell-question.ts';

/** What came of asking: the variables, no answer in time, or nothing, because there is no such shell. */
export type ShellAnswer =
  | {
      readonly kind: 'answered';
      readonly shell: string;
      readonly variables: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'silent' | 'failed'; readonly shell: string }
  | { readonly kind: 'none' };

/** An answer is good for this long: the user may change the shell's files and try again. */
const freshMs = 10_000;
const maxNoise = 256 * 1024;
const outputGraceMs = 500;

/** The interactive login shell of a user. */
export class LoginShell {
  readonly #env: NodeJS.ProcessEnv;
  readonly #timeoutMs: number;
  #asked: { readonly at: number; readonly answer: Promise<ShellAnswer> } | undefined;
  #isSilent = false;

  /** `env` has HOME and SHELL; without SHELL the shell of the user's account is taken. */
  constructor(env: NodeJS.ProcessEnv, timeoutMs: number = shellTimeoutMs) {
    this.#env = childEnvironment(env);
    this.#timeoutMs = timeoutMs;
  }

  /** Never rejects. */
  ask(): Promise<ShellAnswer> {
    const known = this.#asked;
    if (known !== undefined && (this.#isSilent || performance.now() - known.at < freshMs))
      return known.answer;
    const answer = this.#ask();
    this.#asked = { at: performance.now(), answer };
    return answer;
  }

  async #ask(): Promise<ShellAnswer> {
    const shell = this.#env['SHELL'] ?? accountShell();
    if (shell === undefined || shell === '' || process.platform === 'win32') return { kind: 'none' };
    const answer = await askShell(shell, this.#env, this.#timeoutMs);
    if (answer.kind === 'silent') this.#isSilent = true;
    return answer;
  }
}

function accountShell(): string | undefined {
  try {
    return userInfo().shell ?? undefined;
  } catch {
    // A container may run as a user without an account.
    return undefined;
  }
}

function askShell(shell: string, env: NodeJS.ProcessEnv, timeoutMs: number): Promise<ShellAnswer> {
  const mark = `convoy-${randomBytes(8).toString('hex')}`;
  const { args, input } = interactiveLogin(shell);
  const own = { ...shellVariables(env['TERM']), [scriptVariable]: shellScript(mark) };
  const child = spawn(shell, [...args], {
    env: { ...env, ...own },
    // A session of its own: an interactive shell puts itself into the foreground of the terminal it has.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return new Promise((resolve) => {
    const end = (): void => endSession(child);
    const settle = (answer: ShellAnswer): void => {
      clearTimeout(timer);
      process.off('exit', end);
      end();
      resolve(answer);
    };
    const timer = setTimeout(() => settle({ kind: 'silent', shell }), timeoutMs);
    process.once('exit', end);
    child.on('error', () => settle({ kind: 'failed', shell }));
    child.on('close', () => settle({ kind: 'failed', shell }));
    // Something that the shell started may hold the output open forever.
    child.on('exit', () => setTimeout(() => settle({ kind: 'failed', shell }), outputGraceMs).unref());
    // The startup files may redirect the output of the shell, as `exec 1>&2` does.
    for (const output of [child.stdout, child.stderr]) {
      let text = '';
      output.setEncoding('utf8').on('data', (chunk: string) => {
        text = `${text}${chunk}`.slice(-maxNoise);
        const variables = parseShellAnswer(text, mark);
        if (variables !== undefined) settle({ kind: 'answered', shell, variables });
      });
    }
    child.stdin.on('error', () => undefined).end(input);
  });
}

function endSession(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

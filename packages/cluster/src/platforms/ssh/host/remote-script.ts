/**
 * Runs a POSIX shell script on a host whose login shell may be anything and may print anything. The script is sent over
 * standard input, so no part of it appears in an argument list; its results are `key<TAB>value...` lines between two marks.
 * Output of a host is not trusted: its size is bounded and control characters are removed.
 */

import { randomBytes } from 'node:crypto';
import { HostError } from '../../../errors.ts';
import type { ExecOptions, ExecResult } from '../connection/ssh-connection.ts';

/** A host that can run commands. */
export interface ScriptHost {
  readonly name: string;
  exec(command: string, options?: ExecOptions): Promise<ExecResult>;
}

export type ScriptRow = readonly [key: string, ...values: string[]];

export interface ScriptOptions {
  readonly signal?: AbortSignal | undefined;
  /** Time limit, in milliseconds. Default 30000: a login shell may load a lot. */
  readonly timeoutMs?: number | undefined;
}

const maxRows = 4096;
// A PATH may be long.
const maxValueLength = 16_384;

/** Folders that installers add to PATH in interactive shells only. */
const extraPathFolders = [
  '/usr/local/bin',
  '/usr/bin',
  '/bin',
  '/opt/homebrew/bin',
  '/usr/lib/erlang/bin',
  '$HOME/.asdf/shims',
  '$HOME/.local/share/mise/shims',
  '$HOME/.nix-profile/bin',
];

/** Quotes any text as one word for a shell. */
export function quoteWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * Runs `body` and returns the rows that it reported with `say KEY VALUE...`. The shell reads the whole body before it starts,
 * so when the connection breaks the body runs completely or not at all. Throws `HostError` HOST_UNSUPPORTED when the body did
 * not finish, or what `exec` throws.
 */
export async function runScript(
  host: ScriptHost,
  body: string,
  options: ScriptOptions = {},
): Promise<ScriptRow[]> {
  const mark = `convoy-${randomBytes(8).toString('hex')}`;
  const { timeoutMs = 30_000, signal } = options;
  const input = wrapScript(body, mark);
  const exec: ExecOptions = { input, timeoutMs, signal };
  // `-l` reads the profile, where version managers set PATH. Shells that do not support `-lc` print no mark.
  const first = await host.exec(`exec "$SHELL" -lc 'exec /bin/sh -s'`, exec);
  const rows = parseRows(first.stdout, mark);
  if (rows !== undefined) return rows;
  if (first.stdout.includes(mark)) throw scriptFailed(host, first);
  const second = await host.exec('/bin/sh -s', exec);
  const again = parseRows(second.stdout, mark);
  if (again === undefined) throw scriptFailed(host, second);
  return again;
}

/** The first value of a key; `undefined` if it is missing or empty. */
export function valueOf(rows: readonly ScriptRow[], key: string): string | undefined {
  const value = rows.find(([name]) => name === key)?.[1];
  return value === '' ? undefined : value;
}

/** @internal The complete script. */
export function wrapScript(body: string, mark: string): string {
  return `convoy_main() {
PATH="$PATH:${extraPathFolders.join(':')}"; export PATH
say() { printf '%s' "$1"; shift; for value in "$@"; do printf '\\t%s' "$value"; done; printf '\\n'; }
printf '\\n%s begin\\n' ${mark}
${body}
printf '\\n%s end\\n' ${mark}
}
convoy_main </dev/null
`;
}

/** @internal Returns `undefined` unless both marks are present. */
export function parseRows(stdout: string, mark: string): ScriptRow[] | undefined {
  const begin = stdout.indexOf(`\n${mark} begin\n`);
  const end = stdout.indexOf(`\n${mark} end\n`, begin);
  if (begin < 0 || end < 0) return undefined;
  const lines = stdout.slice(begin + mark.length + 8, end).split('\n', maxRows);
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const [key = '', ...values] = line.slice(0, maxValueLength).split('\t').map(withoutControls);
      return [key, ...values];
    });
}

function withoutControls(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '');
}

function scriptFailed(host: ScriptHost, { code, stderr }: ExecResult): HostError {
  const message = withoutControls(stderr.trim().split('\n').at(-1) ?? '').slice(0, 200);
  const why = message === '' ? `it ended with code ${code ?? 'none'}` : message;
  return new HostError('HOST_UNSUPPORTED', `${host.name} cannot run a shell script: ${why}`, {
    host: host.name,
    remedy: 'Use a login with a POSIX /bin/sh that is not replaced by another program, such as ForceCommand.',
  });
}

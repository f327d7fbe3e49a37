/**
 * Runs a POSIX shell script on a host whose login shell may be anything and may print anything. The script is sent over
 * standard input, so no part of it appears in an argument list; its results are `key<TAB>value...` lines between two marks.
 * Output of a host is not trusted: its size is bounded and control characters are removed.
 */

import { randomBytes } from 'node:crypto';
import { HostError } from '../../../errors.ts';
import type { HostShells, MarkedScript, ShellOutput } from './host-shells.ts';
import { describeRefusal, withoutControls } from './script-refusal.ts';

/** A host that can run scripts. */
export interface ScriptHost {
  readonly name: string;
  readonly shells: HostShells;
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
 * Runs `body` and returns the rows that it reported with `say KEY VALUE...`; it may `return` early. The shell reads the whole
 * body before it starts, so when the connection breaks the body runs completely or not at all. Throws `HostError`
 * HOST_UNSUPPORTED when the host did not run it, or an error of the connection.
 */
export async function runScript(
  host: ScriptHost,
  body: string,
  options: ScriptOptions = {},
): Promise<ScriptRow[]> {
  const { timeoutMs = 30_000, signal } = options;
  const script = markScript(body, `convoy-${randomBytes(8).toString('hex')}`);
  const output = await host.shells.run(script, { timeoutMs, signal });
  const rows = parseRows(output.stdout, script);
  if (rows === undefined) throw scriptFailed(host, output);
  return rows;
}

/** The first value of a key; `undefined` if it is missing or empty. */
export function valueOf(rows: readonly ScriptRow[], key: string): string | undefined {
  const value = rows.find(([name]) => name === key)?.[1];
  return value === '' ? undefined : value;
}

/** @internal The complete script. A subshell contains what the body changes. */
export function markScript(body: string, mark: string): MarkedScript {
  const text = `convoy_main() {
PATH="$PATH:${extraPathFolders.join(':')}"; export PATH
say() { printf '%s' "$1"; shift; for value in "$@"; do printf '\\t%s' "$value"; done; printf '\\n'; }
${body}
}
printf '\\n%s begin\\n' ${mark}; (convoy_main) </dev/null; printf '\\n%s end\\n' ${mark}
`;
  return { text, begin: `\n${mark} begin\n`, end: `\n${mark} end\n` };
}

/** @internal Returns `undefined` unless both marks are present. */
export function parseRows(
  stdout: string,
  { begin, end }: Pick<MarkedScript, 'begin' | 'end'>,
): ScriptRow[] | undefined {
  const start = stdout.indexOf(begin);
  // The line break before the last mark may be that of the first one.
  const stop = stdout.indexOf(end, start + begin.length - 1);
  if (start < 0 || stop < 0) return undefined;
  const lines = stdout.slice(start + begin.length, stop).split('\n', maxRows);
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const [key = '', ...values] = line.slice(0, maxValueLength).split('\t').map(withoutControls);
      return [key, ...values];
    });
}

function scriptFailed(host: ScriptHost, output: ShellOutput): HostError {
  const { why, remedy } = describeRefusal(output);
  return new HostError('HOST_UNSUPPORTED', `${host.name} does not run shell scripts: ${why}`, {
    host: host.name,
    remedy,
  });
}

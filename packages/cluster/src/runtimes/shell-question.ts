/**
 * How a user's interactive login shell is asked for its environment. Installers and version managers often change PATH only
 * there: behind the guard of `.bashrc`, in `.zshrc`, in fish's `is-interactive`, in tcsh's `.login`. Such a shell prints
 * what it likes, so the answer stands between marks.
 */

import { programVariables } from '../child-environment.ts';

/** How long a shell may take to start. */
export const shellTimeoutMs = 10_000;

/** Holds the script that the shell hands to `/bin/sh`, because each shell has its own rules for quotes. */
export const scriptVariable = 'CONVOY_ASK';

/** What every shell understands: it becomes a POSIX shell that runs the script. */
export const shellCommand: string = `exec /bin/sh -c 'eval "$${scriptVariable}"'`;

/** A script for `/bin/sh` that prints the variables by which programs are found, between marks. */
export function shellScript(mark: string): string {
  const print = `eval "value=\\\${$name-}"; [ -z "$value" ] || printf '%s=%s\\n' "$name" "$value"`;
  return [
    `printf '\\n%s begin\\n' ${mark}`,
    `for name in ${programVariables.join(' ')}; do ${print}; done`,
    `printf '%s end\\n' ${mark}`,
  ].join('; ');
}

/** Whether it is a C shell, which is a login shell only if it gets no other argument, and so reads the command. */
export function isCShell(shell: string): boolean {
  return /(?:^|\/)t?csh$/.test(shell);
}

/** How to start a shell as an interactive login shell that runs `shellCommand`. */
export function interactiveLogin(shell: string): {
  readonly args: readonly string[];
  readonly input: string;
} {
  if (isCShell(shell)) return { args: ['-l'], input: `${shellCommand}\n` };
  return { args: ['-i', '-l', '-c', shellCommand], input: '' };
}

/**
 * Variables that keep a shell from starting something instead: frameworks that ask whether they may update, or start a
 * terminal multiplexer. Many files stop early for a terminal that is called `dumb`.
 */
export function shellVariables(term: string | undefined): Readonly<Record<string, string>> {
  return {
    DISABLE_AUTO_UPDATE: 'true',
    ZSH_TMUX_AUTOSTART: 'false',
    ZSH_TMUX_AUTOSTARTED: 'true',
    TERM: term === undefined || term === '' || term === 'dumb' ? 'xterm-256color' : term,
  };
}

/** The variables in what the shell printed; `undefined` until the last mark is there. */
export function parseShellAnswer(text: string, mark: string): Readonly<Record<string, string>> | undefined {
  const begin = text.lastIndexOf(`\n${mark} begin\n`);
  const end = text.indexOf(`${mark} end\n`, begin);
  if (begin < 0 || end < 0) return undefined;
  const known = new Set<string>(programVariables);
  const lines = text.slice(begin, end).split('\n');
  const rows = lines.map(
    (line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const,
  );
  return Object.fromEntries(rows.filter(([name]) => known.has(name)));
}

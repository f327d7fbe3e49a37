/**
 * Home folders in which `erl` is on PATH only for interactive or login shells, as people set up their machines. Each is for one
 * shell of Debian. The programs are in `$HOME/otp/bin`.
 */

import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onlyInAll } from '../extent.ts';
import { commandOf, mise, missingRuntime } from '../packed/runtimes.ts';

export interface SetUpHome {
  readonly title: string;
  readonly shell: string;
  /** Files below the home folder. */
  readonly files: Readonly<Record<string, string>>;
  /** Whether the version manager mise has chosen the programs. */
  readonly usesMise?: true;
  /** Whether another home tries the same thing. */
  readonly isVariant?: true;
  /** Whether a login shell that is not interactive finds them too. */
  readonly isLoginEnough?: true;
}

/** The first lines of Debian's own `.bashrc`. */
const guard = 'case $- in *i*) ;; *) return ;; esac\n';
const path = 'export PATH="$HOME/otp/bin:$PATH"\n';
/** Its folder is not the usual one, so that its shims are not found by themselves. */
const miseFirst = 'export PATH="$HOME/.local/bin:$PATH" MISE_DATA_DIR="$HOME/mise"\n';

/** Prints, asks and leaves something running that holds the output open. */
const noise = [
  'printf "\\033[2J\\033]0;a title\\007welcome\\n"',
  'echo "PATH=/wrong"; echo "convoy-shell end"',
  'seq 1 20000',
  'read -r answer',
  'sleep 300 &',
  '',
].join('\n');

export const setUpHomes: readonly SetUpHome[] = [
  {
    title: 'bash, behind the guard of .bashrc',
    shell: '/usr/bin/bash',
    files: { '.profile': '[ -n "$BASH" ] && . "$HOME/.bashrc"\n', '.bashrc': `${guard}${path}` },
  },
  {
    title: 'bash, in .bash_profile',
    shell: '/usr/bin/bash',
    files: { '.bash_profile': 'export PATH="$HOME/.local/bin:$PATH"\n' },
    isLoginEnough: true,
  },
  {
    title: 'bash, by kerl, with files that print and read',
    shell: '/usr/bin/bash',
    files: {
      '.bash_profile': '. "$HOME/.bashrc"\n',
      '.bashrc': `${guard}${noise}. "$HOME/kerl/25/activate"\n`,
      'kerl/25/activate': `_KERL_SAVED_PATH="$PATH"\n${path}`,
    },
  },
  { title: 'zsh, in .zshrc', shell: '/usr/bin/zsh', files: { '.zshrc': path } },
  {
    title: 'fish, in is-interactive',
    shell: '/usr/bin/fish',
    files: {
      '.config/fish/config.fish': 'if status is-interactive\n  set -gx PATH $HOME/otp/bin $PATH\nend\n',
    },
  },
  {
    title: 'tcsh, in .login',
    shell: '/usr/bin/tcsh',
    files: { '.login': 'setenv PATH "$HOME/otp/bin:$PATH"\n' },
  },
  {
    title: 'tcsh, behind the guard of .tcshrc',
    shell: '/usr/bin/tcsh',
    files: { '.tcshrc': 'if (! $?prompt) exit\nsetenv PATH "$HOME/otp/bin:$PATH"\n' },
    isVariant: true,
  },
  {
    title: 'dash, in the file of ENV',
    shell: '/usr/bin/dash',
    files: {
      '.profile': 'export ENV="$HOME/.shinit"\n',
      '.shinit': `case $- in *i*) ${path.trim()} ;; esac\n`,
    },
  },
  {
    title: 'bash, by mise activate',
    shell: '/usr/bin/bash',
    files: {
      '.bash_profile': '. "$HOME/.bashrc"\n',
      '.bashrc': `${guard}${miseFirst}eval "$(mise activate bash)"\n`,
    },
    usesMise: true,
  },
  {
    title: 'zsh, by mise activate',
    shell: '/usr/bin/zsh',
    files: { '.zshrc': `${miseFirst}eval "$(mise activate zsh)"\n` },
    usesMise: true,
    isVariant: true,
  },
  {
    title: 'fish, by mise activate',
    shell: '/usr/bin/fish',
    files: {
      '.config/fish/config.fish':
        'if status is-interactive\n  set -gx PATH $HOME/.local/bin $PATH\n  set -gx MISE_DATA_DIR $HOME/mise\n  mise activate fish | source\nend\n',
    },
    usesMise: true,
    isVariant: true,
  },
];

/** Why a test with that home cannot run here, or `false`. */
export function missingShell({ shell, usesMise, isVariant }: SetUpHome): string | false {
  const skipped = isVariant === true ? onlyInAll() : false;
  if (skipped !== false) return skipped;
  if (!existsSync(shell))
    return `${shell} is not installed: apt-get install ${shell.split('/').at(-1) ?? ''}`;
  return usesMise === true ? missingMise() : false;
}

let isMiseMissing: string | false | undefined;

/** Why there is no mise here, or `false`. It is fetched once. */
export function missingMise(): string | false {
  isMiseMissing ??= missingRuntime(mise);
  return isMiseMissing;
}

/** Writes the files of a home; `$HOME/.local/bin` has what `$HOME/otp/bin` has. */
export function writeHome(home: string, { files, usesMise }: SetUpHome): void {
  mkdirSync(join(home, '.local'), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  if (usesMise === true) setUpMise(home, { erlang: join(home, 'otp') }, 'mise');
  else symlinkSync(join(home, 'otp/bin'), join(home, '.local/bin'));
}

/** Folders of installations, with a folder `bin` each. */
export interface Installed {
  readonly erlang: string;
  readonly elixir?: string;
}

const versions = { erlang: '25.2', elixir: '1.14.0' } as const;
const programs = { erlang: 'erl', elixir: 'elixir' } as const;

function linkInstallations(folder: string, installed: Installed): void {
  for (const plugin of ['erlang', 'elixir'] as const) {
    const target = installed[plugin];
    if (target === undefined) continue;
    mkdirSync(join(folder, plugin), { recursive: true });
    symlinkSync(target, join(folder, plugin, versions[plugin]));
  }
}

/** As `mise link erlang@25.2 FOLDER` and `mise use --global erlang@25.2` leave a home. */
export function setUpMise(home: string, installed: Installed, folder = '.local/share/mise'): void {
  const data = join(home, folder);
  for (const one of ['.local/bin', '.config/mise', join(folder, 'shims')]) {
    mkdirSync(join(home, one), { recursive: true });
  }
  symlinkSync(commandOf(mise)[0], join(home, '.local/bin/mise'));
  linkInstallations(join(data, 'installs'), installed);
  const tools = Object.keys(installed).map(
    (plugin) => `${plugin} = "${versions[plugin as keyof Installed]}"\n`,
  );
  writeFileSync(join(home, '.config/mise/config.toml'), `[tools]\n${tools.join('')}`);
  for (const program of Object.values(programs))
    symlinkSync(commandOf(mise)[0], join(data, 'shims', program));
}

/**
 * As asdf leaves a home: a shim for each program that reads `.tool-versions` in HOME, as the shims of asdf do, and fails without it.
 */
export function setUpAsdf(home: string, installed: Installed): void {
  const shims = join(home, '.asdf/shims');
  mkdirSync(shims, { recursive: true });
  linkInstallations(join(home, '.asdf/installs'), installed);
  const lines = Object.keys(installed).map((plugin) => `${plugin} ${versions[plugin as keyof Installed]}\n`);
  writeFileSync(join(home, '.tool-versions'), lines.join(''));
  for (const plugin of ['erlang', 'elixir'] as const) {
    const program = programs[plugin];
    writeFileSync(join(shims, program), asdfShim(plugin, program), { mode: 0o755 });
  }
}

function asdfShim(plugin: string, program: string): string {
  return [
    '#!/bin/sh',
    `version=$(sed -n 's/^${plugin} //p' "$HOME/.tool-versions" 2>/dev/null)`,
    `if [ -z "$version" ]; then echo "No version is set for command ${program}" >&2; exit 126; fi`,
    `exec "$HOME/.asdf/installs/${plugin}/$version/bin/${program}" "$@"`,
    '',
  ].join('\n');
}

/**
 * The part of the inspection of a host that finds out how nodes of each kind are started there: by the programs on the PATH of
 * a login shell, or else on that of an interactive login shell, which reads files that others skip. That shell is bounded in
 * time, runs in a session of its own where the host has `setsid`, and is ended with everything it started. A program that turns
 * out to be a shim of a version manager is replaced by the installed program, see runtimes/runtime-question.ts.
 */

import type { ProviderNodeKind } from '../../../launch/provider.ts';
import {
  elixirExpression,
  elixirRootOf,
  otpExpression,
  questionVariables,
} from '../../../runtimes/runtime-question.ts';
import {
  scriptVariable,
  shellCommand,
  shellScript,
  shellTimeoutMs,
  shellVariables,
} from '../../../runtimes/shell-question.ts';
import { quoteWord, type ScriptRow } from './remote-script.ts';

/** How nodes of one kind are started on a host. */
export interface HostRuntime {
  /** The program. */
  readonly file: string;
  /** Folders that must come before PATH, so that the program finds its own. */
  readonly folders: readonly string[];
  /** Variables of the interactive login shell, PATH among them, if the program was found by it. */
  readonly variables: Readonly<Record<string, string>>;
  /** For example `27`. */
  readonly otpRelease?: string | undefined;
  /** For example `1.18.3`. */
  readonly elixirVersion?: string | undefined;
  /** How it was found: `by a login shell`. */
  readonly foundBy: string;
}

export type ShellOutcome = 'answered' | 'silent' | 'failed';

/** What was found out about programs on a host. */
export interface HostRuntimes {
  readonly runtimes: Readonly<Partial<Record<ProviderNodeKind, HostRuntime>>>;
  /** The interactive login shell, if it was asked: its name, and whether it answered, was too slow, or ended before. */
  readonly shell?: { readonly name: string; readonly outcome: ShellOutcome } | undefined;
  /** Programs that were found and do not run, such as shims without a chosen version. */
  readonly broken: readonly BrokenProgram[];
}

/** A program that does not run, and the last line that it printed. */
export interface BrokenProgram {
  readonly file: string;
  readonly reason: string;
}

const shellOutcomes = ['answered', 'silent', 'failed'] as const;
const ways = { login: 'by a login shell', interactive: 'by an interactive login shell' } as const;
type Way = keyof typeof ways;

/** The answer goes into a file of its own, so nothing that the shell prints can be taken for it. */
const mark = 'convoy-shell';
const exported = Object.entries({
  ...shellVariables(undefined),
  [scriptVariable]: `{ ${shellScript(mark)}; } > "$CONVOY_ANSWER"`,
});

const askInteractiveShell = `
ask_shell() {
  [ -n "$SHELL" ] && [ -x "$SHELL" ] || return 1
  answer_file=$(mktemp 2>/dev/null) || return 1
  apart=$(command -v setsid || :)
  ( export CONVOY_ANSWER="$answer_file" ${exported.map(([name, value]) => `${name}=${quoteWord(value)}`).join(' ')}
    case "$SHELL" in
      */csh|*/tcsh) exec $apart "$SHELL" -l <<'CONVOY_COMMAND'
${shellCommand}
CONVOY_COMMAND
      ;;
      *) exec $apart "$SHELL" -i -l -c ${quoteWord(shellCommand)} </dev/null ;;
    esac ) >/dev/null 2>&1 &
  asked=$!
  tries=0; outcome=silent
  until grep -q '^${mark} end$' "$answer_file" || [ $tries -ge ${shellTimeoutMs / 100} ]; do
    kill -0 "$asked" 2>/dev/null || { outcome=failed; break; }
    tries=$((tries + 1)); sleep 0.1 2>/dev/null || { sleep 1; tries=$((tries + 9)); }
  done
  kill -s KILL -- "-$asked" 2>/dev/null || kill -s KILL "$asked" 2>/dev/null
  if grep -q '^${mark} end$' "$answer_file"; then
    say shell "\${SHELL##*/}" answered
    while IFS= read -r line; do
      case "$line" in [A-Z]*=*) export "$line"; say variable "\${line%%=*}" "\${line#*=}" ;; esac
    done < "$answer_file"
  else say shell "\${SHELL##*/}" "$outcome"; fi
  rm -f "$answer_file"
}`;

const functions = `
run() { ( export ${Object.entries(questionVariables)
  .map(([name, value]) => `${name}=${value}`)
  .join(' ')}; "$@" ) </dev/null; }
ask_erl() { run "$1" -noshell -eval ${quoteWord(otpExpression)}; }
ask_elixir() { run "$1" -e ${quoteWord(elixirExpression)}; }
ask() { "$@" 2>/dev/null; }
why() { "$@" 2>&1 | sed '/^[[:space:]]*$/d' | tail -n 1; }
line() { printf '%s\\n' "$2" | sed -n "s/^convoy-$1 //p" | tail -n 1; }
same() { [ "$1" -ef "$2" ]; }
elsewhere() { ( HOME=/ PATH="$1:$PATH"; export HOME PATH; shift; "$@" ); }
look_for_erl() {
  program=$(command -v erl) || return 0
  # Elixir runs this very program, and has answered for it.
  if [ -n "$known_otp" ]; then say erl "$1" "$program" "\${known_otp%% *}" ''; return 0; fi
  otp=$(line otp "$(ask ask_erl "$program")")
  if [ -z "$otp" ]; then say broken "$1" erl "$program" "$(why ask_erl "$program")"; return 0; fi
  bin="\${otp#* }/bin"
  if same "$program" "$bin/erl" || [ "$(line otp "$(elsewhere "$bin" ask ask_erl "$bin/erl")")" != "$otp" ]; then bin=; fi
  say erl "$1" "$program" "\${otp%% *}" "$bin"
}
look_for_elixir() {
  known_otp=
  program=$(command -v elixir) && erl=$(command -v erl) || return 0
  answer=$(ask ask_elixir "$program"); otp=$(line otp "$answer"); elixir=$(line elixir "$answer")
  if [ -z "$elixir" ]; then say broken "$1" elixir "$program" "$(why ask_elixir "$program")"; return 0; fi
  library=\${elixir#* }; bin="\${otp#* }/bin"; elixir_bin="\${library%/lib/elixir}/bin"
  if same "$program" "$elixir_bin/elixir" && same "$erl" "$bin/erl"; then bin=; known_otp=$otp
  elif [ "$(line elixir "$(elsewhere "$bin" ask ask_elixir "$elixir_bin/elixir")")" != "$elixir" ]; then bin=; fi
  say elixir "$1" "$program" "\${elixir%% *}" "\${otp%% *}" "$bin" "$library"
}
look() {
  look_for_elixir "$1"; look_for_erl "$1"
  if program=$(command -v convoy); then say convoy "$1" "$program"; fi
}
programs() {
  for program in "$@"; do command -v "$program" >/dev/null 2>&1 || return 1; done
}`;

const programs = { elixir: 'erl elixir', erlang: 'erl', typescript: 'convoy' } as const;

/** A script that reports the programs. An interactive login shell is asked if programs for nodes of `kinds` are missing. */
export function runtimesScript(kinds: readonly ProviderNodeKind[]): string {
  const wanted = kinds.map((kind) => programs[kind]).join(' ');
  const further =
    wanted === ''
      ? ''
      : `
if ! programs ${wanted} || printf '%s' "$found" | grep -q '^broken'; then ask_shell && look interactive; fi`;
  return `${functions}
${askInteractiveShell}
found=$(look login)
printf '%s\\n' "$found"${further}`;
}

/** Reads the rows of `runtimesScript`. A kind of node is started in the first way that finds its programs. */
export function parseRuntimes(rows: readonly ScriptRow[]): HostRuntimes {
  const shellRow = rows.find(([key]) => key === 'shell');
  const name = shellRow?.[1] ?? 'shell';
  const variables = Object.fromEntries(
    rows.flatMap(([key, variable = '', value = '']) =>
      key === 'variable' && /^[A-Z][A-Z0-9_]*$/.test(variable) ? [[variable, value]] : [],
    ),
  );
  const inWay = (way: Way): Partial<Record<ProviderNodeKind, HostRuntime>> => {
    const isInteractive = way === 'interactive';
    const common = {
      foundBy: isInteractive ? `${ways[way]} (${name})` : ways[way],
      variables: isInteractive ? variables : {},
    };
    return runtimesIn(rows, way, common);
  };
  const runtimes = { ...inWay('interactive'), ...inWay('login') };
  const outcome = shellOutcomes.find((one) => one === shellRow?.[2]) ?? 'failed';
  const shell = shellRow === undefined ? undefined : { name, outcome };
  const broken = rows.flatMap(([key, , , file = '', reason = '']) =>
    key === 'broken' && file !== '' ? [{ file, reason: reason.slice(0, 200) }] : [],
  );
  return { runtimes, shell, broken };
}

function runtimesIn(
  rows: readonly ScriptRow[],
  way: Way,
  common: Pick<HostRuntime, 'foundBy' | 'variables'>,
): Partial<Record<ProviderNodeKind, HostRuntime>> {
  const found: Partial<Record<ProviderNodeKind, HostRuntime>> = {};
  for (const [key, itsWay, file = '', ...values] of rows) {
    if (itsWay !== way || file === '') continue;
    if (key === 'convoy') found.typescript = { ...common, file, folders: [] };
    if (key === 'erl') found.erlang = erlangRuntime(file, values, common);
    if (key === 'elixir') found.elixir = elixirRuntime(file, values, common);
  }
  return found;
}

function erlangRuntime(
  program: string,
  [otpRelease, bin = '']: readonly string[],
  common: Pick<HostRuntime, 'foundBy' | 'variables'>,
): HostRuntime {
  if (bin === '') return { ...common, file: program, folders: [], otpRelease };
  const foundBy = `${common.foundBy}, through the shim ${program}`;
  return { ...common, file: `${bin}/erl`, folders: [bin], otpRelease, foundBy };
}

function elixirRuntime(
  program: string,
  [elixirVersion, otpRelease, bin = '', library = '']: readonly string[],
  common: Pick<HostRuntime, 'foundBy' | 'variables'>,
): HostRuntime {
  const versions = { elixirVersion, otpRelease };
  const root = elixirRootOf(library);
  if (bin === '' || root === undefined) return { ...common, file: program, folders: [], ...versions };
  const foundBy = `${common.foundBy}, through the shim ${program}`;
  return { ...common, file: `${root}/bin/elixir`, folders: [bin, `${root}/bin`], ...versions, foundBy };
}

/** Whether a login shell finds the program itself, as on most hosts. */
export function isOrdinary({ foundBy }: HostRuntime): boolean {
  return foundBy === ways.login;
}

/** Why nodes of a kind cannot be started on the host, as a clause about the host. */
export function describeMissing(
  kind: ProviderNodeKind,
  { shell, broken }: Pick<HostRuntimes, 'shell' | 'broken'>,
): string {
  const names = { elixir: 'elixir and erl', erlang: 'erl', typescript: 'convoy' };
  const programOf = { elixir: '/elixir', erlang: '/erl', typescript: '/convoy' };
  const found = broken.find(({ file }) => file.endsWith(programOf[kind]));
  if (found !== undefined)
    return `has ${found.file}, but it does not run: ${found.reason || 'it prints nothing'}`;
  const lacks = `has no ${names[kind]} on the PATH of a login shell`;
  if (shell === undefined) return lacks;
  const further: Readonly<Record<ShellOutcome, string>> = {
    answered: `, nor of an interactive one (${shell.name})`,
    silent: `, and its interactive shell (${shell.name}) did not answer within ${shellTimeoutMs / 1000} s`,
    failed: `, and its interactive shell (${shell.name}) ended without an answer`,
  };
  return `${lacks}${further[shell.outcome]}`;
}

/**
 * The scripts that start and stop a node on a host. Secrets are passed over standard input and stored in 0600 files in a
 * 0700 folder. The process whose id is recorded becomes the node itself, so no other process is ever stopped.
 */

import { type DeadMan, elixirBoot, erlangBoot } from '../../../on-node/beam-boot.ts';
import { releaseBoot } from '../../../on-node/release-boot.ts';
import { inheritedNames } from '../../../child-environment.ts';
import { type LaunchProgram, programVariables } from '../../../launch/launch-program.ts';
import type { LaunchVariables, ProviderNodeKind } from '../../../launch/provider.ts';
import { releaseFlags, startRelease } from '../../../launch/release/release-script.ts';
import { formatLink, linkVariable, type NodeLink } from '../../../on-node/link-cookie.ts';
import type { HostRuntime } from './find-runtimes.ts';
import { quoteWord } from './remote-script.ts';

export interface StartRequest {
  /** Name of the folder: letters, digits and dashes. */
  readonly id: string;
  /** Full node name. */
  readonly node: string;
  readonly kind: ProviderNodeKind;
  /** The program that becomes the node, and its environment. */
  readonly runtime: HostRuntime;
  readonly cookie: string;
  /** Environment variables that the user passed for this launch; they may be secrets. */
  readonly variables: LaunchVariables;
  /** Memory limit in MB. */
  readonly memoryMb?: number | undefined;
  /** What it runs once it is up. */
  readonly program?: LaunchProgram | undefined;
  /** The link with our node, if there is one. */
  readonly link?: NodeLink | undefined;
  /** Port to listen on, on loopback; 0 for any free port. */
  readonly port: number;
  /** Port of its EPMD. With `undefined` the node runs without EPMD, and so must every node it dials. */
  readonly epmdPort: number | undefined;
  readonly graceMs: number;
}

/** In the home folder of the login. */
const nodesFolder = '.convoy/nodes';

/** A zombie does not count as alive: containers often lack an init process that reaps it. */
const isAliveFunction = `is_alive() {
  [ -n "$1" ] && kill -0 "$1" 2>/dev/null || return 1
  case "$(ps -o stat= -p "$1" 2>/dev/null)" in Z*) return 1 ;; esac
}`;

/**
 * Whether the process that was started is still alive. If its id has been reused, the new process does not mention the
 * folder; ours mentions it first in its arguments and then in its environment.
 */
const isOursFunctions = (id: string): string => `${isAliveFunction}
dir="$HOME/${nodesFolder}/${id}"
pid=$(cat "$dir/pid" 2>/dev/null)
is_ours() {
  is_alive "$pid" || return 1
  if [ -r "/proc/$pid/environ" ]; then cat "/proc/$pid/environ" "/proc/$pid/cmdline" 2>/dev/null | tr '\\0' '\\n' | grep -qF "$dir"
  else ps -ww -E -p "$pid" 2>/dev/null | grep -qF ${quoteWord(id)} || ps -ww -p "$pid" -o args= | grep -qF ${quoteWord(id)}; fi
}`;

/** Starts the node and reports `folder`, `pid` and `node` with `say`. */
export function startScript(request: StartRequest): string {
  const { id, node, cookie, link } = request;
  const endMark = `CONVOY_END_${id.replaceAll('-', '_')}`;
  return `umask 077
dir="$HOME/${nodesFolder}/${id}"
write_files() {
mkdir -p "$dir" && chmod 700 "$dir" || return 1
cat > "$dir/.erlang.cookie" <<'${endMark}' || return 1
${cookie}
${endMark}
cat > "$dir/boot" <<'${endMark}' || return 1
${bootText(request)}
${endMark}
cat > "$dir/variables" <<'${endMark}' || return 1
${variablesText(request.variables)}
${endMark}
cat > "$dir/link" <<'${endMark}' || return 1
${link === undefined ? '' : formatLink(link)}${endMark}
cat > "$dir/flags" <<'${endMark}' || return 1
${request.program?.kind === 'release' ? releaseFlags(emulatorFlags(request)) : ''}
${endMark}
cat > "$dir/run" <<'${endMark}' || return 1
${runScriptText(request)}
${endMark}
# The file ends in a newline, which not every release strips from the cookie.
printf '%s' "$(cat "$dir/.erlang.cookie")" > "$dir/.erlang.cookie.new" && mv "$dir/.erlang.cookie.new" "$dir/.erlang.cookie" || return 1
chmod 400 "$dir/.erlang.cookie"
}
if ! problem=$(write_files 2>&1); then
  rm -rf "$dir"
  say failed "$dir cannot be written: $(printf '%s' "$problem" | tail -n 1)"
  return
fi
detach=$(command -v setsid || command -v nohup || true)
( cd "$dir" && exec $detach /bin/sh -c ${quoteWord(runAndRecordExit)} node "$dir" ) </dev/null >"$dir/log" 2>&1 &
tries=0
while [ ! -s "$dir/pid" ] && [ $tries -lt 50 ]; do
  tries=$((tries + 1)); sleep 0.1 2>/dev/null || sleep 1
done
say folder "$dir"
say pid "$(cat "$dir/pid" 2>/dev/null)"
say node ${quoteWord(node)}`;
}

function bootText({ kind, graceMs, program }: StartRequest): string {
  const deadMan: Extract<DeadMan, { kind: 'owner' }> = { kind: 'owner', graceMs };
  if (program?.kind === 'release') return releaseBoot(kind === 'elixir' ? 'Elixir' : 'Erlang', deadMan);
  if (kind === 'typescript') return '';
  return kind === 'elixir' ? elixirBoot(deadMan) : erlangBoot(deadMan);
}

/**
 * Runs the node and records its exit code, which distinguishes a stopped node from a crashed one. The shell that waits for
 * the node is another process: `run` records its own process id.
 */
const runAndRecordExit = `/bin/sh "$1/run" "$1"; code=$?; [ -d "$1" ] && echo "$code" > "$1/exit"`;

/**
 * Unsets every variable that children do not inherit. `command` keeps the shell running when it may not unset a variable. A
 * line of a multi-line value can be taken for a variable, which does no harm.
 */
const unsetOthers = `for name in $(env | sed -n 's/^\\([A-Za-z_][A-Za-z0-9_]*\\)=.*/\\1/p'); do
  case "$name" in ${inheritedNames().join('|')}|LC_*) ;; *) command unset "$name" 2>/dev/null || : ;; esac
done`;

/**
 * Reads the variables, removes the file, and only then exports them: a program that the shell starts afterwards, `rm` for
 * one, would get them in its environment. A positional parameter is never exported.
 */
const evaluateVariables = `set -- "$1" "$(cat "$1/variables")"; rm -f "$1/variables"; eval "$2"; set -- "$1"`;

/** The file that the node's shell reads once and then removes. */
function variablesText(variables: LaunchVariables): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${quoteWord(value)}`)
    .join('\n');
}

/** The script that becomes the node: `exec` keeps the recorded process id. */
function runScriptText(request: StartRequest): string {
  const { node, kind, port, epmdPort, graceMs, memoryMb, program: started } = request;
  const epmd = epmdPort === undefined ? '' : `export ERL_EPMD_PORT=${epmdPort}`;
  const linked = request.link === undefined ? '' : `export ${linkVariable}="$1/link"`;
  const head = [
    `echo $$ > "$1/pid"`,
    unsetOthers,
    ...Object.entries(request.runtime.variables).map(([name, value]) => `export ${name}=${quoteWord(value)}`),
    evaluateVariables,
    ...request.runtime.folders.toReversed().map((folder) => `PATH=${quoteWord(folder)}:$PATH`),
    'export PATH',
    epmd,
    linked,
    'export CONVOY_FOLDER="$1"',
  ].join('\n');
  const program = quoteWord(request.runtime.file);
  if (kind === 'typescript') {
    const module = started?.kind === 'file' ? [started.file] : [];
    const words = [
      ...['node', ...module, '--name', node, '--listen-host', '127.0.0.1', '--listen-port', String(port)],
      ...['--epmd', epmdPort === undefined ? 'none' : 'system'],
    ];
    const heap =
      memoryMb === undefined
        ? ''
        : `export NODE_OPTIONS="\${NODE_OPTIONS:-} --max-old-space-size=${memoryMb}"`;
    return `${head}\n${heap}\nexport CONVOY_DEADMAN_MS=${graceMs}\nexec ${program} ${words.map(quoteWord).join(' ')} --cookie-file "$1/.erlang.cookie"`;
  }
  // RLIMIT_DATA: see local-command.ts.
  const limit = memoryMb === undefined ? '' : `ulimit -d ${memoryMb * 1024} || exit 1`;
  const variables = Object.entries(programVariables(started)).map(
    ([name, value]) => `export ${name}=${quoteWord(value)}`,
  );
  const beam = `${[limit, ...variables].join('\n')}\nexport CONVOY_USER_HOME="$HOME" HOME="$1" CONVOY_BOOT="$1/boot" ERL_CRASH_DUMP="$1/erl_crash.dump"`;
  if (started?.kind === 'release') {
    return `${head}\n${beam}\nnode=${quoteWord(node)} release=${quoteWord(started.folder)}\n${startRelease}`;
  }
  const flags = emulatorFlags(request);
  if (kind === 'elixir') {
    return `${head}\n${beam}\nexec ${program} --name ${quoteWord(node)} --erl ${quoteWord(flags.join(' '))} --no-halt "$1/boot"`;
  }
  const run = 'ok = file:eval(os:getenv("CONVOY_BOOT")).';
  const words = ['-noinput', '-name', node, ...flags, '-eval', run];
  return `${head}\n${beam}\nexec ${program} ${words.map(quoteWord).join(' ')}`;
}

function emulatorFlags({ port, epmdPort }: StartRequest): string[] {
  const listen = ['-kernel', 'inet_dist_use_interface', '{127,0,0,1}'];
  const range = ['-kernel', 'inet_dist_listen_min', `${port}`, 'inet_dist_listen_max', `${port}`];
  // From OTP 23.1 on, this flag makes the node listen on the port and skip the registration.
  const withoutEpmd = epmdPort === undefined ? ['-erl_epmd_port', String(port)] : [];
  return ['+Bi', '-start_epmd', 'false', ...listen, ...(port === 0 ? [] : range), ...withoutEpmd];
}

/**
 * Stops the node, if the recorded id still belongs to the process that was started, and removes its folder. Sends SIGTERM,
 * then SIGKILL after `graceMs`.
 */
export function stopScript({ id, graceMs }: { readonly id: string; readonly graceMs: number }): string {
  return `${isOursFunctions(id)}
if is_ours; then
  kill "$pid" 2>/dev/null
  tries=0
  while is_ours && [ $tries -lt ${Math.ceil(graceMs / 100)} ]; do tries=$((tries + 1)); sleep 0.1 2>/dev/null || sleep 1; done
  if is_ours; then kill -9 "$pid" 2>/dev/null; fi
fi
# Moved first, because its shell may still be about to write the exit code.
mv "$dir" "$dir.gone" 2>/dev/null
rm -rf "$dir" "$dir.gone" 2>/dev/null
if is_ours; then say left "process $pid still runs"
elif [ -e "$dir" ] || [ -e "$dir.gone" ]; then say left "its folder cannot be removed"
else say stopped yes; fi`;
}

/** Reports whether the process is alive, or its exit code, and the last lines it printed. The code follows the exit at once. */
export function statusScript(id: string): string {
  return `${isOursFunctions(id)}
tries=0
until is_ours || [ -s "$dir/exit" ] || [ ! -d "$dir" ] || [ $tries -ge 5 ]; do
  tries=$((tries + 1)); sleep 0.1 2>/dev/null || sleep 1
done
if is_ours; then say alive yes; else say exit "$(cat "$dir/exit" 2>/dev/null)"; fi
${lastLines}`;
}

const sayLines = 'while IFS= read -r line || [ -n "$line" ]; do say line "$line"; done';
const lastLines = `tail -n 20 "$dir/log" 2>/dev/null | ${sayLines}`;

/** What it printed: all lines, or the first 5, the last 14 and how many are left out between them. */
const excerpt = `count=$(cat "$dir/log" 2>/dev/null | wc -l)
  if [ "$count" -gt 20 ]; then
    { head -n 5 "$dir/log"; echo "[$((count - 19)) lines left out]"; tail -n 14 "$dir/log"; } 2>/dev/null | ${sayLines}
  else ${lastLines}
  fi`;

/**
 * Waits up to ten seconds for the line in which the node reports its port, and reports `port`. Otherwise it reports whether
 * the process is alive, and what it printed.
 */
export function portScript({ id, node }: { readonly id: string; readonly node: string }): string {
  const line = `s/^[A-Za-z]* node ${node.replaceAll('.', '\\.')} is up on port \\([0-9][0-9]*\\).*$/\\1/p`;
  return `${isOursFunctions(id)}
tries=0
port=
while [ $tries -lt 100 ]; do
  port=$(sed -n ${quoteWord(line)} "$dir/log" 2>/dev/null | head -n 1)
  if [ -n "$port" ] || ! is_ours; then break; fi
  tries=$((tries + 1))
  sleep 0.1 2>/dev/null || { sleep 1; tries=$((tries + 9)); }
done
if [ -n "$port" ]; then say port "$port"
else
  if is_ours; then say alive yes; fi
  ${excerpt}
fi`;
}

/** Reports the number of `lines` in the log. */
export function countLinesScript(id: string): string {
  return `say lines "$(cat "$HOME/${nodesFolder}/${id}/log" 2>/dev/null | wc -l | tr -d ' ')"`;
}

/** A command, not a script: prints the log from line `fromLine` on and follows it until its standard input ends. */
export function followCommand({ id, fromLine }: { readonly id: string; readonly fromLine: number }): string {
  const file = `"$HOME/${nodesFolder}/${id}/log"`;
  const follow = `tail -n +${fromLine} -F ${file} 2>/dev/null & pid=$!; cat >/dev/null; kill $pid`;
  return `exec /bin/sh -c ${quoteWord(follow)}`;
}

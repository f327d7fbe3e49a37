/**
 * The scripts that start a node on a host and end it again. What is secret goes by standard input into a 0600 file of a
 * 0700 folder. The node is the very process whose id is written down, so only that one is ever ended.
 */

import { type DeadMan, elixirBoot, erlangBoot } from '../../../on-node/beam-boot.ts';
import { inheritedNames } from '../../../child-environment.ts';
import type { LaunchVariables, ProviderNodeKind } from '../../../launch/provider.ts';
import { formatLink, linkVariable, type NodeLink } from '../../../on-node/link-cookie.ts';
import { quoteWord } from './remote-script.ts';

export interface StartRequest {
  /** Names the folder; letters, digits and dashes. */
  readonly id: string;
  /** Full node name. */
  readonly node: string;
  readonly kind: ProviderNodeKind;
  readonly cookie: string;
  /** What the user named for this launch; they may be secrets. */
  readonly variables: LaunchVariables;
  /** Its link with our node, where it has one. */
  readonly link?: NodeLink | undefined;
  /** Where it listens on loopback; 0: any free port. */
  readonly port: number;
  /** Its EPMD; `undefined`: it does without one, and so does everybody it dials. */
  readonly epmdPort: number | undefined;
  readonly graceMs: number;
}

/** Under the home of the login. */
const nodesFolder = '.convoy/nodes';

/** A process that has ended, but that nobody has taken note of, is no live one: containers often lack an init for that. */
const lives = `lives() {
  [ -n "$1" ] && kill -0 "$1" 2>/dev/null || return 1
  case "$(ps -o stat= -p "$1" 2>/dev/null)" in Z*) return 1 ;; esac
}`;

/**
 * Whether the process that was started lives. An id that was given to another process meanwhile does not mention the
 * folder, in its arguments at first and then in its environment.
 */
const ours = (id: string): string => `${lives}
dir="$HOME/${nodesFolder}/${id}"
pid=$(cat "$dir/pid" 2>/dev/null)
ours() {
  lives "$pid" || return 1
  if [ -r "/proc/$pid/environ" ]; then cat "/proc/$pid/environ" "/proc/$pid/cmdline" 2>/dev/null | tr '\\0' '\\n' | grep -qF "$dir"
  else ps -ww -E -p "$pid" 2>/dev/null | grep -qF ${quoteWord(id)} || ps -ww -p "$pid" -o args= | grep -qF ${quoteWord(id)}; fi
}`;

/** Tells `pid` and `folder` with `say`. */
export function startScript(request: StartRequest): string {
  const { id, node, cookie, kind, graceMs, link } = request;
  const deadMan: DeadMan = { kind: 'owner', graceMs };
  const boot = kind === 'elixir' ? elixirBoot(deadMan) : kind === 'erlang' ? erlangBoot(deadMan) : '';
  const ending = `CONVOY_END_${id.replaceAll('-', '_')}`;
  return `umask 077
dir="$HOME/${nodesFolder}/${id}"
mkdir -p "$dir" && chmod 700 "$dir" || { say failed "the folder $dir cannot be made"; return; }
cat > "$dir/.erlang.cookie" <<'${ending}'
${cookie}
${ending}
cat > "$dir/boot" <<'${ending}'
${boot}
${ending}
cat > "$dir/variables" <<'${ending}'
${variablesText(request.variables)}
${ending}
cat > "$dir/link" <<'${ending}'
${link === undefined ? '' : formatLink(link)}${ending}
cat > "$dir/run" <<'${ending}'
${runScriptText(request)}
${ending}
# The file ends in a newline, which is no part of a cookie for every release.
printf '%s' "$(cat "$dir/.erlang.cookie")" > "$dir/.erlang.cookie.new" && mv "$dir/.erlang.cookie.new" "$dir/.erlang.cookie"
chmod 400 "$dir/.erlang.cookie"
detach=$(command -v setsid || command -v nohup || true)
( cd "$dir" && exec $detach /bin/sh "$dir/run" "$dir" ) </dev/null >"$dir/log" 2>&1 &
tries=0
while [ ! -s "$dir/pid" ] && [ $tries -lt 50 ]; do
  tries=$((tries + 1)); sleep 0.1 2>/dev/null || sleep 1
done
say folder "$dir"
say pid "$(cat "$dir/pid" 2>/dev/null)"
say node ${quoteWord(node)}`;
}

/**
 * Takes everything out of the environment that children do not inherit. `command` keeps a shell going that may not unset a
 * variable; a name is looked at once more when a value has several lines, which does no harm.
 */
const inheritOnly = `for name in $(env | sed -n 's/^\\([A-Za-z_][A-Za-z0-9_]*\\)=.*/\\1/p'); do
  case "$name" in ${inheritedNames().join('|')}|LC_*) ;; *) command unset "$name" 2>/dev/null || : ;; esac
done`;

/** Read once by the node's own shell, and then removed. */
function variablesText(variables: LaunchVariables): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${quoteWord(value)}`)
    .join('\n');
}

/** Becomes the node: `exec` keeps the process id that was written down. */
function runScriptText(request: StartRequest): string {
  const { node, kind, port, epmdPort, graceMs } = request;
  const epmd = epmdPort === undefined ? '' : `export ERL_EPMD_PORT=${epmdPort}`;
  const linked = request.link === undefined ? '' : `export ${linkVariable}="$1/link"`;
  const head = `echo $$ > "$1/pid"\n${inheritOnly}\n. "$1/variables"; rm -f "$1/variables"\n${epmd}\n${linked}\nexport CONVOY_FOLDER="$1"`;
  if (kind === 'typescript') {
    const words = [
      ...['node', '--name', node, '--listen-host', '127.0.0.1', '--listen-port', String(port)],
      ...['--epmd', epmdPort === undefined ? 'none' : 'system'],
    ];
    return `${head}\nexport CONVOY_DEADMAN_MS=${graceMs}\nexec convoy ${words.map(quoteWord).join(' ')} --cookie-file "$1/.erlang.cookie"`;
  }
  const beam = `export CONVOY_USER_HOME="$HOME" HOME="$1" CONVOY_BOOT="$1/boot" ERL_CRASH_DUMP="$1/erl_crash.dump"`;
  const flags = emulatorFlags(request);
  if (kind === 'elixir') {
    return `${head}\n${beam}\nexec elixir --name ${quoteWord(node)} --erl ${quoteWord(flags.join(' '))} --no-halt "$1/boot"`;
  }
  const run = 'ok = file:eval(os:getenv("CONVOY_BOOT")).';
  const words = ['-noinput', '-name', node, ...flags, '-eval', run];
  return `${head}\n${beam}\nexec erl ${words.map(quoteWord).join(' ')}`;
}

function emulatorFlags({ port, epmdPort }: StartRequest): string[] {
  const listen = ['-kernel', 'inet_dist_use_interface', '{127,0,0,1}'];
  const range = ['-kernel', 'inet_dist_listen_min', `${port}`, 'inet_dist_listen_max', `${port}`];
  // From OTP 23.1 on: listen there, register nowhere.
  const alone = epmdPort === undefined ? ['-erl_epmd_port', String(port)] : [];
  return ['+Bi', '-start_epmd', 'false', ...listen, ...(port === 0 ? [] : range), ...alone];
}

/**
 * Ends the node, if the process of that id is still the one that was started, and removes its folder. Asks first, forces
 * after `graceMs`.
 */
export function stopScript({ id, graceMs }: { readonly id: string; readonly graceMs: number }): string {
  return `${ours(id)}
if ours; then
  kill "$pid" 2>/dev/null
  tries=0
  while ours && [ $tries -lt ${Math.ceil(graceMs / 100)} ]; do tries=$((tries + 1)); sleep 0.1 2>/dev/null || sleep 1; done
  if ours; then kill -9 "$pid" 2>/dev/null; fi
fi
rm -rf "$dir"
say stopped yes`;
}

/** Tells whether the process lives, and the last lines it printed. */
export function lookScript(id: string): string {
  return `${ours(id)}
if ours; then say alive yes; fi
${lastLines}`;
}

const lastLines = `tail -n 20 "$dir/log" 2>/dev/null | while IFS= read -r line; do say line "$line"; done`;

/**
 * Waits for the line in which the node reports its port, for ten seconds at most, and prints `port`. Without it: whether the
 * process lives, and the last lines it printed.
 */
export function portScript({ id, node }: { readonly id: string; readonly node: string }): string {
  const line = `s/^[A-Za-z]* node ${node.replaceAll('.', '\\.')} is up on port \\([0-9][0-9]*\\).*$/\\1/p`;
  return `${ours(id)}
tries=0
port=
while [ $tries -lt 100 ]; do
  port=$(sed -n ${quoteWord(line)} "$dir/log" 2>/dev/null | head -n 1)
  if [ -n "$port" ] || ! ours; then break; fi
  tries=$((tries + 1))
  sleep 0.1 2>/dev/null || { sleep 1; tries=$((tries + 9)); }
done
if [ -n "$port" ]; then say port "$port"
else
  if ours; then say alive yes; fi
  ${lastLines}
fi`;
}

/** A command, not a script: prints the log from a line on, and goes on until its input ends. */
export function followCommand({ id, fromLine }: { readonly id: string; readonly fromLine: number }): string {
  const file = `"$HOME/${nodesFolder}/${id}/log"`;
  const follow = `tail -n +${fromLine} -F ${file} 2>/dev/null & pid=$!; cat >/dev/null; kill $pid`;
  return `exec /bin/sh -c ${quoteWord(follow)}`;
}

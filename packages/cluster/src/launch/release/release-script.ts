/**
 * How a node is started from a release, as shell text for this computer and for hosts: `mix release` and `rebar3 release` (relx).
 *
 * The start script of the release runs as always, with its `env.sh`, hooks and runtime configuration. It gets a copy of the
 * `vm.args`, without the flags that set name, cookie and EPMD, behind ours. The cookie stays out of the arguments, which every
 * user of the machine can read: the start script of Mix always passes one, but OTP reads the file in HOME when `-setcookie` is
 * given more than once. `-env HOME` then gives the applications the HOME of the user. Nothing is written into the release. Pure.
 */

/** Takes the place of the cookie in the arguments. */
const noCookie = 'see_cookie_file';

/** The name of the variable in characters, because not every OTP takes quotes in a file of arguments. */
const bootVariable = Array.from('CONVOY_BOOT', (character) => character.charCodeAt(0)).join(',');

/** The content of the file `flags`: `words` and what makes a node of the release. The first of two equal flags counts. */
export function releaseFlags(words: readonly string[]): string {
  const all = [
    ...words,
    ...['-setcookie', noCookie, '-setcookie', noCookie],
    ...['-eval', `ok=file:eval(os:getenv([${bootVariable}])).`],
  ];
  // One on each line, because relx looks for those at the start of a line.
  return `${all.map((word) => (/^[-+]/.test(word) ? `\n${word}` : ` ${word}`)).join('')}\n`.trimStart();
}

/**
 * The function `find_release FOLDER`, which takes the path of the start script, too. Sets `root`, `version`, `script` and
 * `tool`, which is `mix` or `rebar3`; otherwise it fails and sets `problem`, to be read after "this computer" or a host.
 */
const findRelease: string = String.raw`find_release() {
  problem= name= version= root=${'$'}{1%/}
  case "$root" in */bin/*) if [ -f "$root" ]; then name=${'$'}{root##*/}; root=${'$'}{root%/bin/*}; fi ;; esac
  if [ ! -f "$root/releases/start_erl.data" ]; then
    problem="has no release in $root: the file releases/start_erl.data is missing"; return 1
  fi
  read -r erts version < "$root/releases/start_erl.data" || :
  version=${'$'}{RELEASE_VSN:-$version}
  if [ -z "$name" ]; then
    for file in "$root/releases/$version"/*.rel; do
      found=${'$'}{file##*/}; found=${'$'}{found%.rel}
      if [ -x "$root/bin/$found" ]; then name=$found; break; fi
    done
  fi
  script="$root/bin/$name"
  if [ -z "$name" ] || [ ! -x "$script" ]; then
    problem="has no start script in $root/bin that it may run"; return 1
  fi
  if grep -q RELEASE_VM_ARGS "$script"; then tool=mix
  elif grep -q VMARGS_PATH "$script" && grep -q foreground "$script"; then tool=rebar3
  else problem="has $script, which is not a start script of mix release or rebar3 release"; return 1; fi
}`;

/** Reports `tool` or `problem` with the function `say`. The path is in the variable `release`. */
export const askForRelease: string = `${findRelease}
if find_release "$release"; then say tool "$tool"; else say problem "$problem"; fi`;

/**
 * Becomes the node. `$1` is its folder with the files `flags` and `.erlang.cookie`, and its HOME; the variables `release` and
 * `node` are the path of the release and the full name, and CONVOY_USER_HOME is the HOME of the user.
 */
export const startRelease: string = String.raw`${findRelease}
find_release "$release" || { echo "It $problem" >&2; exit 1; }
export CONVOY_NODE="$node" CONVOY_COOKIE_FILE="$1/.erlang.cookie"
mkdir -p "$1/tmp"
args="$root/releases/$version/vm.args" suffix=
if [ "$tool" = rebar3 ]; then
  if [ -f "$root/vm.args" ]; then args="$root/vm.args"; fi
  if [ -f "$args.src" ]; then suffix=.src; fi
fi
{
  if [ "$tool" = rebar3 ]; then printf '%s\n' "-name $node"; fi
  cat "$1/flags"
  if [ -n "$CONVOY_USER_HOME" ]; then
    printf '%s\n' "-env HOME $(printf '%s' "$CONVOY_USER_HOME" | sed 's/[^A-Za-z0-9_./-]/\\&/g')"
  fi
  grep -Ev '^[[:space:]]*-(s?name|setcookie|start_epmd|erl_epmd_port)([[:space:]]|$)' "$args$suffix" 2>/dev/null
} > "$1/vm.args$suffix"
if [ "$tool" = mix ]; then
  export RELEASE_NODE="$node" RELEASE_DISTRIBUTION=name RELEASE_COOKIE=${noCookie}
  export RELEASE_VM_ARGS="$1/vm.args" RELEASE_TMP="${'$'}{RELEASE_TMP:-$1/tmp}"
  exec "$script" start
fi
export VMARGS_PATH="$1/vm.args" RELX_OUT_FILE_PATH="${'$'}{RELX_OUT_FILE_PATH:-$1/tmp}" RUNNER_LOG_DIR="${'$'}{RUNNER_LOG_DIR:-$1/tmp}"
exec "$script" foreground`;

#!/bin/sh
# The first hour with Convoy, in a Debian that knows nothing of it: root installs, upgrades and uninstalls, as docs/guide/install.md says, and
# the user ada works. Ends with "the first hour is over", or with the step that failed. REGISTRY and NEXT_REGISTRY are npm registries
# with a release, and with a newer one.
set -eu

step() { echo "== $*"; }
fail() { echo "failed: $*"; exit 1; }
# With a PATH and a HOME of ada's own, and nothing of ours.
as_ada() { su - ada -c "$1"; }
# Everything on the disk, except for what npm keeps for itself.
everything() {
  find / -xdev \( -path /proc -o -path /dev -o -path /first-hour -o -path '*/.npm' -o -path /tmp/node-compile-cache \) -prune \
    -o -print | sort
}
# What runs of Convoy, Erlang and Elixir, without the registry that this is installed from.
programs() {
  for id in /proc/[0-9]*; do tr '\0' ' ' < "$id/cmdline" 2> /dev/null && echo; done > /first-hour/programs
  grep -E 'convoy|beam|epmd' /first-hour/programs | grep -v serve-registries || true
}

start_console() {
  # The link comes through a pipe that stays open.
  mkfifo "/first-hour/link-$1"
  su - ada -c 'echo $$ > ~/console.pid; exec convoy up --json' > "/first-hour/link-$1" 2> "/first-hour/console-$1" &
  su_pid=$!
  exec 3< "/first-hour/link-$1"
  read -r link <&3 || { cat "/first-hour/console-$1"; fail "no link"; }
  echo "$link"
}

stop_console() {
  kill "$(cat /home/ada/console.pid)"
  wait "$su_pid" || fail "the console ended with $?"
  exec 3<&-
  rm /home/ada/console.pid
}

useradd --create-home --shell /bin/bash ada
as_ada 'mkdir ~/.cache'
npm config set registry "$REGISTRY" --location=global
as_ada "npm config set registry $REGISTRY"
everything > /first-hour/before
node --version

step without root
as_ada 'npx --yes @convoy/cli --version'
as_ada 'npm config set prefix ~/.local && npm install --global @convoy/cli && ~/.local/bin/convoy --version'
as_ada 'npm uninstall --global @convoy/cli && npm config delete prefix && rm -r ~/.npm ~/.cache/convoy'
as_ada 'find ~/.local -type f' | grep . && fail "something is left in ~/.local"
as_ada 'rm -r ~/.local'

step install
npm install --global @convoy/cli @convoy/railway-simulator
[ "$(as_ada 'convoy --version')" = "$VERSION" ] || fail "the version is not $VERSION"

step a cluster of three
start_console first
for kind in ts elixir erlang; do as_ada "convoy launch $kind $kind"; done
as_ada 'convoy list'
as_ada 'convoy list --json' > /first-hour/list
node -e '
  const nodes = JSON.parse(require("fs").readFileSync("/first-hour/list", "utf8"));
  const peers = nodes.map(({ status, peers }) => `${status} ${peers.length}`);
  if (peers.join() !== "up 2,up 2,up 2") throw new Error(`not a mesh of three: ${peers}`);
' || fail "no cluster of three"
as_ada 'convoy doctor erlang'
[ "$(as_ada "convoy rpc elixir lists sum '[1, 2, 3]'")" = 6 ] || fail "a remote call"

step shells
printf 'Node.list() |> length()\r\004' | as_ada "script -qefc 'convoy shell elixir' /dev/null" > /first-hour/shell
cat /first-hour/shell
grep -q 'iex(elixir@127.0.0.1)' /first-hour/shell || fail "no IEx"
echo 'nodes().' | as_ada 'convoy shell erlang' | grep "'ts@127.0.0.1'" || fail "no erl"
echo 'const answer: number = 41; answer + 1' | as_ada 'convoy shell ts' | grep 42 || fail "no TypeScript shell"

step upgrade
cp /home/ada/.convoy/token /home/ada/.convoy/cookie /first-hour
stop_console
npm config set registry "$NEXT_REGISTRY" --location=global
npm install --global @convoy/cli@latest @convoy/railway-simulator@latest
[ "$(as_ada 'convoy --version')" = "$NEXT_VERSION" ] || fail "the version is not $NEXT_VERSION"
start_console second
for file in token cookie; do cmp "/home/ada/.convoy/$file" "/first-hour/$file" || fail "another $file"; done
as_ada 'convoy launch elixir again'
as_ada 'convoy ping again'
stop_console

step uninstall
npm uninstall --global @convoy/cli @convoy/railway-simulator
rmdir "$(npm root --global)/@convoy"
as_ada 'rm -r ~/.convoy ~/.cache/convoy'
left=$(programs)
[ -z "$left" ] || fail "still running: $left"
everything > /first-hour/after
diff /first-hour/before /first-hour/after || fail "something is left"

echo the first hour is over

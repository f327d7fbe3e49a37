#!/bin/sh
# Starts shop1@127.0.0.1 and shop2@127.0.0.1, two connected Erlang nodes with the troubles of docs/guide/on-call.md, until Ctrl-C.
# Needs erl (OTP 25 or later) and 200 MB of memory for each node. SHOP_PORT is the port on which shop1 listens (default 4080).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
code=$(mktemp -d)
stop() {
  trap - EXIT INT TERM
  kill $nodes 2>/dev/null || true
  rm -rf "$code"
}
nodes=
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

mkdir "$code/1" "$code/2"
for version in 1 2; do erlc -DVERSION=$version -o "$code/$version" "$here/shop_prices.erl"; done
erlc -o "$code" "$here/shop.erl" "$here/shop_worker.erl"

# start NAME PORT CURRENCY PEER VERSION...
start() {
  name=$1
  shift
  erl -noinput -name "$name" -pa "$code" -run shop start_node "$@" &
  nodes="$nodes $!"
}
start shop1@127.0.0.1 "${SHOP_PORT:-4080}" eur shop2@127.0.0.1 1 2
start shop2@127.0.0.1 0 usd shop1@127.0.0.1 1
wait

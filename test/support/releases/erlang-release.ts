/**
 * An Erlang release in the layout of `rebar3 release`. Its start script takes what the extended start script of relx takes:
 * `foreground`, and VMARGS_PATH with a `vm.args` that has exactly one name. rebar3 itself is not needed.
 */

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const version = '0.3.0';

/** Compiles the application `till` and makes the boot script of the release in the current folder. */
const build = `
{ok, till} = compile:file("till", [{outdir, "ebin"}]),
App = fun(Name) -> application:load(Name), {ok, Vsn} = application:get_key(Name, vsn), {Name, Vsn} end,
Erts = erlang:system_info(version),
Rel = {release, {"till", "${version}"}, {erts, Erts}, [App(kernel), App(stdlib), App(sasl), {till, "${version}"}]},
ok = file:write_file("releases/${version}/till.rel", io_lib:format("~p.~n", [Rel])),
ok = file:write_file("releases/start_erl.data", Erts ++ " ${version}"),
{ok, _, _} = systools:make_script("releases/${version}/till", [{path, ["ebin"]}, local, silent, {outdir, "releases/${version}"}]),
halt(0).
`;

const source = `-module(till).
-behaviour(application).
-export([start/2, stop/1, init/1]).
start(_, _) ->
  io:format("till starts as ~s, HOME is ~s~n", [node(), os:getenv("HOME")]),
  supervisor:start_link(?MODULE, []).
stop(_) -> ok.
init([]) -> {ok, {#{}, []}}.
`;

const description = `{application, till, [{description, "A till"}, {vsn, "${version}"}, {modules, [till]}, {registered, []},
  {applications, [kernel, stdlib]}, {mod, {till, []}}]}.
`;

/** As rebar3's template has it: a short name and a cookie that everybody can read. */
const vmArgs = `## Name of the node
-sname till

## Cookie for distributed erlang
-setcookie till_cookie

## Heartbeat management (disabled by default)
##-heart
`;

const script = `#!/bin/sh
set -e
root="$(cd "$(dirname "$0")/.." && pwd -P)"
VMARGS_PATH="\${VMARGS_PATH:-$root/releases/${version}/vm.args}"
if [ "$(grep -Ec '^-s?name ' "$VMARGS_PATH")" != 1 ]; then
  echo "need to have exactly one of either -name or -sname parameters"; exit 1
fi
case "$1" in
  foreground)
    exec erl -noinput +Bd -boot "$root/releases/${version}/till" -mode embedded \\
      -config "$root/releases/${version}/sys.config" -args_file "$VMARGS_PATH" -- "$@" ;;
  *) echo "Usage: till foreground"; exit 1 ;;
esac
`;

export class ErlangRelease implements Disposable {
  /** The folder of the release. */
  readonly folder: string = mkdtempSync(join(tmpdir(), 'convoy-rebar-'));

  constructor() {
    const { folder } = this;
    for (const name of ['bin', 'ebin', `releases/${version}`])
      mkdirSync(join(folder, name), { recursive: true });
    const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
    write('till.erl', source);
    write('ebin/till.app', description);
    write(`releases/${version}/vm.args`, vmArgs);
    write(`releases/${version}/sys.config`, '[].\n');
    write('bin/till', script);
    chmodSync(join(folder, 'bin/till'), 0o755);
    execFileSync('erl', ['-noshell', '-pa', 'ebin', '-eval', build], { cwd: folder });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
